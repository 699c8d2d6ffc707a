// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "source_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client/relay.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace client_relay_test {

using namespace sse;
using namespace sse::testing;

namespace {

constexpr std::size_t limit = 32;

/// A source with many events at hand, and one handler that is started again and again.
struct fixture {
    source_fixture f{};
    std::optional<source_fixture::source_type> source{};
    std::function<void(const std::string&)> then{}; ///< behind the next receive
    bool inside = false;                            ///< a handler is on the stack
    bool nested = false;                            ///< a handler was called by another
    asio::cancellation_signal signal{};

    explicit fixture(std::size_t events) {
        std::string bytes;
        for (std::size_t i = 0; i < events; ++i)
            bytes += "data: " + std::to_string(i) + "\n\n";
        f.peer().accept().expect_request().open_stream().send(bytes).stall();
        source.emplace(f.make());
    }

    void receive(asio::cancellation_slot slot = {}) {
        auto handler = [this](error_code ec, const event& e) {
            nested = nested || inside;
            inside = true;
            f.log.push_back(ec ? "! " + ec.message() : e.data);
            if (!ec) {
                receive();
                if (then) then(e.data);
            }
            inside = false;
        };
        source->async_receive(asio::bind_cancellation_slot(slot, handler));
    }

    /// The same, each cancelled by the signal.
    void receive_cancellable() {
        source->async_receive(
            asio::bind_cancellation_slot(signal.slot(), [this](error_code ec, const event& e) {
                f.log.push_back(ec ? "! " + ec.message() : e.data);
                if (ec) return;
                receive_cancellable();
                then(e.data);
            }));
    }

    /// How many handlers of the context it takes until `n` events were received.
    std::size_t turns_until(std::size_t n) {
        f.sim.context().restart();
        std::size_t turns = 0;
        while (f.log.size() < n && f.sim.context().poll_one() != 0)
            ++turns;
        return turns;
    }
};

/// A source of batches on a stream that fills every read.
struct full_reads {
    using buffer = detail::read_buffer;

    source_fixture f{};
    source_fixture::source_type source;
    scripted_connection& peer;
    std::size_t events = 0;
    std::size_t batches = 0;
    error_code failed{};

    /// The events come a second behind the head.
    explicit full_reads(std::size_t bytes)
        : source(f.make()), peer(f.peer().accept().expect_request().open_stream().send(
                                text(bytes), after(std::chrono::seconds(1)))) {
        f.peer().refuse_the_rest();
    }

    /// Events of 64 bytes.
    static std::string text(std::size_t bytes) {
        std::string events;
        while (events.size() < bytes)
            events += "data: " + std::string(56, 'x') + "\n\n";
        return events;
    }

    void receive(asio::cancellation_slot slot = {}) {
        source.async_receive_batch(
            asio::bind_cancellation_slot(slot, [this, slot](error_code ec, event_batch batch) {
                failed = ec;
                ++batches;
                for (const event_view e : batch)
                    events += e.data.size() == 56 ? 1 : 0;
                if (!ec) receive(slot);
            }));
    }

    /// The most batches that came in one turn of the event loop.
    std::size_t most_in_a_turn() {
        f.sim.context().restart();
        std::size_t most = 0;
        for (std::size_t before = 0; f.sim.context().poll_one() != 0; before = batches)
            most = (std::max)(most, batches - before);
        return most;
    }
};

const std::string aborted = "! " + error_code(asio::error::operation_aborted).message();

} // namespace

TEST_CASE("relay: events at hand come without a turn of the loop each, one by one", "[relay]") {
    fixture x(200);
    x.receive();
    CHECK(x.f.log.empty());
    CHECK(x.turns_until(1) > 0);
    const std::size_t first = x.f.log.size();
    CHECK(first == limit + 1);
    CHECK(x.turns_until(first + 1) <= 2); // one might be of the peer
    CHECK(x.f.log.size() == 2 * first);
    x.f.sim.settle();
    CHECK(x.f.log.size() == 200);
    CHECK(x.f.log.back() == "199");
    CHECK_FALSE(x.nested);
}

TEST_CASE("relay: a read that left no room is followed by others at once, a few in a row",
          "[relay]") {
    using buffer = detail::read_buffer;
    full_reads x(16 * buffer::largest);
    x.peer.stall();
    x.receive();
    x.f.sim.settle();
    x.f.sim.clock().advance_to_next();
    const std::size_t most = x.most_in_a_turn();
    CHECK(x.events == 16 * buffer::largest / 64);
    CHECK(most >= buffer::row);
    CHECK(most <= buffer::row + 2); // two more while the buffer grows
}

