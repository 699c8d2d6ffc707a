// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"
#include "support/data_of.hpp"
#include "unit/hub/drain.hpp"

#include <sse/hub/event_outline.hpp>
#include <sse/hub/log_store.hpp>
#include <sse/hub/subscription.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hub_event_outline_test {

using namespace std::chrono_literals;
using sse::errc;
using sse::event_outline;
using sse::detail::followed_topic;
using sse::detail::log_store;
using sse::detail::merge_buffer;
using sse::detail::outline_of;
using sse::detail::subscription;
using sse::detail::wire_event;
using sse::testing::data_of;

namespace {

/// The outline of an event as it lies in a log.
void check(const sse::event_view& e, std::optional<std::chrono::milliseconds> retry,
           std::string_view type, std::string_view id) {
    std::string block;
    wire_event{e, retry}.put_inner(block);
    const event_outline o = outline_of("topic", block);
    CAPTURE(block);
    CHECK(o.topic == "topic");
    CHECK(o.type == type);
    CHECK(o.id == id);
    CHECK(o.block == block);
}

/// One topic and a stream on it.
struct fixture {
    fixture() { stream.follow(a, {}); }
    void publish(std::string_view data) {
        REQUIRE(store.append("a", {.data = data}, {}, 0).error == errc::success);
        a.log = store.find("a");
        a.look();
    }
    std::string drain(std::size_t at_most = 100'000) {
        return sse::testing::drain(stream, merged, at_most, events);
    }

    log_store store{{}, 1, 10};
    followed_topic a{"a"};
    subscription stream;
    merge_buffer merged;
    std::uint64_t events = 0;
};

} // namespace

TEST_CASE("event_outline: type and id are found wherever an event has them", "[event_outline]") {
    check({.data = "x", .id = "1"}, {}, "message", "1");
    check({.type = "tick", .data = "x", .id = "1"}, {}, "tick", "1");
    check({.type = "tick", .data = "a\nb", .id = "own id"}, 1500ms, "tick", "own id");
    check({.data = "event: no\nid: no", .id = "1"}, 1500ms, "message", "1");
    check({.data = "", .id = "1"}, {}, "message", "1");
    check({.data = "x"}, {}, "message", "");
    check({.type = "a: b", .data = "id: no"}, {}, "a: b", "");
}

TEST_CASE("subscription: what a filter leaves out moves the position all the same",
          "[subscription]") {
    fixture f;
    f.stream.make_extras().filter = [](const event_outline& e) {
        return e.block.find("no") == std::string_view::npos;
    };
    for (const char* data : {"1", "no", "no", "4", "no"})
        f.publish(data);
    CHECK(f.stream.position(5) == 0);
    CHECK(data_of(f.drain()) == "1 4 ");
    CHECK(f.stream.position(5) == 5);
    CHECK(f.stream.caught_up());
    CHECK(f.stream.extras()->left_out == 1);
}

TEST_CASE("subscription: private events keep their place, at the border of events only",
          "[subscription]") {
    fixture f;
    f.publish("1");
    f.publish("2");
    std::string out = f.drain(5);
    REQUIRE(f.stream.append_behind(2, "data: private\n\n", 100));
    CHECK_FALSE(f.stream.caught_up());
    f.publish("3");
    REQUIRE(f.stream.append_behind(3, "data: another\n\n", 100));
    f.publish("4");
    CHECK_FALSE(f.stream.append_behind(4, std::string(80, 'x'), 100));
    for (std::string one = f.drain(7); !one.empty(); one = f.drain(7))
        out += one;
    CHECK(data_of(out) == "1 2 private 3 another 4 ");
    CHECK(f.stream.caught_up());
    CHECK(f.stream.append_behind(4, std::string(80, 'x'), 100));
}

TEST_CASE("subscription: a topic is left in order, the event under way is finished",
          "[subscription]") {
    followed_topic b{"b"}; // outlives the stream
    fixture f;
    f.stream.follow(b, {});
    f.publish("1");
    f.publish("2");
    std::string out = f.drain(5);
    CHECK(f.stream.unfollow("a"));
    CHECK_FALSE(f.stream.unfollow("a"));
    CHECK(f.a.readers.empty());
    REQUIRE(b.readers.size() == 1);
    CHECK(b.readers[0].source == 0);
    out += f.drain();
    CHECK(data_of(out) == "1 ");
    CHECK(f.stream.caught_up());
}

} // namespace hub_event_outline_test
