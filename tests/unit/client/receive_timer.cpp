// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/client/receive_timer.hpp>
#include <sse/testing/manual_timer.hpp>

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

namespace client_receive_timer_test {

using namespace std::chrono_literals;
using namespace sse::testing;
using timer_type = sse::detail::receive_timer<manual_timer>;
using verdict = timer_type::verdict;
using sse::net::time_point;

namespace {

struct fixture {
    manual_clock clock{};
    sse::asio::io_context context{};
    timer_type timer{manual_timer(context.get_executor(), clock)};
    time_point least{};
    std::vector<verdict> verdicts{};

    /// Sets the deadline to `in` from now, and watches it if it has to be.
    bool limit(time_point::duration in) {
        const bool must_watch = timer.limit(clock.now() + in);
        if (must_watch) watch();
        return must_watch;
    }
    void watch() {
        timer.watch([this](std::size_t round) {
            return [this, round](sse::error_code) {
                verdicts.push_back(timer.expired(round, least));
                if (verdicts.back() == verdict::watch) watch();
            };
        });
    }
    std::vector<verdict> advance(time_point::duration by) {
        clock.advance(by);
        context.restart();
        context.poll();
        return std::exchange(verdicts, {});
    }
};

} // namespace

TEST_CASE("receive_timer: a deadline that passes is late, once", "[receive_timer]") {
    fixture f;
    CHECK(f.limit(5s));
    CHECK(f.advance(4s).empty());
    CHECK_FALSE(f.timer.take_late());
    CHECK(f.advance(1s) == std::vector{verdict::late});
    CHECK(f.timer.take_late());
    CHECK_FALSE(f.timer.take_late());
}

TEST_CASE("receive_timer: a deadline that moves on is watched by one wait", "[receive_timer]") {
    fixture f;
    CHECK(f.limit(5s));
    CHECK(f.advance(3s).empty());
    CHECK_FALSE(f.limit(5s));
    CHECK(f.advance(2s) == std::vector{verdict::watch});
    CHECK(f.advance(3s) == std::vector{verdict::late});
}

TEST_CASE("receive_timer: an earlier deadline is watched anew", "[receive_timer]") {
    fixture f;
    CHECK(f.limit(5s));
    CHECK(f.limit(1s));
    CHECK(f.advance(1s) == std::vector{verdict::nothing, verdict::late});
}

TEST_CASE("receive_timer: a deadline is not before the least that is told", "[receive_timer]") {
    fixture f;
    CHECK(f.limit(5s));
    f.least = f.clock.now() + 7s;
    CHECK(f.advance(5s) == std::vector{verdict::watch});
    CHECK(f.advance(2s) == std::vector{verdict::late});
}

TEST_CASE("receive_timer: nothing is late without a deadline", "[receive_timer]") {
    fixture f;
    SECTION("where it is forgotten, which leaves the wait to the next one") {
        CHECK(f.limit(5s));
        f.timer.forget();
        CHECK_FALSE(f.limit(9s));
        f.timer.forget();
        f.least = f.clock.now() + 6s; // does not make one
        CHECK(f.advance(9s) == std::vector{verdict::nothing});
    }
    SECTION("where there is none any more") {
        CHECK(f.limit(5s));
        CHECK_FALSE(f.timer.limit(time_point::max()));
        CHECK(f.advance(9s) == std::vector{verdict::nothing});
    }
    SECTION("where something is waited for instead") {
        CHECK(f.limit(5s));
        f.timer.wait_until(f.clock.now() + 9s);
        CHECK(f.advance(9s) == std::vector{verdict::nothing});
    }
    CHECK_FALSE(f.timer.take_late());
}

TEST_CASE("receive_timer: a lateness that nobody has asked for is forgotten", "[receive_timer]") {
    fixture f;
    CHECK(f.limit(5s));
    CHECK(f.advance(5s) == std::vector{verdict::late});
    f.timer.forget();
    CHECK_FALSE(f.timer.take_late());
}

} // namespace client_receive_timer_test
