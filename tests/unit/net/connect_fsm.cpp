// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/net/connect_fsm.hpp>

#include <chrono>
#include <cstddef>

namespace net_connect_fsm_test {

using namespace std::chrono_literals;
using namespace sse;
using net::connect_action;
using net::connect_fsm;
using net::connect_limits;
using net::time_point;
using in = net::connect_input::kind;
using out = net::connect_action::kind;

const time_point t0 = time_point{} + 1000h;
const error_code refused = asio::error::connection_refused;
const error_code unreachable = asio::error::host_unreachable;

const connect_limits racing{.total = 30s, .each = 10s, .attempt_delay = 250ms};
const connect_limits in_turn{.total = 30s, .each = 10s};

connect_action woken(connect_fsm<>& fsm, time_point now) { return fsm.resume({in::woken}, now); }

connect_action failed(connect_fsm<>& fsm, std::size_t address, error_code ec, time_point now) {
    return fsm.resume({in::connected, ec, 0, address}, now);
}

void check_connects(const connect_action& a, std::size_t address) {
    CHECK(a.what == out::connect);
    CHECK(a.address == address);
}

void check_drops(const connect_action& a, std::size_t address) {
    CHECK(a.what == out::drop);
    CHECK(a.address == address);
}

void check_waits(const connect_action& a, time_point until) {
    CHECK(a.what == out::wait);
    CHECK(a.until == until);
}

void check_fails(const connect_action& a, error_code ec) {
    CHECK(a.what == out::complete);
    CHECK(a.ec == ec);
}

TEST_CASE("connect_fsm: looks a name up, and connects to its first address", "[connect_fsm]") {
    connect_fsm<> fsm(racing);
    CHECK(fsm.resume({in::start}, t0).what == out::resolve);
    check_waits(woken(fsm, t0), t0 + 30s);
    check_connects(fsm.resume({in::resolved, {}, 2}, t0 + 1s), 0);
    check_waits(woken(fsm, t0 + 1s), t0 + 1250ms);
    const auto a = failed(fsm, 0, {}, t0 + 1100ms);
    CHECK(a.what == out::complete);
    CHECK(a.address == 0);
    CHECK_FALSE(a.ec);
}

TEST_CASE("connect_fsm: looks nothing up where addresses are known", "[connect_fsm]") {
    connect_fsm<> fsm(racing);
    check_connects(fsm.resume({in::start, {}, 1}, t0), 0);
    check_waits(woken(fsm, t0), t0 + 10s);
}

TEST_CASE("connect_fsm: fails with the error of the lookup", "[connect_fsm]") {
    connect_fsm<> fsm(racing);
    (void)fsm.resume({in::start}, t0);
    check_fails(fsm.resume({in::resolved, asio::error::host_not_found_try_again}, t0),
                asio::error::host_not_found_try_again);
}

TEST_CASE("connect_fsm: a lookup without addresses is a host not found", "[connect_fsm]") {
    connect_fsm<> fsm(racing);
    (void)fsm.resume({in::start}, t0);
    check_fails(fsm.resume({in::resolved}, t0), asio::error::host_not_found);
}

TEST_CASE("connect_fsm: an address that keeps silent gets company after its head start",
          "[connect_fsm]") {
    connect_fsm<> fsm(racing);
    check_connects(fsm.resume({in::start, {}, 3}, t0), 0);
    check_waits(woken(fsm, t0), t0 + 250ms);
    check_waits(woken(fsm, t0 + 249ms), t0 + 250ms);
    check_connects(woken(fsm, t0 + 250ms), 1);
    check_waits(woken(fsm, t0 + 250ms), t0 + 500ms);
    check_connects(woken(fsm, t0 + 500ms), 2);
    check_waits(woken(fsm, t0 + 500ms), t0 + 10s);
    SECTION("the first to connect wins, whichever it is") {
        const std::size_t winner = GENERATE(0u, 1u, 2u);
        const auto a = failed(fsm, winner, {}, t0 + 600ms);
        CHECK(a.what == out::complete);
        CHECK(a.address == winner);
        CHECK_FALSE(a.ec);
    }
    SECTION("the others go on when one fails") {
        check_waits(failed(fsm, 1, refused, t0 + 600ms), t0 + 10s);
        check_waits(failed(fsm, 0, refused, t0 + 700ms), t0 + 10500ms);
        check_fails(failed(fsm, 2, unreachable, t0 + 800ms), unreachable);
    }
}

TEST_CASE("connect_fsm: a failed address gives way to the next at once", "[connect_fsm]") {
    connect_fsm<> fsm(GENERATE(racing, in_turn));
    (void)fsm.resume({in::start, {}, 3}, t0);
    check_connects(failed(fsm, 0, refused, t0 + 1ms), 1);
    check_connects(failed(fsm, 1, refused, t0 + 2ms), 2);
    check_fails(failed(fsm, 2, unreachable, t0 + 3ms), unreachable);
}

TEST_CASE("connect_fsm: an address that takes too long is given up", "[connect_fsm]") {
    connect_fsm<> fsm(racing);
    (void)fsm.resume({in::start, {}, 2}, t0);
    check_connects(woken(fsm, t0 + 250ms), 1);
    check_drops(woken(fsm, t0 + 10s), 0);
    check_waits(woken(fsm, t0 + 10s), t0 + 10250ms);
    check_drops(woken(fsm, t0 + 10250ms), 1);
    check_fails(woken(fsm, t0 + 10250ms), errc::connect_timeout);
}

TEST_CASE("connect_fsm: an attempt that was given up is not heard of any more", "[connect_fsm]") {
    connect_fsm<> fsm(racing);
    (void)fsm.resume({in::start, {}, 2}, t0);
    check_connects(woken(fsm, t0 + 250ms), 1);
    check_drops(woken(fsm, t0 + 10s), 0);
    // its socket is gone, whatever had happened to it
    check_waits(failed(fsm, 0, GENERATE(error_code(), refused), t0 + 10s), t0 + 10250ms);
    check_drops(woken(fsm, t0 + 10250ms), 1);
    check_fails(woken(fsm, t0 + 10250ms), errc::connect_timeout);
}

TEST_CASE("connect_fsm: without a head start the addresses have their turns", "[connect_fsm]") {
    connect_fsm<> fsm(in_turn);
    check_connects(fsm.resume({in::start, {}, 2}, t0), 0);
    check_waits(woken(fsm, t0), t0 + 10s);
    check_waits(woken(fsm, t0 + 9s), t0 + 10s);
    check_drops(woken(fsm, t0 + 10s), 0);
    check_connects(woken(fsm, t0 + 10s), 1);
    check_waits(woken(fsm, t0 + 10s), t0 + 20s);
}

TEST_CASE("connect_fsm: the total limit ends every attempt", "[connect_fsm]") {
    connect_fsm<> fsm({.total = 15s, .each = 10s});
    (void)fsm.resume({in::start, {}, 3}, t0);
    check_drops(woken(fsm, t0 + 10s), 0);
    check_connects(woken(fsm, t0 + 10s), 1);
    check_waits(woken(fsm, t0 + 10s), t0 + 15s);
    check_fails(woken(fsm, t0 + 15s), errc::connect_timeout);
}

TEST_CASE("connect_fsm: no attempt begins after the total limit", "[connect_fsm]") {
    connect_fsm<> fsm({.total = 15s, .each = 10s, .attempt_delay = 250ms});
    (void)fsm.resume({in::start}, t0);
    SECTION("after a late lookup") {
        check_fails(fsm.resume({in::resolved, {}, 2}, t0 + 15s), errc::connect_timeout);
    }
    SECTION("after a late failure") {
        (void)fsm.resume({in::resolved, {}, 2}, t0 + 14s);
        check_fails(failed(fsm, 0, refused, t0 + 16s), errc::connect_timeout);
    }
    SECTION("but a connection made in the last moment is one") {
        (void)fsm.resume({in::resolved, {}, 2}, t0 + 14s);
        const auto a = failed(fsm, 0, {}, t0 + 16s);
        CHECK(a.what == out::complete);
        CHECK_FALSE(a.ec);
    }
}

TEST_CASE("connect_fsm: a lookup is limited by the total, not by the limit of an address",
          "[connect_fsm]") {
    connect_fsm<> fsm(racing);
    (void)fsm.resume({in::start}, t0);
    check_waits(woken(fsm, t0 + 20s), t0 + 30s);
    check_fails(woken(fsm, t0 + 30s), errc::connect_timeout);
}

TEST_CASE("connect_fsm: zero is no limit", "[connect_fsm]") {
    connect_fsm<> fsm(connect_limits{});
    (void)fsm.resume({in::start}, t0);
    check_waits(woken(fsm, t0), time_point::max());
    check_connects(fsm.resume({in::resolved, {}, 2}, t0 + 24h), 0);
    check_waits(woken(fsm, t0 + 48h), time_point::max());
}

TEST_CASE("connect_fsm: the longest limits do not overflow", "[connect_fsm]") {
    const auto longest = std::chrono::nanoseconds::max();
    connect_fsm<> fsm({longest, longest, longest});
    check_connects(fsm.resume({in::start, {}, 2}, t0), 0);
    check_waits(woken(fsm, t0), time_point::max());
}

TEST_CASE("connect_fsm: cancellation ends every state", "[connect_fsm]") {
    connect_fsm<> fsm(racing);
    const auto cancelled = [&] {
        check_fails(fsm.resume({in::cancelled}, t0), asio::error::operation_aborted);
    };
    SECTION("before the start") { cancelled(); }
    SECTION("in the lookup") {
        (void)fsm.resume({in::start}, t0);
        cancelled();
    }
    SECTION("in an attempt") {
        (void)fsm.resume({in::start, {}, 2}, t0);
        cancelled();
    }
}

} // namespace net_connect_fsm_test
