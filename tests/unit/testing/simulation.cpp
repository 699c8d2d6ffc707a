// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/testing/manual_timer.hpp>
#include <sse/testing/simulation.hpp>

#include <chrono>
#include <functional>
#include <stdexcept>

namespace testing_simulation_test {

using namespace std::chrono_literals;
using namespace sse;
using namespace sse::testing;

/// Ticks once a minute.
struct ticker {
    explicit ticker(simulation& s) : timer(s.get_executor(), s.clock()) {}
    void start(int times) {
        left = times;
        next();
    }
    void next() {
        timer.expires_after(1min);
        timer.async_wait([this](error_code) {
            ++ticks;
            if (--left > 0) next();
        });
    }
    manual_timer timer;
    int ticks = 0;
    int left = 0;
};

TEST_CASE("simulation: runs through hours until nothing waits", "[simulation]") {
    simulation sim;
    ticker t(sim);
    t.start(600);
    sim.run();
    CHECK(t.ticks == 600);
    CHECK(sim.elapsed() == 10h);
}

TEST_CASE("simulation: settles without time going on", "[simulation]") {
    simulation sim;
    ticker t(sim);
    t.start(1);
    int posted = 0;
    asio::post(sim.context(), [&] { asio::post(sim.context(), [&] { ++posted; }); });
    sim.settle();
    CHECK(posted == 1);
    CHECK(t.ticks == 0);
    CHECK(sim.elapsed() == 0s);
}

TEST_CASE("simulation: runs for a time, to its very end", "[simulation]") {
    simulation sim;
    ticker t(sim);
    t.start(100);
    sim.run_for(5min + 30s);
    CHECK(t.ticks == 5);
    CHECK(sim.elapsed() == 5min + 30s);
    sim.run_for(30s);
    CHECK(t.ticks == 6);
}

TEST_CASE("simulation: runs until something is so, or says that it never was", "[simulation]") {
    simulation sim;
    ticker t(sim);
    t.start(10);
    CHECK(sim.run_until([&] { return t.ticks == 4; }));
    CHECK(sim.elapsed() == 4min);
    CHECK_FALSE(sim.run_until([&] { return t.ticks == 9; }, 3min));
    CHECK(t.ticks == 7);
    CHECK_FALSE(sim.run_until([&] { return t.ticks == 11; }));
    CHECK(t.ticks == 10);
}

TEST_CASE("simulation: does not wait for a time that never comes", "[simulation]") {
    simulation sim;
    manual_timer never(sim.get_executor(), sim.clock());
    never.expires_at(net::time_point::max());
    never.async_wait([](error_code) {});
    sim.run();
    CHECK(sim.elapsed() == 0s);
}

TEST_CASE("simulation: throws rather than to run for ever", "[simulation]") {
    simulation sim;
    SECTION("in time") {
        ticker t(sim);
        t.start(1000);
        CHECK_THROWS_AS(sim.run(1h), std::runtime_error);
        CHECK(sim.elapsed() <= 1h);
    }
    SECTION("at one point of time") {
        std::function<void()> again = [&] { asio::post(sim.context(), [&] { again(); }); };
        again();
        CHECK_THROWS_AS(sim.settle(), std::runtime_error);
    }
}

} // namespace testing_simulation_test
