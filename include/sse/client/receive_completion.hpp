// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/relay.hpp>
#include <sse/net/asio.hpp>
#include <sse/text/error.hpp>

#include <memory>
#include <utility>

namespace sse::detail {

/// How a receive ends: the user's handler, what it gets, and what is associated with it.
template <class State, class Result, class Handler>
class receive_completion {
public:
    using executor_type = asio::associated_executor_t<Handler, typename State::executor_type>;
    using allocator_type = asio::associated_allocator_t<Handler>;
    using relay = detail::relay<Handler, Result, executor_type>;
    using receive = typename relay::receive;

    receive_completion(Handler&& handler, Result result)
        : handler_(std::move(handler)), result_(result) {}

    [[nodiscard]] executor_type get_executor(const State& state) const noexcept {
        return asio::get_associated_executor(handler_, state.executor());
    }
    [[nodiscard]] allocator_type get_allocator() const noexcept {
        return asio::get_associated_allocator(handler_);
    }

    /// Whether there is an event that needs no I/O.
    [[nodiscard]] static bool receive_at_once(State& state) {
        return Result::is_borrowed ? state.core().receive_at_once() : state.core().receive_one();
    }

    /// Lets the user cancel the receive by the slot of his handler, until `clear_slot`.
    void watch_slot(State& state) const {
        state.cancel_by(asio::get_associated_cancellation_slot(handler_));
    }
    void clear_slot() const {
        if (auto slot = asio::get_associated_cancellation_slot(handler_); slot.is_connected())
            slot.clear();
    }

    /// Calls the handler. A receive that it starts goes on by `next(receive&&)` or, later, by
    /// `late(receive&&)`.
    template <class Next, class Late>
    void complete(error_code ec, State& state, Next&& next, Late&& late) {
        struct resting {
            State& state;
            ~resting() { state.rest(); }
        };
        const executor_type executor = get_executor(state);
        const resting last{state};
        relay::run(
            &state, executor,
            [&] { result_.complete(std::move(handler_), ec, state.shared_core()); },
            std::forward<Next>(next), std::forward<Late>(late));
    }

private:
    Handler handler_;
    Result result_;
};

} // namespace sse::detail
