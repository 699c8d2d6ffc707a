// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// How long a log keeps what is evicted for streams that have not got it yet.
#include "support/catch.hpp"
#include "support/hub_reader.hpp"

#include <sse/hub.hpp>
#include <sse/net/asio.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hub_live_log_test {

using sse::testing::memory_connection;
namespace asio = sse::asio;

namespace {

/// A hub that keeps ten events, and a mebibyte for streams that are behind.
struct ten_events {
    ~ten_events() {
        for (const auto& s : streams)
            s->cut();
        loop.poll();
    }

    /// A stream of "a" that begins so many events back, whose reader takes so many bytes.
    memory_connection& join(std::size_t bytes, std::size_t replay = 0) {
        streams.push_back(std::make_shared<memory_connection>(loop.get_executor(), true));
        streams.back()->allow(bytes);
        hub.subscribe(sse::reply(streams.back()), {.topics = {"a"}, .replay = replay});
        loop.poll();
        loop.restart();
        return *streams.back();
    }
    /// Publishes events of a kilobyte, ten in each turn of the loop.
    void publish(int count) {
        for (int i = 0; i < count; ++i) {
            REQUIRE(hub.publish("a", {.data = std::string(1'000, 'x')}));
            if (i % 10 == 9) turn();
        }
    }
    void turn() {
        loop.poll();
        loop.restart();
    }
    [[nodiscard]] std::uint64_t log_bytes() const { return hub.metrics().log_bytes; }

    sse::hub hub{{.history = {.events = 10, .live_bytes = std::size_t{1} << 20}}};
    asio::io_context loop;
    std::vector<std::shared_ptr<memory_connection>> streams;
};

/// How many events of a kilobyte there are in what a reader got.
std::size_t events_in(const std::string& bytes) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = bytes.find("data: xxx", at)) != std::string::npos; ++at)
        ++n;
    return n;
}

} // namespace

TEST_CASE("hub: a log lets go of what is evicted once all its streams have got it", "[hub]") {
    ten_events t;
    memory_connection& one = t.join(SIZE_MAX);
    memory_connection& other = t.join(SIZE_MAX);
    t.publish(500);
    CHECK(t.log_bytes() < 50'000);
    CHECK(events_in(one.take()) == 500);
    CHECK(events_in(other.take()) == 500);
}

TEST_CASE("hub: a log keeps what one of its streams has not got yet", "[hub]") {
    ten_events t;
    (void)t.join(SIZE_MAX);
    memory_connection& slow = t.join(2'000);
    t.publish(500);
    CHECK(t.log_bytes() > 490'000);
    slow.allow(SIZE_MAX);
    t.turn();
    CHECK(events_in(slow.take()) == 500);
    t.publish(30);
    CHECK(t.log_bytes() < 300'000);
    CHECK(events_in(slow.take()) == 30);
}

TEST_CASE("hub: a log keeps what a stream that resumes has not got yet", "[hub]") {
    ten_events t;
    (void)t.join(SIZE_MAX);
    t.publish(100);
    memory_connection& late = t.join(0, 10);
    t.publish(200);
    CHECK(t.log_bytes() > 200'000);
    late.allow(SIZE_MAX);
    t.turn();
    CHECK(events_in(late.take()) == 210);
}

TEST_CASE("hub: a stream of another thread keeps what it has not got yet", "[hub]") {
    ten_events t;
    (void)t.join(SIZE_MAX);
    t.publish(100);
    asio::io_context elsewhere;
    const auto far = std::make_shared<memory_connection>(elsewhere.get_executor(), true);
    far->allow(SIZE_MAX);
    t.hub.subscribe(sse::reply(far), {.topics = {"a"}});
    elsewhere.poll();
    elsewhere.restart();
    t.publish(200); // which that thread does not look at
    CHECK(t.log_bytes() > 190'000);
    elsewhere.poll();
    elsewhere.restart();
    CHECK(events_in(far->take()) == 200);
    t.publish(20);
    elsewhere.poll();
    CHECK(events_in(far->take()) == 20);
    far->cut();
    elsewhere.restart();
    elsewhere.poll();
}

} // namespace hub_live_log_test
