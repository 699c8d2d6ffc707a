// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace sse::net {

/// A limit in time beside the operations of one object: when it passes, `on_expiry` is called,
/// which closes the transport or emits to a cancellation slot, and `expired()` tells from then on
/// that what ends now ends by the deadline and not by its user.
///
/// A deadline that moves with every read costs the look at the clock, not a wait: the wait under
/// way looks again when it ends. After `clear()` nothing is under way that keeps a context running.
/// All on one (implicit) strand, that of the operations.
///
///     net::deadline idle(net::timer(executor), [this] { transport_.close(); });
///     idle.expires_after(15s);
///     transport_.async_read_some(buffer, [this](error_code ec, std::size_t n) {
///         ec = idle.verdict(ec, errc::idle_timeout);
///         ...
///
/// Lifetime: once it is destroyed, `on_expiry` is not called any more.
template <class Timer = timer>
class deadline {
public:
    using executor_type = typename Timer::executor_type;

    deadline(Timer t, std::function<void()> on_expiry)
        : state_(std::make_shared<state>(std::move(t), std::move(on_expiry))) {}
    deadline(deadline&&) noexcept = default;
    deadline& operator=(deadline&&) = delete;
    ~deadline() {
        if (!state_) return;
        clear();
        state_->on_expiry = nullptr;
    }

    [[nodiscard]] executor_type get_executor() { return state_->timer.get_executor(); }
    [[nodiscard]] time_point now() const { return state_->timer.now(); }

    /// Sets it `limit` from now, or clears it where that is zero.
    void expires_after(std::chrono::nanoseconds limit) {
        expires_at(limit.count() > 0 ? saturated_add(now(), limit) : time_point::max());
    }

    /// Sets it to `at`; the largest time point clears it. `expired()` is false again.
    void expires_at(time_point at) { expires_at(at, get_executor()); }

    /// Sets it to `at`, with `on_expiry` to be called on `executor`: that of the handlers of the
    /// operations, where those have one of their own.
    template <class Executor>
    void expires_at(time_point at, const Executor& executor) {
        if (at == time_point::max()) return clear();
        state_->expired = false;
        state_->at = at;
        state::watch(state_, executor);
    }

    /// There is no limit. `expired()` is false again.
    void clear() {
        state_->expired = false;
        state_->at = time_point::max();
        if (std::exchange(state_->watching, false)) state_->timer.cancel();
    }

    /// Whether it passed since it was set. Where `on_expiry` closes the transport, ask also after
    /// an operation that succeeded: its completion may have been queued before.
    [[nodiscard]] bool expired() const noexcept { return state_->expired; }

    /// What an operation ended by that completed with `ec`: `timeout` where the deadline passed and
    /// the operation failed, otherwise `ec`.
    [[nodiscard]] error_code verdict(error_code ec, errc timeout) const {
        return ec && expired() ? error_code(timeout) : ec;
    }

private:
    struct state {
        state(Timer t, std::function<void()> f) : timer(std::move(t)), on_expiry(std::move(f)) {}

        /// Waits, unless a wait is there that ends before the deadline.
        template <class Executor>
        static void watch(const std::shared_ptr<state>& s, const Executor& executor) {
            if (s->watching && s->timer.expiry() <= s->at) return;
            s->watching = true;
            s->timer.expires_at(s->at);
            s->timer.async_wait(
                asio::bind_executor(executor, [s, executor, mine = ++s->waits](const error_code&) {
                    // A later wait took over, or the deadline was cleared.
                    if (mine == s->waits && s->watching) pass(s, executor);
                }));
        }

        template <class Executor>
        static void pass(const std::shared_ptr<state>& s, const Executor& executor) {
            s->watching = false;
            if (s->timer.now() < s->at) return watch(s, executor);
            s->expired = true;
            // A copy: it may destroy the deadline.
            if (const auto call = s->on_expiry) call();
        }

        Timer timer;
        std::function<void()> on_expiry;
        time_point at = time_point::max();
        std::size_t waits = 0;
        bool watching = false;
        bool expired = false;
    };

    std::shared_ptr<state> state_;
};

} // namespace sse::net
