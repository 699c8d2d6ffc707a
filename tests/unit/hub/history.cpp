// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/hub/history.hpp>
#include <sse/hub/log_store.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace hub_history_test {

using namespace std::chrono_literals;
using sse::errc;
using sse::detail::log_store;
using sse::detail::topic_log;

TEST_CASE("history: a topic keeps exactly its last events", "[history]") {
    log_store store({.events = 5}, 1, 10);
    for (int i = 0; i < 20; ++i)
        REQUIRE(store.append("a", {.data = "x"}, {}, 0).log != nullptr);
    const auto& log = *store.find("a");
    CHECK(log.begin_ordinal() == 15);
    CHECK(log.end_ordinal() == 20);
    CHECK(log.lost_after(14));
    CHECK_FALSE(log.lost_after(15));
    CHECK(log.count_lost_after(10) == 5u);
    CHECK(log.count_lost_after(0) == 15u);
}

TEST_CASE("history: what was evicted stays for those who are connected, up to a bound",
          "[history]") {
    const std::string data(100, 'x');
    for (const std::size_t live : {std::size_t{0}, std::size_t{100'000}}) {
        log_store store({.events = 1, .live_bytes = live}, 1, 10);
        sse::detail::log_interest connected;
        connected.told = true; // and it does not look
        store.append("a", {.data = data}, {}, 0).log->readers.add(connected);
        for (int i = 1; i < 5000; ++i)
            REQUIRE(store.append("a", {.data = data}, {}, 0).log != nullptr);
        CHECK(store.find("a")->begin_ordinal() == 4999);
        sse::detail::topic_view view;
        store.find("a")->snapshot(view);
        CHECK(view.end().offset - view.begin().offset >= live);
        CHECK(store.bytes() < live * 5 / 4 + 100'000);
        // and goes all the same when the bytes of all topics run out
        log_store small({.events = 1, .bytes = 20'000, .live_bytes = live}, 1, 10);
        for (int i = 0; i < 5000; ++i) {
            REQUIRE(small.append("a", {.data = data}, {}, 0).log != nullptr);
            REQUIRE(small.bytes() <= 20'000);
        }
    }
}

TEST_CASE("history: what was evicted goes at once where nobody follows the topic", "[history]") {
    log_store store({.events = 10, .live_bytes = 1 << 20}, 1, 10);
    for (int i = 0; i < 5000; ++i)
        REQUIRE(store.append("a", {.data = std::string(100, 'x')}, {}, 0).log != nullptr);
    CHECK(store.bytes() < 10'000);
}

TEST_CASE("history: how many are missing is told only where it is known", "[history]") {
    log_store store({.events = 1}, 1, 10);
    for (const char* topic : {"a", "a", "b", "a", "b", "a", "a"}) { // a: 1 2 4 6 7, b: 3 5
        REQUIRE(store.append(topic, {.data = "x"}, {}, 0).log != nullptr);
    }
    const auto& a = *store.find("a");
    CHECK(a.count_lost_after(0) == 4u);
    CHECK(a.count_lost_after(5) == 1u);
    CHECK_FALSE(a.count_lost_after(3).has_value());
    CHECK(a.count_lost_after(6) == 0u);
}

/// So many topics that each keeps less than a segment may hold, published to in turn.
void publish_in_turn(log_store& store, int topics, int events, std::size_t size) {
    const std::string data(size, 'x');
    for (int i = 0; i < events * topics; ++i) {
        const std::string name = std::to_string(i % topics);
        REQUIRE(store.append(name, {.data = data}, {}, 0).log != nullptr);
    }
}

TEST_CASE("history: with many topics each keeps most of its share of the bytes", "[history]") {
    constexpr int topics = 100;
    log_store store({.events = 0, .bytes = 1 << 20}, 1, topics);
    publish_in_turn(store, topics, 50, 1000); // of which there is room for about 10 of each
    std::size_t least = SIZE_MAX;
    store.for_each([&](const topic_log& log) {
        least = std::min<std::size_t>(least, log.end_ordinal() - log.begin_ordinal());
    });
    CHECK(least >= 5);
}

TEST_CASE("history: no segment has room for a part of an event that is like the others",
          "[history]") {
    constexpr int topics = 100;
    log_store store({.events = 0, .bytes = topics * 6'700}, 1, topics);
    publish_in_turn(store, topics, 50, 1000); // half of what a topic holds is not quite three
    std::size_t events = 0;
    std::set<const sse::detail::segment*> segments;
    store.for_each([&](const topic_log& log) {
        sse::detail::topic_view view;
        log.snapshot(view);
        for (std::uint64_t i = view.begin().ordinal; i < view.end().ordinal; ++i, ++events)
            segments.insert(view.segment_of(view.at(i)).get());
    });
    CHECK(events > 2 * segments.size());
}

TEST_CASE("history: what is missing is told as well where it went in blocks", "[history]") {
    log_store store({.events = 0, .bytes = 20'000}, 1, 10);
    std::vector<std::uint64_t> numbers; // of a, with several in a row and others between
    for (std::uint64_t n = 1; n <= 2000; ++n) {
        const bool other = n % 7 == 0 || n % 11 < 3;
        REQUIRE(store.append(other ? "b" : "a", {.data = "some text"}, {}, 0).sequence == n);
        if (!other) numbers.push_back(n);
        const auto* const a = store.find("a");
        if (a == nullptr || a->begin_ordinal() == 0) continue;
        const std::size_t lost = a->begin_ordinal();
        REQUIRE(a->last_lost() == numbers[lost - 1]);
        REQUIRE(a->count_lost_after(0) == lost);
        std::size_t dense = lost; // events of a that end the lost ones and lie in a row
        while (dense > 1 && numbers[dense - 2] + 1 == numbers[dense - 1])
            --dense;
        const std::uint64_t from = numbers[dense - 1];
        REQUIRE(a->count_lost_after(from - 1) == numbers[lost - 1] - from + 1);
        if (from > 2) REQUIRE_FALSE(a->count_lost_after(from - 2).has_value());
    }
    CHECK(store.find("a")->begin_ordinal() > 1000);
}

TEST_CASE("history: all topics together stay within the bytes, the oldest go first", "[history]") {
    constexpr std::size_t bound = 1 << 20;
    log_store store({.events = 0, .bytes = bound}, 1, 100);
    const std::string data(1000, 'x');
    REQUIRE(store.append("old", {.data = data}, {}, 0).log != nullptr);
    REQUIRE(store.append("slow", {.data = data}, {}, 0).log != nullptr);
    for (int i = 0; i < 5000; ++i) {
        REQUIRE(store.append("a", {.data = data}, {}, 0).log != nullptr);
        if (i % 100 == 0) REQUIRE(store.append("slow", {.data = data}, {}, 0).log != nullptr);
        REQUIRE(store.bytes() <= bound);
    }
    CHECK(store.bytes() > bound * 7 / 8);
    CHECK(store.find("old")->empty());
    CHECK_FALSE(store.find("slow")->empty());
    CHECK(store.find("a")->end_ordinal() - store.find("a")->begin_ordinal() > 800);
}

TEST_CASE("history: an event larger than all of it is kept until the next", "[history]") {
    log_store store({.events = 0, .bytes = 1000}, 1, 10);
    const std::string data(5000, 'x');
    REQUIRE(store.append("a", {.data = data}, {}, 0).log != nullptr);
    CHECK_FALSE(store.find("a")->empty());
    REQUIRE(store.append("b", {.data = "x"}, {}, 0).log != nullptr);
    CHECK(store.find("a")->empty());
    CHECK(store.bytes() < 1000);
}

TEST_CASE("history: events go when they are too old", "[history]") {
    log_store store({.age = 1000ms}, 1, 10);
    REQUIRE(store.append("a", {.data = "x"}, {}, 0).log != nullptr);
    REQUIRE(store.append("a", {.data = "x"}, {}, 900).log != nullptr);
    store.trim(*store.find("a"), 1000);
    CHECK(store.find("a")->begin_ordinal() == 0);
    store.trim(*store.find("a"), 1001);
    CHECK(store.find("a")->begin_ordinal() == 1);
    store.trim(1900);
    CHECK(store.bytes() != 0);
    store.trim(1901);
    CHECK(store.bytes() == 0);
    CHECK(store.find("a")->empty());
    REQUIRE(store.append("a", {.data = "x"}, {}, 5000).log != nullptr);
    CHECK(store.find("a")->begin_ordinal() == 2);
}

} // namespace hub_history_test
