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

/// The composed operation of a receive: carries out what the state machine decides. `Result`
/// completes it with what the feed has.
template <class State, class Result>
class receive_op {
public:
    using transport = typename State::transport;
    using kind = connection_action::kind;

    receive_op(std::shared_ptr<State> state, Result result)
        : state_(std::move(state)), result_(result) {}

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
        if (mine && state.core().must_read()) return begin(self, state);
        step_ = mine ? step::posted : step::refused;
        if (!relay<Self>::take(self, &state)) asio::post(std::move(self));
    }

    template <class Self>
    void begin(Self& self, State& state) {
        source_core& core = state.core();
        if (core.receive_at_once()) return end(self, {}, state);
        carry_out(self, state, core.receive(state.now()));
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
        relay<Self>::run(
            self, &state, [&, r = result_] { r.complete(self, ec, state.shared_core()); },
            [](Self& next) { next(); });
    }

    std::shared_ptr<State> state_;
    Result result_;
    step step_ = step::start;
    kind done_ = kind::wait;
};

} // namespace sse::detail
