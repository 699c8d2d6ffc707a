// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/hub/log_store.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hub_log_store_test {

using namespace std::chrono_literals;
using sse::errc;
using sse::history;
using sse::detail::cursor;
using sse::detail::log_store;
using sse::detail::topic_view;

namespace {

topic_view view_of(log_store& store, std::string_view topic) {
    topic_view view;
    store.find(topic)->snapshot(view);
    return view;
}

std::string all_of(const topic_view& view) {
    std::string bytes;
    for (cursor at = view.begin(); at != view.end();) {
        const std::string_view slice = view.slice(at);
        bytes.append(slice);
        view.advance(at, slice.size());
    }
    return bytes;
}

} // namespace

TEST_CASE("log_store: an event lies in the log as one chunk with its id last", "[log_store]") {
    log_store store({}, 0xabc, 10);
    const auto r = store.append("a", {.type = "tick", .data = "one\ntwo"}, {}, 0);
    CHECK(r.error == errc::success);
    CHECK(r.sequence == 1);
    CHECK(all_of(view_of(store, "a")) ==
          "34\r\nevent: tick\ndata: one\ndata: two\nid: 000000000abc-1\n\n\r\n");
}

TEST_CASE("log_store: a retry time goes in front of its event, in the same chunk", "[log_store]") {
    log_store store({}, 0xabc, 10);
    CHECK(store.append("a", {.data = "x", .id = "own"}, {.retry = 1500ms}, 0).error ==
          errc::success);
    CHECK(all_of(view_of(store, "a")) == "1d\r\nretry: 1500\ndata: x\nid: own\n\n\r\n");
}

TEST_CASE("log_store: without a limit there are as many topics as anybody likes", "[log_store]") {
    log_store store({}, 0xabc, 0);
    for (int i = 0; i < 1000; ++i)
        REQUIRE(store.append(std::to_string(i), {.data = "x"}, {}, 0).error == errc::success);
    CHECK(store.topics() == 1000);
}

TEST_CASE("log_store: what is refused leaves nothing behind", "[log_store]") {
    log_store store({}, 0xabc, 1);
    CHECK(store.append("", {.data = "x"}, {}, 0).error == errc::invalid_topic);
    CHECK(store.append("a/+", {.data = "x"}, {}, 0).error == errc::invalid_topic);
    CHECK(store.append("a", {.type = "a\nb", .data = "x"}, {}, 0).error == errc::invalid_field);
    CHECK(store.append("a", {.data = "x", .id = "a\rb"}, {}, 0).error == errc::invalid_field);
    CHECK(store.append("a", {.data = "x", .id = "000000000abc-1"}, {}, 0).error ==
          errc::invalid_id);
    CHECK(store.topics() == 0);
    CHECK(store.bytes() == 0);
    CHECK(store.position().sequence == 0);

    CHECK(store.append("a", {.data = "x", .id = "own"}, {}, 0).error == errc::success);
    CHECK(store.append("a", {.data = "y", .id = "own"}, {}, 0).error == errc::invalid_id);
    CHECK(store.append("b", {.data = "y"}, {}, 0).error == errc::too_many_topics);
    CHECK(store.position().sequence == 1);
}

TEST_CASE("log_store: an id may come again once its event was evicted", "[log_store]") {
    log_store store({.events = 1}, 1, 10);
    CHECK(store.append("a", {.data = "x", .id = "own"}, {}, 0).error == errc::success);
    CHECK(store.find_own_id("own") == 1u);
    CHECK(store.append("a", {.data = "y"}, {}, 0).error == errc::success);
    CHECK_FALSE(store.find_own_id("own").has_value());
    CHECK(store.append("a", {.data = "z", .id = "own"}, {}, 0).error == errc::success);
    CHECK(store.find_own_id("own") == 3u);
}

TEST_CASE("log_store: numbers run over all topics", "[log_store]") {
    log_store store({}, 1, 10);
    CHECK(store.append("a", {.data = "x"}, {}, 0).sequence == 1);
    CHECK(store.append("b", {.data = "x"}, {}, 0).sequence == 2);
    CHECK(store.append("a", {.data = "x"}, {}, 0).sequence == 3);
    const topic_view view = view_of(store, "a");
    CHECK(view.sequence(view.begin()) == 1);
    CHECK(view.sequence(view.at(1)) == 3);
    CHECK(view.after(1) == view.at(1));
    CHECK(view.after(2) == view.at(1));
    CHECK(view.after(3) == view.end());
}

TEST_CASE("log_store: a topic that was not published to for long enough is dropped",
          "[log_store]") {
    log_store store({}, 1, 2, false, 1000);
    CHECK(store.append("a", {.data = "x", .id = "own"}, {}, 0).error == errc::success);
    CHECK(store.append("b", {.data = "x"}, {}, 500).error == errc::success);
    store.drop_idle(1000);
    CHECK(store.topics() == 2);
    store.drop_idle(1001);
    CHECK(store.topics() == 1);
    CHECK(store.find("b") != nullptr);
    CHECK_FALSE(store.find_own_id("own").has_value());
    CHECK(store.dropped_up_to("a") == 1);
    CHECK(store.dropped_up_to("b") == 0);
    // there is room for another one, and the first is known when it comes back
    CHECK(store.append("a", {.data = "x"}, {}, 1100).error == errc::success);
    CHECK(store.find("a")->lost_after(0));
    CHECK_FALSE(store.find("a")->lost_after(1));
    CHECK_FALSE(store.find("a")->count_lost_after(0).has_value());
    CHECK(store.dropped_up_to("a") == 0);
    store.drop_idle(9000);
    CHECK(store.topics() == 0);
    CHECK(store.bytes() == 0);
    CHECK(store.dropped_up_to("a") == 3);
}

