// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#include <chrono>
#include <cstddef>
#include <utility>

namespace sse::net {

/// The clock of all deadlines. A clock that is set by hand in tests uses its `time_point`, too.
using steady_clock = std::chrono::steady_clock;
using time_point = steady_clock::time_point;

/// A duration as a number of seconds. In plain numbers, which take less to compile than durations.
template <class Rep, class Period>
[[nodiscard]] constexpr double in_seconds(std::chrono::duration<Rep, Period> d) noexcept {
    return static_cast<double>(d.count()) * static_cast<double>(Period::num) /
           static_cast<double>(Period::den);
}

/// `start + duration`, without overflow for any duration: not beyond the largest time point, and
/// not before the epoch. `start` is not before the epoch.
template <class Rep, class Period>
[[nodiscard]] constexpr time_point saturated_add(time_point start,
                                                 std::chrono::duration<Rep, Period> duration) {
    // As doubles, where nothing overflows; rounding saturates a few microseconds early at most.
    const double added = in_seconds(duration);
    if (added >= in_seconds(time_point::max() - start)) return time_point::max();
    if (added <= -in_seconds(start.time_since_epoch())) return time_point{};
    return start + std::chrono::duration_cast<steady_clock::duration>(duration);
}

/// A timer on the steady clock. Not thread-safe: one (implicit) strand each.
template <class Executor = asio::any_io_executor>
class basic_timer {
public:
    using executor_type = Executor;

    template <class Executor1>
    struct rebind_executor {
        using other = basic_timer<Executor1>;
    };

    explicit basic_timer(const executor_type& executor) : timer_(executor) {}

    [[nodiscard]] executor_type get_executor() noexcept { return timer_.get_executor(); }

    /// The time on this timer's clock.
    [[nodiscard]] time_point now() const noexcept { return steady_clock::now(); }

    /// Sets the expiry to `duration` from now, at most the largest time point. Cancels the waits
    /// under way.
    template <class Rep, class Period>
    void expires_after(std::chrono::duration<Rep, Period> duration) {
        timer_.expires_at(saturated_add(now(), duration));
    }

    /// Sets the expiry. Cancels the waits under way.
    void expires_at(time_point at) { timer_.expires_at(at); }

    [[nodiscard]] time_point expiry() const { return timer_.expiry(); }

    /// Completes the waits under way with `operation_aborted`, but not those whose completion is
    /// already queued.
    void cancel() { timer_.cancel(); }

    /// Waits for the expiry.
    /// Completion signature: `void(error_code)`.
    /// Errors: `operation_aborted` after `cancel()`, a new expiry, or cancellation.
    /// Cancellation: terminal, partial and total end the wait.
    template <class CompletionToken>
    auto async_wait(CompletionToken&& token) {
        return timer_.async_wait(std::forward<CompletionToken>(token));
    }

private:
    asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, executor_type> timer_;
};

using timer = basic_timer<>;

} // namespace sse::net
