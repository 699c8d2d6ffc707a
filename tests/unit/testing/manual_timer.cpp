// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"
#include "support/handler_probe.hpp"

#include <sse/testing/manual_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace testing_manual_timer_test {

using namespace std::chrono_literals;
using namespace sse;
using namespace sse::testing;
using wait_probe = handler_probe<void(error_code)>;

struct fixture {
    manual_clock clock{};
    asio::io_context context{};
    manual_timer timer{context.get_executor(), clock};
    wait_probe probe{context};

    void wait() {
        probe.initiate([&](auto handler) { timer.async_wait(std::move(handler)); });
    }
    void poll() {
        context.restart();
        context.poll();
    }
};

TEST_CASE("manual_clock: stands still until it is told to go on", "[manual_clock]") {
    manual_clock clock;
    const manual_clock same = clock;
    const auto began = clock.now();
    clock.advance(5ms);
    CHECK(same.now() == began + 5ms);
    clock.advance_to(began);
    CHECK(clock.now() == began + 5ms);
    CHECK_FALSE(clock.next());
    CHECK_FALSE(clock.advance_to_next());
}

TEST_CASE("manual_timer: fires when the clock reaches its expiry, not before", "[manual_timer]") {
    fixture f;
    f.timer.expires_after(10ms);
    f.wait();
    CHECK(f.clock.next() == f.clock.now() + 10ms);
    f.clock.advance(10ms - 1ns);
    f.poll();
    CHECK_FALSE(f.probe.called());
    f.clock.advance(1ns);
    CHECK_FALSE(f.probe.called());
    f.poll();
    CHECK(f.probe.fault() == "");
    CHECK_FALSE(f.probe.error());
    CHECK(f.probe.allocations() > 0);
    CHECK_FALSE(f.clock.next());
}

TEST_CASE("manual_timer: fires at once where the expiry has passed", "[manual_timer]") {
    fixture f;
    f.wait();
    f.poll();
    CHECK(f.probe.fault() == "");
    CHECK_FALSE(f.probe.error());
}

TEST_CASE("manual_timer: fires in the order of time, each at its own", "[manual_timer]") {
    fixture f;
    std::vector<int> order;
    std::vector<std::unique_ptr<manual_timer>> timers;
    const auto began = f.clock.now();
    for (const int ms : {30, 10, 20, 10}) {
        auto& t =
            *timers.emplace_back(std::make_unique<manual_timer>(f.context.get_executor(), f.clock));
        t.expires_after(std::chrono::milliseconds(ms));
        t.async_wait([&, ms](error_code) { order.push_back(ms); });
    }
    CHECK(f.clock.advance_to_next());
    CHECK(f.clock.now() == began + 10ms);
    f.poll();
    CHECK(order == std::vector<int>{10, 10});
    f.clock.advance(1h);
    CHECK(f.clock.now() == began + 10ms + 1h);
    f.poll();
    CHECK(order == std::vector<int>{10, 10, 20, 30});
}

TEST_CASE("manual_timer: ends waits as a timer of Asio does", "[manual_timer]") {
    fixture f;
    f.timer.expires_after(1h);
    f.wait();
    SECTION("by cancel") { f.timer.cancel(); }
    SECTION("by a new expiry") { f.timer.expires_after(2h); }
    SECTION("by a slot") { f.probe.cancel(asio::cancellation_type::total); }
    SECTION("by its destruction") { const manual_timer gone = std::move(f.timer); }
    f.poll();
    CHECK(f.probe.fault() == "");
    CHECK(f.probe.error() == asio::error::operation_aborted);
    CHECK_FALSE(f.clock.next());
}

TEST_CASE("manual_timer: cancelling comes too late for a wait that has ended", "[manual_timer]") {
    fixture f;
    f.timer.expires_after(1s);
    f.wait();
    f.clock.advance(1s);
    f.timer.cancel();
    f.probe.cancel();
    f.poll();
    CHECK_FALSE(f.probe.error());
}

TEST_CASE("manual_timer: has several waits at a time", "[manual_timer]") {
    fixture f;
    wait_probe second(f.context);
    f.timer.expires_after(1s);
    f.wait();
    second.initiate([&](auto handler) { f.timer.async_wait(std::move(handler)); });
    f.probe.cancel();
    f.poll();
    CHECK(f.probe.error() == asio::error::operation_aborted);
    CHECK_FALSE(second.called());
    f.clock.advance(1s);
    f.poll();
    CHECK_FALSE(second.error());
}

TEST_CASE("manual_timer: a time that never comes does not come", "[manual_timer]") {
    fixture f;
    f.timer.expires_after(std::chrono::hours::max());
    f.wait();
    CHECK_FALSE(f.clock.advance_to_next());
    f.clock.advance(24h);
    f.poll();
    CHECK_FALSE(f.probe.called());
}

TEST_CASE("manual_timer: its handlers go uncalled with the context", "[manual_timer]") {
    std::optional<fixture> f(std::in_place);
    manual_clock clock = f->clock;
    wait_probe probe = f->probe;
    f->timer.expires_after(1s);
    f->wait();
    // The handler owns the timer, as an operation's does.
    auto owned = std::make_shared<manual_timer>(f->context.get_executor(), clock);
    owned->expires_after(1s);
    owned->async_wait([owned](error_code) { FAIL("called"); });
    owned.reset();
    f.reset();
    CHECK(probe.destroyed());
    CHECK_FALSE(clock.next());
}

} // namespace testing_manual_timer_test
