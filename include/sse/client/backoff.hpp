// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/reconnect_policy.hpp>
#include <sse/net/timer.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <random>
#include <utility>

namespace sse::detail {

/// Computes the delays of a `reconnect_policy`: told how each attempt went, without a clock.
/// `TimePoint`: see `source_core`.
template <class TimePoint = net::time_point>
class backoff {
public:
    using milliseconds = std::chrono::milliseconds;
    using time_point = TimePoint;

    explicit backoff(reconnect_policy policy) : policy_(std::move(policy)) {}

    /// The server set the reconnection time.
    void retry(milliseconds value) {
        retry_ = std::min(std::max(value, milliseconds{0}), policy_.floor_cap);
    }

    /// The delay that the next reconnection starts from.
    [[nodiscard]] milliseconds reconnection_time() const noexcept {
        return retry_.value_or(policy_.base);
    }

    /// An attempt begins.
    void started(time_point now) {
        ++attempts_;
        if (!first_) first_ = now;
    }

    /// A response was accepted as an event stream.
    void opened(time_point now) {
        opened_ = now;
        if (policy_.stable <= milliseconds{0}) succeeded();
    }

    /// An event arrived: attempts and time are counted from the end of this stream.
    void delivered() noexcept { delivered_ = true; }

    /// The attempt ended, `cleanly` if the peer finished the stream in good order.
    /// Gives the delay until the next attempt, or nothing when a limit is reached.
    [[nodiscard]] std::optional<milliseconds> ended(time_point now, bool cleanly,
                                                    milliseconds retry_after = {}) {
        if (opened_ && now - *opened_ >= policy_.stable) succeeded();
        if (delivered_) {
            attempts_ = 0;
            first_ = now;
        }
        const bool healthy = cleanly && delivered_;
        if (healthy) growth_steps_ = 0;
        const milliseconds delay = jittered(std::max(computed(), floor(retry_after)));
        repeated_ = true;
        growth_steps_ += healthy ? 0 : 1;
        opened_.reset();
        delivered_ = false;
        if (policy_.max_attempts != 0 && attempts_ >= policy_.max_attempts) return std::nullopt;
        if (policy_.max_elapsed > milliseconds{0} &&
            now + delay - first_.value_or(now) > policy_.max_elapsed)
            return std::nullopt;
        return delay;
    }

    /// The user asked for a fresh start.
    void succeeded() noexcept {
        attempts_ = 0;
        growth_steps_ = 0;
        repeated_ = false;
        first_.reset();
    }

    /// Attempts since the last event or stable stream, the current one included.
    [[nodiscard]] std::size_t attempts() const noexcept { return attempts_; }

    [[nodiscard]] const reconnect_policy& policy() const noexcept { return policy_; }

private:
    [[nodiscard]] milliseconds computed() const {
        milliseconds start = std::max(reconnection_time(), milliseconds{0});
        if (repeated_) start = std::max(start, policy_.damping);
        const double factor = policy_.growth > 1.0 ? policy_.growth : 1.0;
        const double steps = static_cast<double>(std::min<std::size_t>(growth_steps_, 1000));
        const milliseconds cap = policy_.cap > milliseconds{0} ? policy_.cap : longest;
        return at_most(static_cast<double>(start.count()) * std::pow(factor, steps), cap);
    }

    [[nodiscard]] milliseconds floor(milliseconds retry_after) const {
        return std::min(std::max(retry_.value_or(milliseconds{0}), retry_after), policy_.floor_cap);
    }

    [[nodiscard]] milliseconds jittered(milliseconds delay) {
        const double share = policy_.jitter > 0.0 ? std::min(policy_.jitter, 1.0) * random() : 0.0;
        return at_most(static_cast<double>(delay.count()) * (1.0 + share), longest);
    }

    /// Whatever the options say, a deadline computed from the delay must not overflow.
    [[nodiscard]] static milliseconds at_most(double value, milliseconds limit) {
        limit = std::min(std::max(limit, milliseconds{0}), longest);
        return value < static_cast<double>(limit.count())
                   ? milliseconds(static_cast<std::int64_t>(value))
                   : limit;
    }

    [[nodiscard]] double random() {
        if (policy_.random) return std::clamp(policy_.random(), 0.0, 1.0);
        if (!std::exchange(is_seeded_, true)) engine_.seed(seed());
        return std::uniform_real_distribution<double>(0.0, 1.0)(engine_);
    }

    /// Different for sources of one process and, where there is entropy, of all machines.
    [[nodiscard]] std::uint_fast32_t seed() const {
        std::uintptr_t value = reinterpret_cast<std::uintptr_t>(this);
        try {
            value ^= std::random_device{}();
        } catch (const std::exception&) {
            value ^= static_cast<std::uintptr_t>(
                std::chrono::steady_clock::now().time_since_epoch().count());
        }
        return static_cast<std::uint_fast32_t>(value);
    }

    static constexpr milliseconds longest = std::chrono::hours{24 * 366};

    reconnect_policy policy_;
    std::optional<milliseconds> retry_;
    std::optional<time_point> first_;
    std::optional<time_point> opened_;
    std::size_t attempts_ = 0;
    std::size_t growth_steps_ = 0;
    bool repeated_ = false;
    bool delivered_ = false;
    bool is_seeded_ = false;
    std::minstd_rand engine_;
};

} // namespace sse::detail
