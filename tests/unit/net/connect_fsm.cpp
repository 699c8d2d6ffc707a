// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/net/connect_fsm.hpp>

#include <chrono>

namespace {

using namespace std::chrono_literals;
using namespace sse;
using net::connect_fsm;
using net::time_point;
using in = net::connect_input::kind;
using out = net::connect_action::kind;

const time_point t0 = time_point{} + 1000h;
const error_code refused = asio::error::connection_refused;
const error_code unreachable = asio::error::host_unreachable;

TEST_CASE("connect_fsm: looks a name up, and connects to its first address", "[connect_fsm]") {
    connect_fsm fsm(30s, 10s);
    auto a = fsm.resume({in::start}, t0);
    CHECK(a.what == out::resolve);
    CHECK(a.until == t0 + 30s);
    a = fsm.resume({in::resolved, {}, 2}, t0 + 1s);
    CHECK(a.what == out::connect);
    CHECK(a.address == 0);
    CHECK(a.until == t0 + 11s);
    a = fsm.resume({in::connected}, t0 + 2s);
    CHECK(a.what == out::complete);
    CHECK_FALSE(a.ec);
}

TEST_CASE("connect_fsm: looks nothing up where addresses are known", "[connect_fsm]") {
    connect_fsm fsm(30s, 10s);
    const auto a = fsm.resume({in::start, {}, 1}, t0);
    CHECK(a.what == out::connect);
    CHECK(a.address == 0);
    CHECK(a.until == t0 + 10s);
}

TEST_CASE("connect_fsm: fails with the error of the lookup", "[connect_fsm]") {
    connect_fsm fsm(30s, 10s);
    (void)fsm.resume({in::start}, t0);
    const auto a = fsm.resume({in::resolved, asio::error::host_not_found_try_again}, t0);
    CHECK(a.what == out::complete);
    CHECK(a.ec == asio::error::host_not_found_try_again);
}

TEST_CASE("connect_fsm: a lookup without addresses is a host not found", "[connect_fsm]") {
    connect_fsm fsm(30s, 10s);
    (void)fsm.resume({in::start}, t0);
    const auto a = fsm.resume({in::resolved}, t0);
    CHECK(a.what == out::complete);
    CHECK(a.ec == asio::error::host_not_found);
}

TEST_CASE("connect_fsm: tries the addresses in turn, and fails with the last error",
          "[connect_fsm]") {
    connect_fsm fsm(30s, 10s);
    (void)fsm.resume({in::start, {}, 3}, t0);
    auto a = fsm.resume({in::connected, refused}, t0 + 1s);
    CHECK(a.what == out::connect);
    CHECK(a.address == 1);
    CHECK(a.until == t0 + 11s);
    a = fsm.resume({in::connected, refused}, t0 + 2s);
    CHECK(a.address == 2);
    a = fsm.resume({in::connected, unreachable}, t0 + 3s);
    CHECK(a.what == out::complete);
    CHECK(a.ec == unreachable);
}

TEST_CASE("connect_fsm: an address that takes too long gives way to the next", "[connect_fsm]") {
    connect_fsm fsm(30s, 10s);
    (void)fsm.resume({in::start, {}, 2}, t0);
    auto a = fsm.resume({in::woken}, t0 + 10s);
    CHECK(a.what == out::connect);
    CHECK(a.address == 1);
    CHECK(a.until == t0 + 20s);
    a = fsm.resume({in::woken}, t0 + 20s);
    CHECK(a.what == out::complete);
    CHECK(a.ec == errc::connect_timeout);
}

TEST_CASE("connect_fsm: the total limit cuts the last address short", "[connect_fsm]") {
    connect_fsm fsm(15s, 10s);
    (void)fsm.resume({in::start, {}, 3}, t0);
    auto a = fsm.resume({in::woken}, t0 + 10s);
    CHECK(a.until == t0 + 15s);
    a = fsm.resume({in::woken}, t0 + 15s);
    CHECK(a.what == out::complete);
    CHECK(a.ec == errc::connect_timeout);
}

TEST_CASE("connect_fsm: no attempt begins after the total limit", "[connect_fsm]") {
    connect_fsm fsm(15s, 10s);
    (void)fsm.resume({in::start}, t0);
    SECTION("after a late lookup") {
        const auto a = fsm.resume({in::resolved, {}, 2}, t0 + 15s);
        CHECK(a.what == out::complete);
        CHECK(a.ec == errc::connect_timeout);
    }
    SECTION("after a late failure") {
        (void)fsm.resume({in::resolved, {}, 2}, t0 + 14s);
        const auto a = fsm.resume({in::connected, refused}, t0 + 16s);
        CHECK(a.what == out::complete);
        CHECK(a.ec == errc::connect_timeout);
    }
    SECTION("but a connection made in the last moment is one") {
        (void)fsm.resume({in::resolved, {}, 2}, t0 + 14s);
        const auto a = fsm.resume({in::connected}, t0 + 16s);
        CHECK(a.what == out::complete);
        CHECK_FALSE(a.ec);
    }
}

TEST_CASE("connect_fsm: a lookup is limited by the total, not by the limit of an address",
          "[connect_fsm]") {
    connect_fsm fsm(30s, 10s);
    (void)fsm.resume({in::start}, t0);
    auto a = fsm.resume({in::woken}, t0 + 20s);
    CHECK(a.what == out::wait);
    CHECK(a.until == t0 + 30s);
    a = fsm.resume({in::woken}, t0 + 30s);
    CHECK(a.what == out::complete);
    CHECK(a.ec == errc::connect_timeout);
}

TEST_CASE("connect_fsm: waking too early goes on waiting for the same time", "[connect_fsm]") {
    connect_fsm fsm(30s, 10s);
    (void)fsm.resume({in::start, {}, 1}, t0);
    const auto a = fsm.resume({in::woken}, t0 + 9s);
    CHECK(a.what == out::wait);
    CHECK(a.until == t0 + 10s);
}

TEST_CASE("connect_fsm: zero is no limit", "[connect_fsm]") {
    connect_fsm fsm(0s, 0s);
    CHECK(fsm.resume({in::start}, t0).until == time_point::max());
    CHECK(fsm.resume({in::resolved, {}, 1}, t0 + 24h).until == time_point::max());
    CHECK(fsm.resume({in::woken}, t0 + 48h).what == out::wait);
}

TEST_CASE("connect_fsm: the longest limits do not overflow", "[connect_fsm]") {
    connect_fsm fsm(std::chrono::nanoseconds::max(), std::chrono::nanoseconds::max());
    const auto a = fsm.resume({in::start, {}, 1}, t0);
    CHECK(a.what == out::connect);
    CHECK(a.until == time_point::max());
}

TEST_CASE("connect_fsm: cancellation ends every state", "[connect_fsm]") {
    connect_fsm fsm(30s, 10s);
    const auto cancelled = [&] {
        const auto a = fsm.resume({in::cancelled}, t0);
        CHECK(a.what == out::complete);
        CHECK(a.ec == asio::error::operation_aborted);
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

} // namespace
