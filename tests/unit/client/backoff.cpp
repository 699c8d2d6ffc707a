// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/client/backoff.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace client_backoff_test {

using namespace std::chrono_literals;
using sse::reconnect_policy;
using sse::detail::backoff;
using std::chrono::milliseconds;

namespace {

using delays = std::vector<milliseconds>;

/// A source whose attempts are driven by hand, on a clock set by hand.
struct driver {
    backoff<> policy;
    backoff<>::time_point now{1h};

    explicit driver(reconnect_policy p) : policy(std::move(p)) {}

    /// An attempt that was refused.
    std::optional<milliseconds> refused() {
        policy.started(now);
        return finish(false);
    }

    /// A stream that was open for `time`, with or without an event.
    std::optional<milliseconds> stream(milliseconds time, bool event, bool cleanly = true) {
        policy.started(now);
        policy.opened(now);
        now += time;
        if (event) policy.delivered();
        return finish(cleanly);
    }

    std::optional<milliseconds> finish(bool cleanly, milliseconds retry_after = 0ms) {
        const auto delay = policy.ended(now, cleanly, retry_after);
        now += delay.value_or(0ms);
        return delay;
    }

    delays refused_times(int n) {
        delays result;
        for (int i = 0; i < n; ++i)
            result.push_back(refused().value());
        return result;
    }
};

reconnect_policy without_jitter() { return {.jitter = 0}; }

} // namespace

TEST_CASE("backoff: grows from the base by the factor up to the cap", "[backoff]") {
    driver d(without_jitter());
    CHECK(d.refused_times(7) == delays{1s, 2s, 4s, 8s, 16s, 30s, 30s});
}

TEST_CASE("backoff: without a cap it grows on", "[backoff]") {
    driver d({.cap = 0ms, .jitter = 0});
    CHECK(d.refused_times(7) == delays{1s, 2s, 4s, 8s, 16s, 32s, 64s});
}

TEST_CASE("backoff: a factor of one keeps the delay, a smaller one counts as one", "[backoff]") {
    CHECK(driver({.growth = 1, .jitter = 0}).refused_times(3) == delays{1s, 1s, 1s});
    CHECK(driver({.growth = 0.1, .jitter = 0}).refused_times(3) == delays{1s, 1s, 1s});
    const double none = std::numeric_limits<double>::quiet_NaN();
    CHECK(driver({.growth = none, .jitter = none}).refused_times(3) == delays{1s, 1s, 1s});
}

TEST_CASE("backoff: does not overflow however long it grows", "[backoff]") {
    driver d({.cap = milliseconds::max(), .growth = 10, .jitter = 1, .random = [] { return 1.0; }});
    for (int i = 0; i < 3000; ++i) {
        const auto delay = d.refused().value();
        REQUIRE(delay >= 1s);
        REQUIRE(delay <= 24h * 366);
        d.now = backoff<>::time_point{1h};
    }
}

TEST_CASE("backoff: jitter is proportional and only ever adds", "[backoff]") {
    double random = 0;
    driver d({.jitter = 0.5, .random = [&] { return random; }});
    CHECK(d.refused() == 1000ms);
    random = 0.5;
    CHECK(d.refused() == 2500ms);
    random = 1;
    CHECK(d.refused() == 6000ms);
    random = 7; // a random source that does not keep its range
    CHECK(d.refused() == 12000ms);
    random = -7;
    CHECK(d.refused() == 16000ms);
}

TEST_CASE("backoff: the default random source differs between sources", "[backoff]") {
    const auto base = milliseconds(1'000'000);
    const reconnect_policy policy{.base = base, .cap = base, .jitter = 1};
    delays seen;
    for (int i = 0; i < 5; ++i) {
        driver d(policy);
        seen.push_back(d.refused().value());
        CHECK(seen.back() >= base);
        CHECK(seen.back() <= 2 * base);
    }
    CHECK(std::count(seen.begin(), seen.end(), seen.front()) < 5);
}

TEST_CASE("backoff: retry takes the place of the base", "[backoff]") {
    driver d(without_jitter());
    d.policy.retry(100ms);
    CHECK(d.policy.reconnection_time() == 100ms);
    CHECK(d.refused_times(4) == delays{100ms, 1000ms, 2000ms, 4000ms});
    d.policy.retry(3s);
    CHECK(driver(without_jitter()).policy.reconnection_time() == 1s);
}

TEST_CASE("backoff: retry above the cap is a floor that growth does not leave", "[backoff]") {
    driver d(without_jitter());
    d.policy.retry(60s);
    CHECK(d.refused_times(3) == delays{60s, 60s, 60s});
}

