// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"
#include "support/handler_probe.hpp"
#include "support/loopback.hpp"

#include <sse/net/timer.hpp>

#include <chrono>

namespace net_timer_test {

using namespace std::chrono_literals;
using namespace sse;
using namespace sse::testing;
using net::saturated_add;
using net::time_point;

TEST_CASE("saturated_add: adds where the sum is a time point", "[timer]") {
    const time_point now = time_point{} + 1h;
    CHECK(saturated_add(now, 5ms) == now + 5ms);
    CHECK(saturated_add(now, 0ms) == now);
    CHECK(saturated_add(now, -5ms) == now - 5ms);
}

TEST_CASE("saturated_add: stops at the epoch", "[timer]") {
    const time_point now = time_point{} + 1h;
    CHECK(saturated_add(now, -2h) == time_point{});
    CHECK(saturated_add(now, std::chrono::seconds::min()) == time_point{});
    CHECK(saturated_add(now, std::chrono::hours::min()) == time_point{});
}

TEST_CASE("saturated_add: stops at the largest time point", "[timer]") {
    const time_point now = time_point{} + 1h;
    CHECK(saturated_add(now, std::chrono::nanoseconds::max()) == time_point::max());
    CHECK(saturated_add(now, std::chrono::milliseconds::max()) == time_point::max());
    CHECK(saturated_add(now, std::chrono::seconds::max()) == time_point::max());
    CHECK(saturated_add(now, std::chrono::hours(24 * 365 * 1000)) == time_point::max());
    CHECK(saturated_add(now, std::chrono::hours::max()) == time_point::max());
    CHECK(saturated_add(time_point::max(), 1ms) == time_point::max());
    CHECK(saturated_add(time_point{}, time_point::max().time_since_epoch()) == time_point::max());
}

TEST_CASE("timer: completes after the time, with a well treated handler", "[timer]") {
    asio::io_context context;
    net::timer timer(context.get_executor());
    const time_point began = timer.now();
    timer.expires_after(2ms);
    handler_probe<void(error_code)> probe(context);
    probe.initiate([&](auto handler) { timer.async_wait(std::move(handler)); });
    run_bounded(context);
    CHECK(probe.fault() == "");
    CHECK_FALSE(probe.error());
    CHECK(probe.allocations() > 0);
    CHECK(timer.now() - began >= 2ms);
}

TEST_CASE("timer: a time that never comes is no time in the past", "[timer]") {
    asio::io_context context;
    net::timer timer(context.get_executor());
    timer.expires_after(std::chrono::hours::max());
    CHECK(timer.expiry() == time_point::max());
    handler_probe<void(error_code)> probe(context);
    probe.initiate([&](auto handler) { timer.async_wait(std::move(handler)); });
    context.poll();
    CHECK_FALSE(probe.called());
    timer.cancel();
    run_bounded(context);
    CHECK(probe.error() == asio::error::operation_aborted);
}

TEST_CASE("timer: a new expiry and cancellation end a wait", "[timer]") {
    asio::io_context context;
    net::timer timer(context.get_executor());
    timer.expires_after(1h);
    handler_probe<void(error_code)> first(context);
    handler_probe<void(error_code)> second(context);
    first.initiate([&](auto handler) { timer.async_wait(std::move(handler)); });
    timer.expires_after(2h);
    second.initiate([&](auto handler) { timer.async_wait(std::move(handler)); });
    second.cancel(asio::cancellation_type::total);
    run_bounded(context);
    CHECK(first.error() == asio::error::operation_aborted);
    CHECK(second.error() == asio::error::operation_aborted);
}

} // namespace net_timer_test