TEST_CASE("relay: a read at once that finds nothing waits, or finds the end", "[relay]") {
    using buffer = detail::read_buffer;
    full_reads x(buffer::smallest);
    SECTION("waits") {
        x.peer.send(full_reads::text(640), after(std::chrono::seconds(1))).stall();
        x.receive();
        x.f.sim.run_for(std::chrono::seconds(3));
        CHECK(x.events == buffer::smallest / 64 + 10);
        CHECK(x.f.errors.empty());
    }
    SECTION("finds the end") {
        x.peer.close();
        x.receive();
        x.f.sim.run_for(std::chrono::milliseconds(1'500));
        CHECK(x.events == buffer::smallest / 64);
        CHECK(x.f.errors.size() == 1);
    }
    SECTION("is cancelled while it waits") {
        asio::cancellation_signal signal;
        x.peer.stall();
        x.receive(signal.slot());
        x.f.sim.run_for(std::chrono::seconds(3));
        CHECK(x.events == buffer::smallest / 64);
        signal.emit(asio::cancellation_type::total);
        x.f.sim.settle();
        CHECK(x.failed == asio::error::operation_aborted);
    }
}

TEST_CASE("relay: what else waits for the executor gets its turn", "[relay]") {
    fixture x(200);
    std::size_t seen = 0;
    x.then = [&](const std::string& data) {
        if (data == "0") asio::post(x.f.sim.context(), [&] { seen = x.f.log.size(); });
    };
    x.receive();
    x.f.sim.settle();
    CHECK(x.f.log.size() == 200);
    CHECK(seen > 0);
    CHECK(seen <= limit + 1);
}

TEST_CASE("relay: what a handler does behind its next receive counts", "[relay]") {
    fixture x(9);
    SECTION("close") {
        x.then = [&](const std::string& data) {
            if (data == "2") x.source->close();
        };
        x.receive();
        x.f.sim.settle();
        CHECK(x.f.log == std::vector<std::string>{"0", "1", "2", failure(errc::closed)});
    }
    SECTION("destruction") {
        x.then = [&](const std::string& data) {
            if (data == "2") x.source.reset();
        };
        x.receive();
        x.f.sim.settle();
        CHECK(x.f.log == std::vector<std::string>{"0", "1", "2", failure(errc::closed)});
    }
    SECTION("a second receive") {
        x.then = [&](const std::string& data) {
            if (data != "2") return;
            x.then = nullptr;
            x.receive();
        };
        x.receive();
        x.f.sim.settle();
        CHECK(x.f.log.size() == 10);
        CHECK(std::count(x.f.log.begin(), x.f.log.end(), failure(errc::operation_in_progress)) ==
              1);
    }
}

TEST_CASE("relay: cancellation reaches a receive that has not gone on yet", "[relay]") {
    fixture x(3);
    x.then = [&](const std::string&) { x.signal.emit(asio::cancellation_type::total); };
    x.receive_cancellable();
    x.f.sim.settle();
    CHECK(x.f.log == std::vector<std::string>{"0", aborted});
}

TEST_CASE("relay: a cancelled receive that is one too many in a row is cancelled all the same",
          "[relay]") {
    fixture x(2 * limit);
    x.then = [&](const std::string&) {
        if (x.f.log.size() == limit + 1) x.signal.emit(asio::cancellation_type::total);
    };
    x.receive_cancellable();
    x.f.sim.settle();
    REQUIRE(x.f.log.size() == limit + 2);
    CHECK(x.f.log.back() == aborted);
    x.f.log.clear();
    x.receive();
    x.f.sim.settle();
    CHECK(x.f.log.size() == limit - 1);
    CHECK(x.f.log.front() == std::to_string(limit + 1)); // nothing is lost
}

TEST_CASE("relay: a handler that throws loses no receive", "[relay]") {
    fixture x(4);
    x.then = [](const std::string& data) {
        if (data == "1") throw std::runtime_error("handler");
    };
    x.receive();
    CHECK_THROWS_AS(x.f.sim.settle(), std::runtime_error);
    x.inside = false;
    CHECK(x.f.log == std::vector<std::string>{"0", "1"});
    x.f.sim.settle();
    CHECK(x.f.log == std::vector<std::string>{"0", "1", "2", "3"});
}

TEST_CASE("relay: a receive of another kind is posted", "[relay]") {
    fixture x(3);
    x.source->async_receive([&](error_code, const event& e) {
        x.f.log.push_back(e.data);
        x.source->async_receive(
            [&](error_code, const event& other) { x.f.log.push_back(other.data); });
    });
    x.f.sim.context().restart();
    while (x.f.log.empty())
        REQUIRE(x.f.sim.context().poll_one() == 1);
    CHECK(x.f.log.size() == 1);
    x.f.sim.settle();
    CHECK(x.f.log == std::vector<std::string>{"0", "1"});
}

} // namespace client_relay_test
