// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/server/reply.hpp>
#include <sse/server/request.hpp>
#include <sse/server/response.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sse {

class permit;

/// What answers a request.
using request_handler = std::function<void(const request&, reply)>;
/// What decides whether a request gets that far. It may leave something in `request::state`.
using guard_handler = std::function<void(request&, permit)>;

namespace detail {

/// A request on its way through the guards to its handler.
struct guarded_call {
    guarded_call(request& rq, reply re, std::vector<guard_handler> by, request_handler then)
        : asked(rq), answer(std::move(re)), guards(std::move(by)), handler(std::move(then)) {}

    request& asked; ///< valid while `answer` is neither given nor dropped
    reply answer;
    std::vector<guard_handler> guards;
    request_handler handler;
    std::size_t next = 0;
    asio::cancellation_signal left{}; ///< the peer has gone

    static void go_on(std::shared_ptr<guarded_call> call);
};

} // namespace detail

/// A guard's say on one request, now or later: by a coroutine, or another operation on the server's
/// strand. One that is dropped unsaid becomes a 500.
///
///     server.guard("/admin/*", [&](sse::request& rq, sse::permit p) {
///         if (rq.header("Authorization") != secret) return p.refuse({.status = 401});
///         p.pass();
///     });
///
/// Thread safety: as a `reply`.
class permit {
public:
    explicit permit(std::shared_ptr<detail::guarded_call> call) noexcept : call_(std::move(call)) {}
    permit(permit&&) noexcept = default;
    permit& operator=(permit&&) noexcept = default;

    /// Lets the request go on, to the next guard or to its handler.
    void pass() {
        if (call_) detail::guarded_call::go_on(std::move(call_));
    }

    /// Answers it instead.
    void refuse(response answer) {
        if (const auto call = std::move(call_)) call->answer.send(std::move(answer));
    }

    /// Whether somebody still waits for what it says.
    [[nodiscard]] bool is_open() const noexcept { return call_ && call_->answer.is_open(); }
    [[nodiscard]] asio::any_io_executor get_executor() const {
        return call_->answer.get_executor();
    }
    /// The peer's IP address as a text; empty where there is none.
    [[nodiscard]] std::string remote_address() const { return call_->answer.remote_address(); }

    /// Emitted, as `terminal`, when the peer ends its direction or the connection: to be bound to
    /// what the guard waits for. Valid while this object, or what it was moved to, has said
    /// nothing.
    [[nodiscard]] asio::cancellation_slot get_cancellation_slot() const noexcept {
        return call_->left.slot();
    }

private:
    std::shared_ptr<detail::guarded_call> call_;
};

namespace detail {

inline void guarded_call::go_on(std::shared_ptr<guarded_call> call) {
    if (!call->answer.is_open()) return;
    if (call->next == call->guards.size()) {
        return call->handler(call->asked, std::move(call->answer));
    }
    guarded_call& c = *call;
    // a copy, since the guard may end the call within itself
    const guard_handler guard = c.guards[c.next++];
    guard(c.asked, permit(std::move(call)));
}

} // namespace detail

} // namespace sse
