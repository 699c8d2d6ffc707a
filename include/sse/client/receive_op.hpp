// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/connection_fsm.hpp>
#include <sse/client/event_batch.hpp>
#include <sse/client/relay.hpp>
#include <sse/client/source_core.hpp>
#include <sse/client/source_state.hpp>
#include <sse/net/asio.hpp>
#include <sse/text/error.hpp>
#include <sse/text/event.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace sse::detail {

/// The composed operation of a receive: carries out what the state machine decides. `Result` makes
/// the second argument of the handler.
template <class State, class Result>
class receive_op {
public:
    using transport = typename State::transport;
    using kind = connection_action::kind;

    explicit receive_op(std::shared_ptr<State> state) : state_(std::move(state)) {}

    /// First inside the initiating function, then behind a `post`.
    template <class Self>
    void operator()(Self& self) {
        const std::shared_ptr<State> state = state_;
        switch (step_) {
        case step::start: return start(self, *state);
        case step::refused: return complete(self, errc::operation_in_progress, *state);
        default: break;
        }
        if (cancelled(self)) return end(self, asio::error::operation_aborted, *state);
        if (state->core().receive_at_once()) return end(self, {}, *state);
        carry_out(self, state, state->core().receive(state->now()));
    }

    /// Sent, read, or waited.
    template <class Self>
    void operator()(Self& self, error_code ec, std::size_t size = 0) {
        const std::shared_ptr<State> state = state_;
        carry_out(self, state, state->resume(done_, ec, size, cancelled(self)));
    }

    template <class Self>
    void operator()(Self& self, error_code ec, transport connection) {
        const std::shared_ptr<State> state = state_;
        carry_out(self, state, state->connected(ec, std::move(connection), cancelled(self)));
    }

private:
    enum class step { start, posted, refused, running };

    template <class Self>
    static bool cancelled(Self& self) {
        return self.get_cancellation_state().cancelled() != asio::cancellation_type::none;
    }

    /// A read that has to be done anyway begins at once. Everything else might call the user.
    template <class Self>
    void start(Self& self, State& state) {
        self.reset_cancellation_state(asio::enable_total_cancellation());
        const bool mine = state.begin();
        if (mine && state.core().must_read()) {
            step_ = step::running;
            return carry_out(self, state_, state.core().receive(state.now()));
        }
        step_ = mine ? step::posted : step::refused;
        if (!relay<Self>::take(self, &state)) asio::post(std::move(self));
    }

    template <class Self>
    void carry_out(Self& self, std::shared_ptr<State> state, connection_action action) {
        State& s = *state;
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
    static void end(Self& self, error_code ec, State& state) {
        state.end();
        complete(self, ec, state);
    }

    template <class Self>
    static void complete(Self& self, error_code ec, State& state) {
        auto result = ec ? typename Result::type{} : Result::make(state.shared_core());
        relay<Self>::run(
            self, &state, [&] { self.complete(ec, std::move(result)); },
            [](Self& next) { next(); });
    }

    std::shared_ptr<State> state_;
    step step_ = step::start;
    kind done_ = kind::wait;
};

/// The result of `async_receive`.
struct owned_result {
    using type = event;
    static event make(const std::shared_ptr<source_core>& core) {
        core->take();
        return event(core->current());
    }
};

/// The result of `async_receive_batch`.
struct batch_result {
    using type = event_batch;
    static event_batch make(const std::shared_ptr<source_core>& core) { return event_batch(core); }
};

} // namespace sse::detail