TEST_CASE("backoff: jitter comes on top of a floor", "[backoff]") {
    driver d({.jitter = 0.25, .random = [] { return 1.0; }});
    d.policy.retry(60s);
    CHECK(d.refused() == 75s);
}

TEST_CASE("backoff: a huge retry counts as the cap of floors", "[backoff]") {
    driver d({.jitter = 0, .floor_cap = 2h});
    d.policy.retry(milliseconds::max());
    CHECK(d.refused() == 2h);
    d.policy.retry(milliseconds(-1));
    CHECK(d.policy.reconnection_time() == 0ms);
}

TEST_CASE("backoff: Retry-After is a floor once", "[backoff]") {
    driver d(without_jitter());
    d.policy.started(d.now);
    CHECK(d.finish(false, 120s) == 120s);
    CHECK(d.refused() == 2s);
    d.policy.started(d.now);
    CHECK(d.finish(false, 1s) == 4s);
    d.policy.started(d.now);
    CHECK(d.finish(false, milliseconds::max()) == 24h);
}

TEST_CASE("backoff: retry 0 reconnects at once, then is damped", "[backoff]") {
    driver d(without_jitter());
    d.policy.retry(0ms);
    CHECK(d.refused_times(4) == delays{0ms, 1000ms, 2000ms, 4000ms});
}

TEST_CASE("backoff: streams that end at once make no storm, with or without events", "[backoff]") {
    for (const bool event : {true, false}) {
        driver d({.base = 0ms, .jitter = 0});
        const auto start = d.now;
        int connections = 0;
        for (; d.now < start + 10s; ++connections)
            REQUIRE(d.stream(0ms, event));
        CHECK(connections <= 22);
    }
}

TEST_CASE("backoff: a server that ends each stream after an event keeps its pace", "[backoff]") {
    driver d(without_jitter());
    d.policy.retry(2s);
    for (int i = 0; i < 10; ++i)
        CHECK(d.stream(100ms, true) == 2s);
}

TEST_CASE("backoff: broken streams grow the delay even with events", "[backoff]") {
    driver d(without_jitter());
    CHECK(d.stream(0ms, true, false) == 1s);
    CHECK(d.stream(0ms, true, false) == 2s);
    CHECK(d.stream(0ms, true, true) == 1s);
}

TEST_CASE("backoff: starts anew after a stable stream", "[backoff]") {
    driver d(without_jitter());
    CHECK(d.refused_times(3) == delays{1s, 2s, 4s});
    CHECK(d.stream(4999ms, false) == 8s);
    CHECK(d.stream(5000ms, false) == 1s);
    CHECK(d.refused() == 2s);
}

TEST_CASE("backoff: zero stable time resets at every open stream", "[backoff]") {
    driver d({.jitter = 0, .stable = 0ms});
    CHECK(d.refused_times(3) == delays{1s, 2s, 4s});
    CHECK(d.stream(0ms, false) == 1s);
    CHECK(d.stream(0ms, false) == 1s);
}

TEST_CASE("backoff: gives up after the number of attempts", "[backoff]") {
    driver d({.jitter = 0, .max_attempts = 3});
    CHECK(d.refused());
    CHECK(d.policy.attempts() == 1);
    CHECK(d.refused());
    CHECK_FALSE(d.refused());
    CHECK(d.policy.attempts() == 3);
    CHECK_FALSE(driver({.max_attempts = 1}).refused());
}

TEST_CASE("backoff: attempts are counted from the last event or stable stream", "[backoff]") {
    driver d({.jitter = 0, .max_attempts = 2});
    CHECK(d.refused());
    CHECK(d.stream(0ms, true));
    CHECK(d.refused());
    CHECK(d.stream(5s, false));
    CHECK(d.refused());
    CHECK_FALSE(d.stream(1s, false));
}

TEST_CASE("backoff: gives up when the next attempt would come too late", "[backoff]") {
    driver d({.jitter = 0, .max_elapsed = 7s});
    CHECK(d.refused_times(3) == delays{1s, 2s, 4s}); // the fourth attempt is at 7 s
    CHECK_FALSE(d.refused());
    driver e({.jitter = 0, .max_elapsed = 7s});
    CHECK(e.refused_times(2) == delays{1s, 2s});
    CHECK(e.stream(1s, true) == 1s); // counted from the end of this stream
    CHECK(e.refused_times(2) == delays{1s, 2s});
    CHECK_FALSE(e.refused());
}

TEST_CASE("backoff: a fresh start forgets all failures but not retry", "[backoff]") {
    driver d({.jitter = 0, .max_attempts = 4});
    d.policy.retry(3s);
    CHECK(d.refused_times(2) == delays{3s, 6s});
    d.policy.succeeded();
    CHECK(d.refused_times(3) == delays{3s, 6s, 12s});
}

} // namespace client_backoff_test
