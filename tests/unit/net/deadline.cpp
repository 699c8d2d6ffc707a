// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/allocation_count.hpp"
#include "support/catch.hpp"

#include <sse/net/deadline.hpp>
#include <sse/testing/manual_timer.hpp>
#include <sse/testing/simulation.hpp>
#include <sse/testing/test_stream.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace net_deadline_test {

using namespace std::chrono_literals;
using namespace sse;
using namespace sse::testing;

struct fixture {
    simulation sim{};
    int expiries = 0;
    net::deadline<manual_timer> deadline{manual_timer(sim.get_executor(), sim.clock()),
                                         [this] { ++expiries; }};
};

TEST_CASE("deadline: passes once, at its time", "[deadline]") {
    fixture f;
    f.deadline.expires_after(5s);
    f.sim.run_for(5s - 1ns);
    CHECK(f.expiries == 0);
    CHECK_FALSE(f.deadline.expired());
    f.sim.run();
    CHECK(f.expiries == 1);
    CHECK(f.deadline.expired());
    CHECK(f.sim.elapsed() == 5s);
}

TEST_CASE("deadline: moves on with every setting, by one wait", "[deadline]") {
    fixture f;
    f.deadline.expires_after(10s);
    for (int i = 0; i < 9; ++i) {
        f.sim.run_for(1s);
        f.deadline.expires_after(10s);
    }
    CHECK(*f.sim.clock().next() - f.sim.clock().now() == 1s);
    f.sim.run();
    CHECK(f.expiries == 1);
    CHECK(f.sim.elapsed() == 19s);
}

TEST_CASE("deadline: setting it on allocates nothing", "[deadline]") {
    fixture f;
    f.deadline.expires_after(10s);
    f.sim.run_for(1s);
    const allocation_count count;
    for (int i = 0; i < 1000; ++i)
        f.deadline.expires_after(10s);
    CHECK(count.allocations() == 0);
}

TEST_CASE("deadline: can be moved to an earlier time", "[deadline]") {
    fixture f;
    f.deadline.expires_after(10s);
    f.sim.settle();
    f.deadline.expires_after(2s);
    f.sim.run();
    CHECK(f.expiries == 1);
    CHECK(f.sim.elapsed() == 2s);
}

TEST_CASE("deadline: cleared, it does not pass and keeps nothing running", "[deadline]") {
    fixture f;
    f.deadline.expires_after(10s);
    f.sim.run_for(1s);
    SECTION("by clear()") { f.deadline.clear(); }
    SECTION("by a limit of zero") { f.deadline.expires_after(0s); }
    SECTION("by a time that never comes") { f.deadline.expires_at(net::time_point::max()); }
    f.sim.run();
    CHECK(f.expiries == 0);
    CHECK(f.sim.elapsed() == 1s);
}

TEST_CASE("deadline: clearing wins over a wait that has ended already", "[deadline]") {
    fixture f;
    f.deadline.expires_after(1s);
    f.sim.settle();
    f.sim.clock().advance(1s);
    SECTION("cleared") {
        f.deadline.clear();
        f.sim.run();
        CHECK(f.expiries == 0);
        CHECK_FALSE(f.deadline.expired());
    }
    SECTION("set anew") {
        f.deadline.clear();
        f.deadline.expires_after(3s);
        f.sim.run();
        CHECK(f.expiries == 1);
        CHECK(f.sim.elapsed() == 4s);
    }
    SECTION("moved on") {
        f.deadline.expires_after(3s);
        f.sim.run();
        CHECK(f.expiries == 1);
        CHECK(f.sim.elapsed() == 4s);
    }
}

TEST_CASE("deadline: passes again after it is set again", "[deadline]") {
    fixture f;
    f.deadline.expires_after(1s);
    f.sim.run();
    f.deadline.expires_after(1s);
    CHECK_FALSE(f.deadline.expired());
    f.sim.run();
    CHECK(f.expiries == 2);
    CHECK(f.sim.elapsed() == 2s);
}

TEST_CASE("deadline: does not pass once it is destroyed", "[deadline]") {
    simulation sim;
    int expiries = 0;
    std::optional<net::deadline<manual_timer>> deadline;
    deadline.emplace(manual_timer(sim.get_executor(), sim.clock()), [&] { ++expiries; });
    deadline->expires_after(1s);
    SECTION("before its time") {}
    SECTION("when the wait has ended already") {
        sim.settle();
        sim.clock().advance(1s);
    }
    deadline.reset();
    sim.run();
    CHECK(expiries == 0);
}

TEST_CASE("deadline: may be destroyed by what it calls", "[deadline]") {
    simulation sim;
    std::optional<net::deadline<manual_timer>> deadline;
    auto token = std::make_shared<int>(1);
    const std::weak_ptr<int> alive = token;
    deadline.emplace(manual_timer(sim.get_executor(), sim.clock()),
                     [&deadline, token = std::move(token)] {
                         deadline.reset();
                         CHECK(*token == 1);
                     });
    deadline->expires_after(1s);
    sim.run();
    CHECK_FALSE(deadline);
    CHECK(alive.expired());
}

TEST_CASE("deadline: tells a timeout from a cancellation and from an error", "[deadline]") {
    simulation sim;
    test_stream_pair ends(sim.get_executor());
    net::transport transport = ends.near.transport();
    net::deadline deadline(manual_timer(sim.get_executor(), sim.clock()),
                           [&] { transport.close(); });
    char buffer[16];
    std::optional<error_code> result;
    deadline.expires_after(5s);
    transport.async_read_some(asio::buffer(buffer), [&](error_code ec, std::size_t) {
        result = deadline.verdict(ec, errc::idle_timeout);
        deadline.clear();
    });
    SECTION("timeout") {
        sim.run();
        CHECK(*result == errc::idle_timeout);
        CHECK(sim.elapsed() == 5s);
    }
    SECTION("closed by the user") {
        transport.close();
        sim.run();
        CHECK(*result == asio::error::operation_aborted);
        CHECK(sim.elapsed() == 0s);
    }
    SECTION("error") {
        ends.far.reset();
        sim.run();
        CHECK(*result == asio::error::connection_reset);
    }
    SECTION("success") {
        ends.far.send("x");
        sim.run();
        CHECK_FALSE(*result);
    }
}

} // namespace net_deadline_test
