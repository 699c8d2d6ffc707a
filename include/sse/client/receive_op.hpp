// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/connection_fsm.hpp>
#include <sse/client/receive_completion.hpp>
#include <sse/client/source_state.hpp>
#include <sse/net/asio.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace sse::detail {

/// The operation of a receive: carries out what the state machine decides. `Result` completes it
/// with what the feed has. It is itself the handler of each thing that it waits for.
/// `async_compose` would be that around it, with erased executors that count as work, which are
/// made, moved and compared with others for each read: of what waking a source took, a third.
template <class State, class Result, class Handler>
class receive_op {
public:
    using transport = typename State::transport;
    using kind = connection_action::kind;
    using completion = receive_completion<State, Result, Handler>;
    using executor_type = typename completion::executor_type;
    using allocator_type = typename completion::allocator_type;
    using cancellation_slot_type = asio::cancellation_slot;

    /// Starts a receive, inside the initiating function.
    static void initiate(const std::shared_ptr<State>& state, Result result, Handler& handler) {
        if (!state->core().must_wait() &&
            relay::can_take(state.get(),
                            asio::get_associated_executor(handler, state->executor())) &&
            state->begin())
            return relay::take(std::move(handler), result);
        receive_op(state, std::move(handler), result).start(*state);
    }

    [[nodiscard]] executor_type get_executor() const noexcept {
        return completion_.get_executor(*state_);
    }
    [[nodiscard]] allocator_type get_allocator() const noexcept {
        return completion_.get_allocator();
    }
    [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept {
        return state_->slot();
    }

    /// Behind a `post`.
    void operator()() {
        const std::shared_ptr<State> state = state_;
        if (is_refused_) return complete(errc::operation_in_progress, *state);
        if (state->cancelled()) return end(asio::error::operation_aborted, *state);
        begin(*state);
    }

    /// Sent, read, or waited.
    void operator()(error_code ec, std::size_t size = 0) {
        const std::shared_ptr<State> state = state_;
        carry_out(*state, state->resume(done_, ec, size));
    }

    void operator()(error_code ec, transport connection) {
        const std::shared_ptr<State> state = state_;
        carry_out(*state, state->connected(ec, std::move(connection)));
    }

private:
    using relay = typename completion::relay;
    using receive = typename completion::receive;

    receive_op(std::shared_ptr<State> state, Handler&& handler, Result result)
        : state_(std::move(state)), completion_(std::move(handler), result) {}

    /// A receive goes on behind the handler of the one before.
    static void relayed(receive& next, State& state) {
        if (!next.cancelled && !completion::receive_at_once(state))
            return passed(next, state).carry_out(state, state.go_on());
        state.end();
        next.result.complete(std::move(next.handler),
                             next.cancelled ? asio::error::operation_aborted : error_code(),
                             state.shared_core());
    }

    /// The operation of a receive that was relayed.
    static receive_op passed(receive& next, State& state) {
        receive_op op(state.shared_from_this(), std::move(next.handler), next.result);
        op.completion_.watch_slot(state);
        return op;
    }

    /// A read that has to be done anyway begins at once. Everything else might call the user.
    void start(State& state) {
        if (!state.begin()) {
            is_refused_ = true;
            return asio::post(std::move(*this));
        }
        completion_.watch_slot(state);
        if (!state.core().must_read()) return asio::post(std::move(*this));
        begin(state);
    }

    void begin(State& state) {
        if (completion::receive_at_once(state)) return end({}, state);
        carry_out(state, state.core().receive(state.now()));
    }

    void carry_out(State& state, connection_action action) {
        // A hook may have cancelled the receive, while there was nothing to interrupt.
        if (action.what != kind::complete && state.cancelled())
            action = state.core().resume({.what = State::input::cancelled}, state.now());
        done_ = action.what;
        if (action.what == kind::complete) return end(action.error, state);
        state.arm(action, *this);
        switch (action.what) {
        case kind::connect: state.connect(std::move(*this)); break;
        case kind::send: state.send(std::move(*this)); break;
        case kind::read: state.read(std::move(*this)); break;
        default: state.wait(std::move(*this)); break;
        }
    }

    void end(error_code ec, State& state) {
        state.end();
        completion_.clear_slot();
        complete(ec, state);
    }

    void complete(error_code ec, State& state) {
        completion_.complete(
            ec, state, [&state](receive&& next) { relayed(next, state); },
            [&state](receive&& next) {
                const bool cancelled = next.cancelled;
                receive_op op = passed(next, state);
                if (cancelled) state.cancel_receive();
                asio::post(std::move(op));
            });
    }

    std::shared_ptr<State> state_;
    completion completion_;
    bool is_refused_ = false; ///< there is another receive, of which nothing may be touched
    kind done_ = kind::wait;
};

} // namespace sse::detail
