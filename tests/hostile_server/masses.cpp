// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// Many clients at once that are of no use: afterwards everything is as it was.
#include "integration/process.hpp"
#include "integration/running_server.hpp"
#include "support/catch.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace hostile_server_masses_test {

using namespace sse::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t crowd = 1'000;

void add_hello(sse::server& s) {
    s.get("/hello", [](const sse::request&, sse::reply re) { re.send({.body = "hello"}); });
}

/// Whether a new connection is served as ever.
bool serves(const running_server& server) {
    raw_client client = server.connect();
    client.get("/hello", "Connection: close\r\n");
    return client.read_all().ends_with("hello");
}

/// Does the same to a server several times, and looks at what it leaves behind.
template <class Round>
void rounds(int n, running_server& server, Round&& round) {
    REQUIRE(allow_descriptors(2 * crowd + 100));
    const std::size_t descriptors = open_descriptors();
    std::size_t before = 0;
    for (int i = 0; i < n; ++i) {
        round();
        CHECK(serves(server));
        CHECK(server.wait_for([&] { return server.get().metrics().connections == 0; }));
        CHECK(open_descriptors() == descriptors);
        // the first round fills what the allocator keeps
        if (i == 0) before = resident_bytes();
    }
    const std::size_t after = resident_bytes();
    CAPTURE(before, after);
#if !defined(SSE_TESTS_SANITIZED)
    CHECK(after < before + (std::size_t{1} << 20));
#endif
}

std::vector<raw_client> connect_all(const running_server& server, std::size_t n = crowd) {
    std::vector<raw_client> all;
    for (std::size_t i = 0; i < n; ++i)
        all.push_back(server.connect());
    return all;
}

/// Readers of a topic, each told where it stands.
std::vector<raw_client> subscribe_all(const running_server& server, std::size_t n,
                                      const std::vector<std::string>& ids = {}) {
    std::vector<raw_client> all = connect_all(server, n);
    for (std::size_t i = 0; i < n; ++i)
        all[i].get("/events/a", ids.empty() ? "" : "Last-Event-ID: " + ids[i] + "\r\n");
    return all;
}

/// The numbers that came as data, in their order.
std::vector<int> numbers(std::string_view text) {
    std::vector<int> all;
    for (std::size_t at = text.find("data: "); at != std::string_view::npos;
         at = text.find("data: ", at + 1)) {
        all.push_back(std::stoi(std::string(text.substr(at + 6, 8))));
    }
    return all;
}

std::vector<int> range(int first, int last) {
    std::vector<int> all;
    while (first <= last)
        all.push_back(first++);
    return all;
}

void publish(sse::hub& hub, int n) { REQUIRE(hub.publish("a", {.data = std::to_string(n)})); }

} // namespace

TEST_CASE("masses: 1,000 connections that send nothing are closed in time", "[masses]") {
    running_server server({.limits = {.head_time = 1s}}, add_hello);
    rounds(3, server, [&] {
        std::vector<raw_client> all = connect_all(server);
        CHECK(serves(server));
        CHECK(std::all_of(all.begin(), all.end(),
                          [](raw_client& c) { return c.read_all().empty() && c.ended(); }));
    });
}

TEST_CASE("masses: 1,000 heads that drip in end at their deadline", "[masses]") {
    running_server server({.limits = {.head_time = 1s}}, add_hello);
    rounds(2, server, [&] {
        std::vector<raw_client> all;
        while (all.size() < crowd) {
            all.push_back(server.connect());
            all.back().send("GET /hello HTTP/1.1\r\nX: "); // before its time is over
        }
        const auto start = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() - start < 1500ms) {
            for (raw_client& c : all)
                c.send("x");
            CHECK(serves(server));
        }
        CHECK(std::all_of(all.begin(), all.end(), [](raw_client& c) {
            return c.read_all().starts_with("HTTP/1.1 408 ") && c.ended();
        }));
    });
}

TEST_CASE("masses: 5,000 connections that are dropped at once leave nothing", "[masses]") {
    running_server server({}, add_hello);
    std::mt19937 random(1);
    rounds(2, server, [&] {
        for (int i = 0; i < 2'500; ++i) {
            raw_client client = server.connect();
            switch (random() % 5) {
            case 0: break;
            case 1: client.reset(); break;
            case 2: client.send("GET /he"); break;
            case 3: client.get("/hello"); break;
            default: client.get("/hello"); client.reset();
            }
        }
    });
    CHECK(server.metrics().accepted == 5'002);
}

TEST_CASE("masses: what is published while most readers leave reaches those who stay", "[masses]") {
    sse::hub hub({.history = {.events = 100'000}});
    running_server server({}, [&](sse::server& s) {
        add_hub_routes(s, hub);
        add_hello(s);
    });
    std::mt19937 random(2);
    int last = 0;
    rounds(3, server, [&] {
        std::vector<raw_client> staying = subscribe_all(server, 20);
        std::vector<raw_client> leaving = subscribe_all(server, 500);
        REQUIRE(server.wait_for([&] { return hub.metrics().subscribers == 520; }));
        const int first = last + 1;
        std::thread publisher([&] {
            for (int i = 0; i < 3'000; ++i)
                (void)hub.publish("a", {.data = std::to_string(first + i)});
        });
        for (raw_client& c : leaving)
            random() % 2 == 0 ? c.close() : c.reset();
        publisher.join();
        last += 3'000;
        const std::string mark = "data: " + std::to_string(last) + "\n";
        for (raw_client& c : staying)
            CHECK(numbers(c.read_until(mark)) == range(first, last));
        CHECK(server.wait_for([&] { return hub.metrics().subscribers == 20; }));
    });
    CHECK(hub.metrics().subscribers == 0);
}

TEST_CASE("masses: 500 readers that are cut and come back at once miss nothing", "[masses]") {
    sse::hub hub({.history = {.events = 10'000}});
    running_server server({}, [&](sse::server& s) {
        add_hub_routes(s, hub);
        add_hello(s);
    });
    constexpr std::size_t readers = 500;
    std::mt19937 random(3);
    std::vector<std::string> ids(readers);
    std::vector<int> seen(readers, 0);
    int last = 0;
    rounds(3, server, [&] {
        std::vector<raw_client> all =
            last == 0 ? subscribe_all(server, readers) : subscribe_all(server, readers, ids);
        REQUIRE(server.wait_for([&] { return hub.metrics().subscribers == readers; }));
        for (int i = 0; i < 100; ++i)
            publish(hub, ++last);
        for (std::size_t i = 0; i < readers; ++i) {
            const int until = last - static_cast<int>(random() % 50);
            const std::string mark = "data: " + std::to_string(until) + "\n";
            const std::string text = all[i].read_until(mark);
            // up to the cut, wherever it is: the last id that came goes with the last event
            const std::size_t cut = text.rfind("\n\n", text.size() - random() % 20);
            REQUIRE(cut != std::string::npos);
            const std::string_view got = std::string_view(text).substr(0, cut + 2);
            const std::size_t id = got.rfind("\nid: ");
            REQUIRE(id != std::string::npos);
            ids[i] = got.substr(id + 5, got.find('\n', id + 5) - id - 5);
            const std::vector<int> came = numbers(got);
            REQUIRE_FALSE(came.empty());
            CHECK(came == range(seen[i] + 1, came.back()));
            seen[i] = came.back();
            all[i].reset();
        }
    });
    CHECK(hub.metrics().gaps.evicted + hub.metrics().gaps.unknown == 0);
}

} // namespace hostile_server_masses_test
