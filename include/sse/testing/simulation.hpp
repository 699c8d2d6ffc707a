// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>
#include <sse/testing/manual_clock.hpp>

#include <chrono>
#include <cstddef>
#include <stdexcept>

namespace sse::testing {

/// One context and one clock, driven together on the calling thread: handlers run until none is
/// ready, then the clock goes on to the next expiry. Minutes of back-off take microseconds.
class simulation {
public:
    using duration = manual_clock::duration;

    /// What the code under test runs on. Drive it by the functions below only.
    [[nodiscard]] asio::io_context& context() noexcept { return context_; }
    [[nodiscard]] asio::any_io_executor get_executor() { return context_.get_executor(); }
    [[nodiscard]] manual_clock& clock() noexcept { return clock_; }

    /// The time since the simulation began.
    [[nodiscard]] duration elapsed() const { return clock_.now() - began_; }

    /// Runs what is ready, without the clock going on. Throws `std::runtime_error` after a million
    /// handlers: they feed each other.
    void settle() {
        context_.restart();
        for (std::size_t handlers = 0; context_.poll_one() != 0; ++handlers)
            if (handlers == 1'000'000)
                throw std::runtime_error("simulation: a million handlers at one point of time");
    }

    /// Runs until nothing is ready and no timer waits. Throws `std::runtime_error` where that takes
    /// longer than `limit` on the clock.
    void run(duration limit = std::chrono::hours(24 * 365)) {
        const auto end = net::saturated_add(clock_.now(), limit);
        for (settle(); clock_.next().value_or(net::time_point::max()) != net::time_point::max();
             settle()) {
            if (*clock_.next() > end)
                throw std::runtime_error("simulation: still running at the time limit");
            clock_.advance_to_next();
        }
    }

    /// Runs for `time` on the clock.
    void run_for(duration time) {
        const auto end = net::saturated_add(clock_.now(), time);
        settle();
        while (clock_.next().value_or(net::time_point::max()) <= end && clock_.advance_to_next())
            settle();
        clock_.advance_to(end);
        settle();
    }

    /// Runs until `done()`, which is asked at each point of time. False where it never became true,
    /// at most `limit` on the clock.
    template <class Predicate>
    [[nodiscard]] bool run_until(Predicate&& done, duration limit = std::chrono::hours(24)) {
        const auto end = net::saturated_add(clock_.now(), limit);
        for (settle(); !done(); settle())
            if (clock_.next().value_or(net::time_point::max()) > end || !clock_.advance_to_next())
                return false;
        return true;
    }

private:
    manual_clock clock_;
    net::time_point began_ = clock_.now();
    asio::io_context context_;
};

} // namespace sse::testing
