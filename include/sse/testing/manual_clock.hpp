// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace sse::testing {

/// A clock that stands still until it is told to go on. Timers on it fire, in the order of their
/// expiry and then of their waits, when it passes their expiry; their handlers are posted. A handle
/// to shared state: copies are the same clock. It starts one day after the epoch of the steady
/// clock.
class manual_clock {
public:
    using time_point = net::time_point;
    using duration = time_point::duration;

    /// One timer, as the clock sees it.
    class alarm {
    public:
        /// When it wants to fire; nothing where nobody waits.
        [[nodiscard]] virtual std::optional<time_point> due() const = 0;
        /// Lets the waits end that are due at `now`.
        virtual void fire(time_point now) = 0;

    protected:
        ~alarm() = default;
    };

    [[nodiscard]] time_point now() const noexcept { return state_->now; }

    /// The earliest expiry that somebody waits for.
    [[nodiscard]] std::optional<time_point> next() const {
        std::optional<time_point> earliest;
        for (const alarm* a : state_->alarms)
            if (const auto due = a->due(); due && (!earliest || *due < *earliest)) earliest = due;
        return earliest;
    }

    /// Goes on by `by`, firing what falls due on the way, at its own time.
    void advance(duration by) { advance_to(net::saturated_add(now(), by)); }

    /// Goes on to `to`; not backwards.
    void advance_to(time_point to) {
        for (auto due = next(); due && *due <= to; due = next()) {
            state_->now = (std::max)(state_->now, *due);
            fire_due();
        }
        state_->now = (std::max)(state_->now, to);
    }

    /// Goes on to the earliest expiry and fires it. False where nobody waits for a time that ever
    /// comes.
    bool advance_to_next() {
        const auto due = next();
        if (!due || *due == time_point::max()) return false;
        advance_to(*due);
        return true;
    }

    void attach(alarm& a) { state_->alarms.push_back(&a); }
    void detach(alarm& a) noexcept { std::erase(state_->alarms, &a); }

private:
    struct state {
        time_point now = time_point{} + std::chrono::hours(24);
        std::vector<alarm*> alarms;
    };

    void fire_due() {
        std::vector<alarm*> due;
        for (alarm* a : state_->alarms)
            if (const auto at = a->due(); at && *at <= state_->now) due.push_back(a);
        for (alarm* a : due)
            a->fire(state_->now);
    }

    std::shared_ptr<state> state_ = std::make_shared<state>();
};

} // namespace sse::testing
