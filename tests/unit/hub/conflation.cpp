// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/hub/log_store.hpp>
#include <sse/hub/opening.hpp>
#include <sse/hub/subscription.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace hub_conflation_test {

using sse::errc;
using sse::gap;
using sse::gap_reason;
using sse::detail::followed_topic;
using sse::detail::log_store;
using sse::detail::merge_buffer;
using sse::detail::subscription;

namespace {

/// Two topics of a hub that keeps little, and a stream on both without envelopes.
struct fixture {
    // segments of 1 KiB
    explicit fixture(sse::history bounds = {.events = 2, .bytes = 16'384, .live_bytes = 0})
        : store(bounds, 1, 10, true) {}

    void publish(std::string_view topic, std::string_view data, std::string_view key = "",
                 std::string_view id = "") {
        // a segment for each, so that it goes as soon as it is evicted
        const std::string filled = std::string(data) + std::string(600, '.');
        const auto r = store.append(topic, {.data = filled, .id = id}, {.key = key}, 0);
        REQUIRE(r.error == errc::success);
    }
    /// As a shard looks; false if the stream cannot go on.
    bool look() {
        bool goes_on = true;
        for (followed_topic* t : {&a, &b}) {
            t->view.seen(horizon);
            t->log = store.find(t->name);
            if (t->log != nullptr) t->look();
        }
        horizon = store.position().sequence;
        if (stream.lost()) goes_on = stream.skip_lost(1000, true);
        for (followed_topic* t : {&a, &b})
            t->view.release();
        return goes_on;
    }
    /// Everything that comes, gaps in brackets and events as `data@number`.
    std::string drain() {
        std::string out;
        for (;;) {
            if (const gap g = stream.take_gap()) {
                stream.append("[" + (g.missed ? std::to_string(*g.missed) : "?") + "@" +
                              std::to_string(stream.position(horizon)) + "]\n");
            }
            const std::string_view next = stream.next(merged);
            if (next.empty() && stream.owes_gap()) continue;
            if (next.empty()) return out;
            out += next;
            stream.commit(next.size(), merged);
        }
    }
    std::string read() { return shortened(drain()); }
    static std::string shortened(std::string_view text) {
        std::string out;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = text.find('\n', at);
            const std::string_view line = text.substr(at, end - at);
            if (const auto data = line.find("data: "); data != std::string_view::npos) {
                out.append(line.substr(data + 6, line.find('.') - data - 6));
            } else if (line.starts_with("id: 000000000001-")) {
                out.append("@").append(line.substr(17)).append(" ");
            } else if (line.starts_with("[")) {
                out.append(line.substr(0, line.find(']') + 1));
            }
            if (end == std::string_view::npos) break;
            at = end + 1;
        }
        return out;
    }

    log_store store;
    followed_topic a{"a"};
    followed_topic b{"b"};
    subscription stream{false};
    merge_buffer merged;
    std::uint64_t horizon = 0;
};

} // namespace

TEST_CASE("conflation: a slow reader gets the newest of each key in place of what it missed",
          "[conflation]") {
    fixture f;
    f.stream.follow(f.a, {});
    f.publish("a", "x1", "x"); // 1
    f.publish("a", "y1", "y"); // 2
    f.publish("a", "x2", "x"); // 3
    f.publish("a", "z1", "z"); // 4
    f.publish("a", "z2", "z"); // 5
    f.publish("a", "z3", "z"); // 6
    REQUIRE(f.look());
    // superseded values that history still has come as well
    CHECK(f.read() == "y1@2 x2@3 z2@5 z3@6 ");
    CHECK(f.stream.caught_up());
    f.publish("a", "x3", "x");
    REQUIRE(f.look());
    CHECK(f.read() == "x3@7 ");
}

TEST_CASE("conflation: what had no key is announced as missing, ahead of the values",
          "[conflation]") {
    fixture f;
    f.stream.follow(f.a, {});
    f.publish("a", "x1", "x"); // 1
    f.publish("a", "lost");    // 2
    f.publish("a", "y1", "y"); // 3
    f.publish("a", "lost");    // 4
    f.publish("a", "z1", "z"); // 5
    f.publish("a", "z2", "z"); // 6
    f.publish("a", "z3", "z"); // 7
    REQUIRE(f.look());
    CHECK(f.read() == "[2@0]x1@1 y1@3 z2@6 z3@7 ");
}

TEST_CASE("conflation: values of several topics come in the order of their numbers",
          "[conflation]") {
    fixture f;
    f.stream.follow(f.a, {});
    f.stream.follow(f.b, {});
    f.publish("a", "x1", "x"); // 1
    f.publish("b", "b1");      // 2
    f.publish("a", "y1", "y"); // 3
    f.publish("b", "b2");      // 4
    f.publish("a", "z1", "z"); // 5
    f.publish("a", "z2", "z"); // 6
    REQUIRE(f.look());
    CHECK(f.read() == "x1@1 b1@2 y1@3 b2@4 z1@5 z2@6 ");
}

TEST_CASE("conflation: a value that is superseded while it waits is left out", "[conflation]") {
    fixture f;
    f.stream.follow(f.a, {});
    for (const char* key : {"x", "y", "z", "u", "v"}) // 1 to 5
        f.publish("a", key, key);
    REQUIRE(f.look());
    REQUIRE(f.stream.is_behind());
    f.publish("a", "new", "y"); // 6
    CHECK(f.stream.position(f.horizon) == 0);
    // of the view's moment: what came since is not there yet
    CHECK(f.read() == "x@1 z@3 u@4 v@5 ");
    REQUIRE(f.look());
    CHECK(f.read() == "new@6 ");
}

TEST_CASE("conflation: the event under way is finished first, and its id is no step back",
          "[conflation]") {
    fixture f;
    f.stream.use_chunks(true);
    f.stream.follow(f.a, {});
    f.publish("a", "under way", "w"); // 1
    REQUIRE(f.look());
    std::string out(f.stream.next(f.merged).substr(0, 5));
    f.stream.commit(5, f.merged);
    f.publish("a", "x1", "x"); // 2
    f.publish("a", "lost");    // 3
    f.publish("a", "y1", "y"); // 4
    f.publish("a", "z");
    f.publish("a", "y2", "y"); // 6
    REQUIRE(f.look());
    REQUIRE(f.stream.is_behind());
    out += f.drain();
    CHECK(fixture::shortened(out).substr(0, 22) == "under way@1 [1@1]x1@2 ");
}

TEST_CASE("conflation: one that resumes behind evictions gets values, and a gap only for the rest",
          "[conflation]") {
    fixture f;
    f.publish("a", "x1", "x"); // 1
    f.publish("a", "y1", "y"); // 2
    f.publish("a", "x2", "x"); // 3
    f.publish("a", "z1", "z"); // 4
    f.publish("a", "z2", "z"); // 5
    const auto resume = [&](std::uint64_t sequence) {
        f.stream.unfollow();
        f.look();
        const auto where = sse::detail::locate_reader(to_string(sse::event_id{1, sequence}),
                                                      f.store.position(), {});
        const auto o = open_stream({&f.a}, where, 0, f.horizon);
        f.stream.follow(f.a, o.places[0]);
        return o;
    };
    CHECK_FALSE(resume(1).missing);
    CHECK(f.read() == "y1@2 x2@3 z1@4 z2@5 ");
    CHECK_FALSE(resume(2).missing);
    CHECK(f.read() == "x2@3 z1@4 z2@5 ");
    f.publish("a", "lost");    // 6
    f.publish("a", "z3", "z"); // 7
    f.publish("a", "z4", "z"); // 8
    const auto o = resume(2);
    CHECK(o.missing.reason == gap_reason::evicted);
    CHECK(o.position == 2);
    CHECK(f.read() == "x2@3 z3@7 z4@8 ");
}

TEST_CASE("conflation: an own id that a kept value has can be resumed from and not be given again",
          "[conflation]") {
    fixture f;
    f.publish("a", "x1", "x", "own");
    for (int i = 0; i < 5; ++i)
        f.publish("a", "z", "z");
    CHECK(f.store.find_own_id("own") == 1u);
    CHECK(f.store.append("a", {.data = "", .id = "own"}, {}, 0).error == errc::invalid_id);
    f.publish("a", "x2", "x");
    CHECK_FALSE(f.store.find_own_id("own").has_value());
}

TEST_CASE("conflation: values take half of the memory at most, and dropped ones are a gap",
          "[conflation]") {
    fixture f;
    f.stream.follow(f.a, {});
    f.publish("a", "first");
    REQUIRE(f.look());
    CHECK(f.read() == "first@1 ");
    for (int i = 0; i < 1000; ++i) {
        f.publish("a", "x", "key" + std::to_string(i));
        REQUIRE(f.store.bytes() <= 16'384);
    }
    REQUIRE(f.look());
    CHECK(f.store.find("a")->values->keys() < 100);
    CHECK(f.read().substr(0, 3) == "[?@");
    f.publish("a", "same", "key999");
    REQUIRE(f.look());
    CHECK(f.read() == "same@1002 ");
}

TEST_CASE("conflation: memory does not grow with how often a key is published", "[conflation]") {
    fixture f;
    for (int i = 0; i < 100; ++i)
        f.publish("a", "some data of a value", "key" + std::to_string(i % 7));
    const std::size_t before = f.store.find("a")->values->footprint();
    for (int i = 0; i < 10'000; ++i)
        f.publish("a", "some data of a value", "key" + std::to_string(i % 7));
    CHECK(f.store.find("a")->values->footprint() <= before + 100);
    CHECK(f.store.find("a")->values->keys() == 7);
}

TEST_CASE("conflation: keys mean nothing where values are not kept", "[conflation]") {
    log_store store({.events = 1}, 1, 10);
    for (int i = 0; i < 3; ++i)
        REQUIRE(store.append("a", {.data = "x"}, {.key = "k"}, 0).error == errc::success);
    CHECK(store.find("a")->count_lost_after(0) == 2u);
    CHECK_FALSE(store.find("a")->values);
}

TEST_CASE("conflation: a key of more than 255 bytes is refused", "[conflation]") {
    fixture f;
    const std::string key(256, 'k');
    CHECK(f.store.append("a", {.data = "x"}, {.key = key}, 0).error == errc::invalid_field);
    CHECK(f.store.append("a", {.data = "x"}, {.key = key.substr(1)}, 0).error == errc::success);
}

TEST_CASE("conflation: a reader that had nothing yet is not stuck when all of it was evicted",
          "[conflation]") {
    fixture f;
    f.stream.follow(f.a, {});
    for (int i = 0; i < 10; ++i) // no segment of the beginning is left when it first looks
        f.publish("a", "x");
    f.a.view.seen(f.horizon);
    f.a.log = f.store.find("a");
    f.a.look();
    REQUIRE(f.stream.lost());
    CHECK(f.a.view.has_dropped());
}

} // namespace hub_conflation_test
