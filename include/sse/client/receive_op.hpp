// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/connection_fsm.hpp>
#include <sse/client/relay.hpp>
#include <sse/client/source_core.hpp>
#include <sse/client/source_state.hpp>
#include <sse/net/asio.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace sse::detail {

/// The operation of a receive: carries out what the state machine decides. `Result` completes it
/// with what the feed has.
template <class State, class Result, class Handler>
class receive_op {
public:
    using transport = typename State::transport;
    using kind = connection_action::kind;

    /// Starts a receive, inside the initiating function.
    static void initiate(const std::shared_ptr<State>& state, Result result, Handler& handler) {
        if (!state->core().must_read() &&
            relay::can_take(state.get(), executor_of(handler, *state)) && state->begin())
            return relay::take(std::move(handler), result);
        compose(state, result, handler, step::start);
    }

    /// First inside the initiating function or behind another handler, then behind a `post`.
    template <class Self>
    void operator()(Self& self) {
        const std::shared_ptr<State> state = state_;
        switch (step_) {
        case step::start: return start(self, *state);
        case step::late: return post(self, step::posted);
        case step::late_cancelled: return post(self, step::cancelled);
        case step::next: return go_on(self, *state);
        case step::refused: return complete(self, errc::operation_in_progress, *state);
        case step::cancelled: return end(self, asio::error::operation_aborted, *state);
        default: break;
        }
        if (cancelled(self)) return end(self, asio::error::operation_aborted, *state);
        begin(self, *state);
    }

    /// Sent, read, or waited.
    template <class Self>
    void operator()(Self& self, error_code ec, std::size_t size = 0) {
        const std::shared_ptr<State> state = state_;
        carry_out(self, *state, state->resume(done_, ec, size, cancelled(self)));
    }

    template <class Self>
    void operator()(Self& self, error_code ec, transport connection) {
        const std::shared_ptr<State> state = state_;
        carry_out(self, *state, state->connected(ec, std::move(connection), cancelled(self)));
    }

private:
    using executor_type = asio::associated_executor_t<Handler, typename State::executor_type>;
    using relay = detail::relay<Handler, Result, executor_type>;
    using receive = typename relay::receive;

    enum class step {
        start,          // nothing was done
        next,           // behind the handler of the receive before, with nothing at hand
        late,           // the same, where the event loop has its turn first
        late_cancelled, // the same, and the user does not want it any more
        posted,         // the event loop has had its turn
        refused,        // the same, and there is another receive
        cancelled,      // the same, and the user does not want it any more
        running,
    };

    receive_op(std::shared_ptr<State> state, const executor_type& executor, Result result, step s)
        : state_(std::move(state)), executor_(executor), result_(result), step_(s) {}

    static void compose(const std::shared_ptr<State>& state, Result result, Handler& handler,
                        step s) {
        asio::async_compose<Handler, typename Result::signature>(
            receive_op(state, executor_of(handler, *state), result, s), handler, state->executor());
    }

    static decltype(auto) executor_of(const Handler& handler, const State& state) {
        return asio::get_associated_executor(handler, state.executor());
    }

    template <class Self>
    static bool cancelled(Self& self) {
        return self.get_cancellation_state().cancelled() != asio::cancellation_type::none;
    }

    template <class Self>
    void post(Self& self, step next) {
        step_ = next;
        self.reset_cancellation_state(asio::enable_total_cancellation());
        asio::post(std::move(self));
    }

    /// Whether there is an event that needs no I/O.
    static bool receive_at_once(State& state) {
        return Result::is_borrowed ? state.core().receive_at_once() : state.core().receive_one();
    }

    /// A receive goes on behind the handler of the one before.
    static void relayed(receive& next, State& state) {
        if (!next.cancelled && !receive_at_once(state))
            return compose(state.shared_from_this(), next.result, next.handler, step::next);
        state.end();
        next.result.complete(std::move(next.handler),
                             next.cancelled ? asio::error::operation_aborted : error_code(),
                             state.shared_core());
    }

    /// A read that has to be done anyway begins at once. Everything else might call the user.
    template <class Self>
    void start(Self& self, State& state) {
        if (!state.begin()) return post(self, step::refused);
        if (!state.core().must_read()) return post(self, step::posted);
        self.reset_cancellation_state(asio::enable_total_cancellation());
        begin(self, state);
    }

    template <class Self>
    void begin(Self& self, State& state) {
        if (receive_at_once(state)) return end(self, {}, state);
        carry_out(self, state, state.core().receive(state.now()));
    }

    template <class Self>
    void go_on(Self& self, State& state) {
        self.reset_cancellation_state(asio::enable_total_cancellation());
        carry_out(self, state, state.core().receive(state.now()));
    }

    template <class Self>
    void carry_out(Self& self, State& s, connection_action action) {
        step_ = step::running;
        // A hook may have cancelled the receive, while there was nothing to interrupt.
        if (action.what != kind::complete && cancelled(self)) action = s.cancel();
        done_ = action.what;
        if (action.what == kind::complete) return end(self, action.error, s);
        s.arm(action, self.get_executor());
        auto next = s.interruptible(self);
        switch (action.what) {
        case kind::connect: s.connect(std::move(next)); break;
        case kind::send: s.send(std::move(next)); break;
        case kind::read: s.read(std::move(next)); break;
        default: s.wait(std::move(next)); break;
        }
    }

    template <class Self>
    void end(Self& self, error_code ec, State& state) {
        state.end();
        complete(self, ec, state);
    }

    template <class Self>
    void complete(Self& self, error_code ec, State& state) {
        relay::run(
            &state, executor_type(executor_),
            [&, result = result_] {
                const auto handler = [&self](auto&&... args) {
                    self.complete(std::forward<decltype(args)>(args)...);
                };
                result.complete(handler, ec, state.shared_core());
            },
            [&state](receive&& next) { relayed(next, state); },
            [&state](receive&& next) {
                compose(state.shared_from_this(), next.result, next.handler,
                        next.cancelled ? step::late_cancelled : step::late);
            });
    }

    std::shared_ptr<State> state_;
    executor_type executor_; ///< of the handler; that of the operation also counts as work
    Result result_;
    step step_;
    kind done_ = kind::wait;
};

} // namespace sse::detail