TEST_CASE("log_store: a topic of which everything is too old is dropped", "[log_store]") {
    log_store store({.age = 100ms}, 1, 2);
    CHECK(store.append("a", {.data = "x"}, {}, 0).error == errc::success);
    store.drop_idle(100);
    CHECK(store.topics() == 1);
    store.drop_idle(101);
    CHECK(store.topics() == 0);
}

TEST_CASE("log_store: of several readers of a log any may leave, and the others are told",
          "[log_store]") {
    struct sleeper final : sse::detail::log_reader {
        void wake() override {}
        [[nodiscard]] std::size_t waiting_for(const sse::detail::topic_log&) const override {
            return 0;
        }
    };
    for (const std::size_t leaving : {0U, 1U, 2U}) {
        log_store store({}, 1, 1);
        auto& log = *store.append("a", {.data = "x"}, {}, 0).log;
        sleeper readers[3];
        sse::detail::log_interest interests[3];
        for (std::size_t i = 0; i < 3; ++i) {
            interests[i].owner = &readers[i];
            interests[i].reader_count = i + 1;
            interests[i].had_at_look = 10 + i;
            log.readers.add(interests[i]);
        }
        CHECK(log.readers.had_by_all() == 10);
        log.readers.remove(interests[leaving]);
        CHECK(log.readers.had_by_all() == (leaving == 0 ? 11U : 10U));
        CHECK(store.append("a", {.data = "x"}, {}, 0).woken == 6 - (leaving + 1));
        CHECK(store.append("a", {.data = "x"}, {}, 0).woken == 6 - (leaving + 1));
        for (std::size_t i = 0; i < 3; ++i) {
            CHECK(log.readers.find(readers[i]) == (i == leaving ? nullptr : &interests[i]));
            CHECK(readers[i].grown.size() == (i == leaving ? 0U : 1U));
        }
    }
}

TEST_CASE("log_store: a topic that somebody follows stays", "[log_store]") {
    log_store store({}, 1, 2, false, 1000);
    CHECK(store.append("a", {.data = "x"}, {}, 0).error == errc::success);
    sse::detail::log_interest follower;
    store.find("a")->readers.add(follower);
    store.drop_idle(5000);
    CHECK(store.topics() == 1);
    store.find("a")->readers.remove(follower);
    store.drop_idle(5500); // it was in use
    CHECK(store.topics() == 1);
    store.drop_idle(6001);
    CHECK(store.topics() == 0);
}

TEST_CASE("log_store: newest values go with their topic", "[log_store]") {
    log_store store({.events = 1, .bytes = 20'000}, 1, 2, true, 1000);
    for (const char* key : {"x", "y", "z"})
        CHECK(store.append("a", {.data = key, .id = key}, {.key = key}, 0).error == errc::success);
    CHECK(store.find_own_id("x") == 1u);
    store.drop_idle(2000);
    CHECK(store.topics() == 0);
    CHECK(store.bytes() == 0);
    CHECK_FALSE(store.find_own_id("x").has_value());
    CHECK(store.dropped_up_to("a") == 3);
}

TEST_CASE("log_store: more dropped topics than can be remembered are remembered as one",
          "[log_store]") {
    sse::detail::dropped_topics dropped;
    for (std::uint64_t i = 1; i <= 20'000; ++i)
        dropped.add("topic" + std::to_string(i), i);
    CHECK(dropped.up_to("topic20000") == 20'000);
    CHECK(dropped.up_to("topic1") >= 16'384);
    CHECK(dropped.up_to("another") == dropped.up_to("topic1"));
    CHECK(dropped.take("topic20000") == 20'000);
    CHECK(dropped.up_to("topic20000") == dropped.up_to("another"));
}

TEST_CASE("log_store: dropped topics are known by the patterns that stand for them",
          "[log_store]") {
    sse::detail::dropped_topics dropped;
    dropped.add("a/x", 5);
    dropped.add("a/y", 3);
    dropped.add("b", 9);
    CHECK(dropped.up_to_any("a/+") == 5);
    CHECK(dropped.up_to_any("#") == 9);
    CHECK(dropped.up_to_any("c/#") == 0);
    CHECK(dropped.take("a/x") == 5);
    CHECK(dropped.up_to_any("a/+") == 3);
}

TEST_CASE("log_store: a cursor finds events and borders in many segments", "[log_store]") {
    log_store store({.events = 0, .bytes = 0}, 1, 10);
    for (int i = 0; i < 3000; ++i) {
        const std::string text(static_cast<std::size_t>(i % 700), 'x');
        REQUIRE(store.append("a", {.data = text}, {}, 0).error == errc::success);
    }
    const topic_view view = view_of(store, "a");
    cursor at = view.begin();
    for (std::uint64_t i = 0; i < 3000; ++i) {
        REQUIRE(view.at(i) == at);
        REQUIRE(view.at_border(at));
        REQUIRE(view.sequence(at) == i + 1);
        REQUIRE(view.after(i) == at);
        const std::size_t size = view.event(at).size();
        REQUIRE(view.advance(at, 1) == 0);
        REQUIRE_FALSE(view.at_border(at));
        REQUIRE(view.advance(at, size - 1) == 1);
    }
    CHECK(at == view.end());
    CHECK(view.slice(at).empty());
}

} // namespace hub_log_store_test
