// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// What a hub's streams can do besides following topics: filters, private events, other topics,
// presence, heartbeats, a limited life.
#include "integration/running_server.hpp"
#include "support/catch.hpp"
#include "support/data_of.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace integration_hub_subscribers_test {

using namespace std::chrono_literals;
using sse::errc;
using sse::testing::data_of;
using sse::testing::raw_client;
using sse::testing::running_server;

namespace {

/// A hub with one stream at a time, of which the test has the handle.
struct one_stream {
    explicit one_stream(sse::hub_options options = {}, sse::subscribe_options subscribe = {})
        : hub(with_epoch(std::move(options))), wanted(std::move(subscribe)),
          server({}, [this](sse::server& s) {
              s.get("/events/*", [this](const sse::request& rq, sse::reply re) {
                  sse::subscribe_options o = wanted;
                  o.topics.emplace_back(rq.parameter("*"));
                  REQUIRE(read_position(rq, o) == errc::success);
                  handle = hub.open(std::move(re), o);
              });
          }) {}

    static sse::hub_options with_epoch(sse::hub_options options) {
        options.epoch = 0xabc;
        return options;
    }
    raw_client open(std::string_view topic, std::string_view fields = "") {
        raw_client client = server.connect();
        client.get("/events/" + std::string(topic), fields);
        client.read_until("\n\n\r\n");
        return client;
    }
    void publish(std::string_view topic, std::string_view data, std::string_view type = "") {
        REQUIRE(hub.publish(topic, {.type = type, .data = data}));
    }
    template <class F>
    auto on_stream(F&& f) {
        return server.on_thread(std::forward<F>(f));
    }

    sse::hub hub;
    sse::subscribe_options wanted;
    sse::hub_subscriber handle;
    running_server server;
};

} // namespace

TEST_CASE("hub: a private event comes between what was published before and after it", "[hub]") {
    one_stream h;
    raw_client client = h.open("a");
    h.on_stream([&] {
        h.publish("a", "1");
        CHECK(h.handle.send({.type = "private", .data = "for you"}) == errc::success);
        h.publish("a", "2");
        CHECK(h.handle.send({.data = "and this"}) == errc::success);
        CHECK(h.handle.send({.data = "x", .id = "7"}) == errc::invalid_id);
        CHECK(h.handle.send({.type = "a\nb"}) == errc::invalid_field);
        h.publish("a", "3");
    });
    const std::string text = client.read_until("data: 3\n");
    CHECK(data_of(text) == "1 for you 2 and this 3 ");
    CHECK(text.find("event: private\ndata: for you\n\n") != std::string::npos);
}

TEST_CASE("hub: limits of zero are none", "[hub]") {
    one_stream h({.max_topics = 0, .max_stream_topics = 0, .private_bytes = 0});
    raw_client client = h.open("a");
    const std::string large(200'000, 'p');
    h.on_stream([&] {
        CHECK(h.handle.follow("b") == errc::success);
        CHECK(h.handle.send({.data = large}) == errc::success);
        h.publish("b", "last");
    });
    CHECK(client.read_until("data: last\n").find("data: " + large + "\n") != std::string::npos);
}

TEST_CASE("hub: private events to a reader that takes nothing are bounded, and keep their order",
          "[hub]") {
    one_stream h({.history = {.events = 0, .bytes = 0, .live_bytes = 0}, .private_bytes = 10'000});
    raw_client client = h.server.connect(4096);
    client.get("/events/a");
    REQUIRE(h.server.wait_for([&] { return h.handle.is_open(); }));
    const std::string data(100'000, 'x');
    for (int i = 0; i < 60; ++i)
        h.publish("a", data); // more than the kernel takes
    h.publish("a", "before");
    const std::string note(500, 'p');
    const int sent = h.on_stream([&] {
        int n = 0;
        while (h.handle.send({.data = note}) == errc::success)
            ++n;
        return n;
    });
    CHECK(sent > 10);
    CHECK(sent < 25);
    h.publish("a", "after");
    const std::string text = client.read_until("data: after\n");
    const std::size_t before = text.find("data: before\n");
    const std::size_t first = text.find("data: " + note);
    REQUIRE(before != std::string::npos);
    CHECK(before < first);
    int came = 0;
    for (std::size_t at = first; at != std::string::npos; at = text.find("data: " + note, at + 1))
        ++came;
    CHECK(came == sent);
}

TEST_CASE("hub: topics are added to an open stream and taken off it", "[hub]") {
    one_stream h({.max_stream_topics = 3});
    h.publish("b", "old");
    raw_client client = h.open("a");
    CHECK(h.hub.subscribers("a") == 1);
    h.on_stream([&] {
        CHECK(h.handle.follow("b") == errc::success);
        CHECK(h.handle.follow("room/+") == errc::success);
        CHECK(h.handle.unfollow("b") == errc::success);
        CHECK(h.handle.follow("room/+") == errc::success); // it has that
        CHECK(h.handle.follow("b") == errc::success);
        CHECK(h.handle.follow("c") == errc::too_many_topics);
        CHECK(h.handle.follow("") == errc::invalid_topic);
    });
    CHECK(h.hub.subscribers("b") == 1);
    CHECK(h.hub.publish("room/1", {.data = "1"}).woken == 1);
    CHECK(h.hub.publish("b", {.data = "2"}).woken == 1);
    client.read_until("data: 2\n");
    h.on_stream([&] {
        CHECK(h.handle.unfollow("b") == errc::success);
        CHECK(h.handle.unfollow("b") == errc::invalid_topic);
        CHECK(h.handle.unfollow("room/+") == errc::success);
        CHECK(h.handle.unfollow("+/room") == errc::invalid_topic);
    });
    CHECK(h.hub.publish("room/2", {.data = "3"}).woken == 0);
    CHECK(h.hub.publish("room/1", {.data = "3"}).woken == 0);
    CHECK(h.hub.publish("b", {.data = "4"}).woken == 0);
    h.publish("a", "5");
    CHECK(data_of(client.read_until("data: 5\n")) == "1 2 5 ");
}

TEST_CASE("hub: a pattern counts once, whatever it stands for", "[hub]") {
    one_stream h({.max_stream_topics = 2});
    for (const char* topic : {"a/1", "a/2", "a/3", "b"})
        h.publish(topic, "old");
    raw_client client = h.open("a/%2B");
    h.on_stream([&] { CHECK(h.handle.follow("b") == errc::success); });
    h.publish("a/3", "1");
    h.publish("b", "2");
    CHECK(data_of(client.read_until("data: 2\n")) == "1 2 ");
    h.on_stream([&] { CHECK(h.handle.follow("c") == errc::too_many_topics); });
    h.wanted.topics = {"a/1", "a/2"};
    raw_client refused = h.server.connect();
    refused.get("/events/a/3");
    CHECK(refused.read_until("\r\n\r\n").find("HTTP/1.1 400 ") == 0);
    CHECK(h.on_stream([&] { return h.handle.error(); }) == errc::too_many_topics);
}

TEST_CASE("hub: a filter chooses, and what it leaves out is not offered again", "[hub]") {
    one_stream h({}, {.topics = {}, .filter = [](const sse::event_outline& e) {
                          return e.type == "message" && e.topic == "a" &&
                                 e.id != "000000000abc-4" &&
                                 e.block.find("no") == std::string_view::npos;
                      }});
    raw_client client = h.open("a");
    h.publish("a", "1");
    h.publish("a", "no");
    h.publish("a", "other type", "x");
    h.publish("a", "by its id");
    h.publish("a", "5");
    CHECK(data_of(client.read_until("data: 5\n")) == "1 5 ");
    h.on_stream([&] { // in one turn, so that the position is told once
        for (int i = 0; i < 200; ++i)
            h.publish("a", "no");
    });
    // without an event
    const std::string_view position = "\nid: 000000000abc-205\n\n";
    CHECK(client.read_until(position).find(position) != std::string::npos);
    CHECK(h.hub.metrics().delivered == 2);
}

TEST_CASE("hub: subscribers can begin with the last value of each topic or key", "[hub]") {
    one_stream h({.overflow = sse::overflow::conflate}, {.topics = {}, .last_value = true});
    h.publish("plain", "old");
    h.publish("plain", "last");
    CHECK(data_of(h.open("plain").read_until("data: last\n")) == "last ");
    for (const char* key : {"x", "y", "x", "z", "x"})
        REQUIRE(h.hub.publish("keyed", {.data = key}, {.key = key}));
    raw_client client = h.open("keyed");
    h.publish("keyed", "next");
    CHECK(data_of(client.read_until("data: next\n")) == "y z x next ");
    // one that knows where it stands goes on there
    raw_client resumed = h.open("keyed", "Last-Event-ID: 000000000abc-5\r\n");
    CHECK(data_of(resumed.read_until("data: next\n")) == "z x next ");
}

TEST_CASE("hub: gap events are of the type that was chosen", "[hub]") {
    one_stream h({.gap_type = "lost"});
    h.publish("a", "kept");
    const raw_client client = h.open("a", "Last-Event-ID: unheard of\r\n");
    CHECK(client.text().find("event: lost\ndata: {\"reason\":\"unknown\"}\n") != std::string::npos);
    CHECK(client.text().find("event: gap\n") == std::string::npos);
}

TEST_CASE("hub: publishing tells how many streams were woken", "[hub]") {
    one_stream h;
    CHECK(h.hub.publish("a", {.data = "1"}).woken == 0);
    raw_client first = h.open("a");
    raw_client second = h.open("%23");
    CHECK(h.hub.publish("a", {.data = "2"}).woken == 2);
    CHECK(h.hub.publish("b", {.data = "3"}).woken == 1); // a topic that is new
    CHECK(h.hub.publish("b", {.data = "4"}).woken == 1);
    first.close();
    REQUIRE(h.server.wait_for([&] { return h.hub.metrics().subscribers == 1; }));
    CHECK(h.hub.publish("a", {.data = "5"}).woken == 1);
    CHECK(h.hub.subscribers("a") == 1);
    CHECK(h.hub.subscribers("nobody's") == 1); // not published to, but # stands for it
    second.close();
    REQUIRE(h.server.wait_for([&] { return h.hub.metrics().subscribers == 0; }));
    CHECK(h.hub.subscribers("nobody's") == 0);
}

TEST_CASE("hub: a stream that follows a topic in two ways counts once", "[hub]") {
    one_stream h;
    h.wanted.topics = {"#", "a/+"};
    const raw_client client = h.open("a/b");
    CHECK(h.hub.subscribers("a/b") == 1);
    CHECK(h.hub.subscribers("a/c") == 1);
    h.on_stream([&] { // before the stream's thread has a look
        CHECK(h.hub.publish("a/b", {.data = "1"}).woken == 1);
        CHECK(h.hub.publish("a/b", {.data = "2"}).woken == 1);
        CHECK(h.hub.publish("a/c", {.data = "3"}).woken == 1);
        CHECK(h.hub.subscribers("a/b") == 1);
        CHECK(h.hub.subscribers("a/c") == 1);
    });
    h.on_stream([&] { CHECK(h.handle.unfollow("#") == errc::success); });
    CHECK(h.hub.subscribers("a/c") == 1);
    CHECK(h.hub.subscribers("c") == 0);
    h.on_stream([&] { CHECK(h.handle.unfollow("a/+") == errc::success); });
    CHECK(h.hub.subscribers("a/d") == 0);
}

TEST_CASE("hub: hooks tell who joined and who left, on the stream's thread", "[hub]") {
    std::vector<std::string> seen;
    const auto note = [&](const char* what) {
        return [&seen, what](const sse::presence& p) {
            seen.push_back(what + *std::static_pointer_cast<std::string>(p.state));
            for (const std::string& topic : p.topics)
                seen.back() += " " + topic;
        };
    };
    one_stream h({.on_join = note("+"), .on_leave = note("-")},
                 {.topics = {}, .state = std::make_shared<std::string>("ann")});
    h.publish("a/b", "x");
    {
        raw_client client = h.open("a/%2B");
        h.on_stream([&] { CHECK(h.handle.follow("c") == errc::success); });
    }
    REQUIRE(h.server.wait_for([&] { return seen.size() == 2; }));
    h.on_stream([&] {
        CHECK(seen[0] == "+ann a/+");
        CHECK(seen[1] == "-ann c a/+");
    });
    CHECK_FALSE(h.on_stream([&] { return h.handle.is_open(); }));
    CHECK(h.on_stream([&] { return h.handle.send({.data = "x"}); }) == errc::closed);
}

TEST_CASE("hub: a stream that its owner closes ends in order behind what there is", "[hub]") {
    one_stream h;
    raw_client client = h.open("a");
    h.on_stream([&] {
        h.publish("a", "1");
        CHECK(h.handle.send({.data = "2"}) == errc::success);
        h.handle.close();
        CHECK_FALSE(h.handle.is_open());
        CHECK(h.handle.send({.data = "3"}) == errc::closed);
    });
    const std::string text = client.read_until("\r\n0\r\n\r\n");
    CHECK(data_of(text) == "1 2 ");
    REQUIRE(h.server.wait_for([&] { return h.hub.metrics().disconnects.closed == 1; }));
}

TEST_CASE("hub: heartbeats are comments or events, and their period is told", "[hub]") {
    one_stream h({.heartbeat = 60ms, .heartbeat_type = "ping"});
    raw_client client = h.open("a");
    CHECK(client.text().find("Event-Heartbeat: 0.060\r\n") != std::string::npos);
    client.read_until("event: ping\ndata: \n\n");
    one_stream off({.heartbeat = 0ms});
    CHECK(off.open("a").text().find("Event-Heartbeat") == std::string::npos);
    one_stream usual;
    CHECK(usual.open("a").text().find("Event-Heartbeat: 15\r\n") != std::string::npos);
}

TEST_CASE("hub: a stream at the end of its life ends in order, with a time to come back", "[hub]") {
    one_stream h({.heartbeat = 80ms, .stream_life = 100ms, .stream_retry = 321ms});
    h.publish("a", "1");
    raw_client client = h.open("a?replay=1");
    const std::string text = client.read_until("\r\n0\r\n\r\n");
    CHECK(text.find("retry: 321\n") != std::string::npos);
    CHECK(data_of(text) == "1 ");
    REQUIRE(h.server.wait_for([&] { return h.hub.metrics().disconnects.expired == 1; }));
}

TEST_CASE("hub: the longest life of a stream is one without end", "[hub]") {
    one_stream h({.heartbeat = 20ms,
                  .stream_life = std::chrono::milliseconds::max(),
                  .stream_life_jitter = 0ms});
    raw_client client = h.open("t");
    std::string beats;
    for (int i = 0; i < 20; ++i) // as many looks at its age
        beats += "2\r\n:\n\r\n";
    CHECK(client.read_until(beats).find("\r\n0\r\n\r\n") == std::string::npos);
    CHECK_FALSE(client.ended());
}

TEST_CASE("hub: a gap that nobody is told of does not count", "[hub]") {
    one_stream h;
    h.publish("t", "a");
    raw_client looks = h.server.connect();
    looks.send("HEAD /events/t HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: elsewhere\r\n\r\n");
    CHECK(looks.read_until("\r\n\r\n").find("200 OK") != std::string::npos);
    CHECK(h.hub.metrics().gaps.unknown == 0);
    raw_client reads = h.open("t", "Last-Event-ID: elsewhere\r\n");
    CHECK(h.server.wait_for([&] { return h.hub.metrics().gaps.unknown == 1; }));
}

TEST_CASE("hub: a request behind a stream that ends may close streams that are to end as well",
          "[hub]") {
    sse::hub hub({.heartbeat = 80ms, .stream_life = 500ms, .stream_life_jitter = 0ms});
    std::vector<sse::hub_subscriber> handles;
    running_server server({}, [&](sse::server& s) {
        s.get("/events", [&](const sse::request&, sse::reply re) {
            handles.push_back(hub.open(std::move(re), {.topics = {"a"}}));
        });
        s.get("/close", [&](const sse::request&, sse::reply re) {
            for (auto& handle : handles)
                handle.close();
            re.send({.body = "all closed"});
        });
    });
    std::vector<raw_client> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(server.connect());
        clients.back().get("/events");
        clients.back().get("/close");
    }
    SECTION("of old age") {}
    SECTION("for the drain of the hub") {
        REQUIRE(server.wait_for([&] { return hub.metrics().subscribers == 4; }));
        server.on_thread([&] { hub.drain({.spread = 0ms, .period = 0ms}); });
    }
    for (raw_client& client : clients)
        CHECK(client.read_until("all closed").find("\r\n0\r\n\r\n") != std::string::npos);
    server.on_thread([&] { handles.clear(); });
}

TEST_CASE("hub: a slow reader of a conflating hub gets the newest of each key", "[hub]") {
    one_stream h({.history = {.events = 10, .live_bytes = 0}, .overflow = sse::overflow::conflate});
    raw_client client = h.server.connect(4096);
    client.get("/events/a");
    REQUIRE(h.server.wait_for([&] { return h.handle.is_open(); }));
    const std::string filling(50'000, 'x');
    for (int i = 0; i < 1000; ++i) {
        const std::string key = "key" + std::to_string(i % 20);
        REQUIRE(h.hub.publish("a", {.data = key + "=" + std::to_string(i) + " " + filling},
                              {.key = key}));
    }
    const std::string text = client.read_until("key19=999 ");
    CHECK(text.find("event: gap") == std::string::npos);
    for (int i = 980; i < 1000; ++i) {
        CHECK(text.find("key" + std::to_string(i % 20) + "=" + std::to_string(i) + " ") !=
              std::string::npos);
    }
    CHECK(text.size() < 45'000'000);
}

TEST_CASE("hub: a topic that is dropped leaves a gap to those who return", "[hub]") {
    one_stream h({.heartbeat = 40ms, .topic_idle = 50ms});
    h.publish("a", "1");
    h.publish("a", "2");
    raw_client other = h.open("other"); // for the clock of its thread
    REQUIRE(h.server.wait_for([&] { return h.hub.metrics().topics == 0; }));
    CHECK(h.hub.metrics().log_bytes == 0);
    raw_client resumed = h.open("a", "Last-Event-ID: 000000000abc-1\r\n");
    CHECK(resumed.text().find("Event-Gap: evicted\r\n") != std::string::npos);
    raw_client nothing_missed = h.open("a", "Last-Event-ID: 000000000abc-2\r\n");
    CHECK(nothing_missed.text().find("Event-Gap") == std::string::npos);
    CHECK(h.open("+", "Last-Event-ID: 000000000abc-1\r\n").text().find("Event-Gap: evicted\r\n") !=
          std::string::npos); // which "a" may be one of
    CHECK(h.open("+", "Last-Event-ID: 000000000abc-2\r\n").text().find("Event-Gap") ==
          std::string::npos);
    h.publish("a", "3");
    CHECK(h.open("a", "Last-Event-ID: 000000000abc-1\r\n").text().find("Event-Gap: evicted\r\n") !=
          std::string::npos);
    CHECK(h.open("b", "Last-Event-ID: 000000000abc-1\r\n").text().find("Event-Gap") ==
          std::string::npos);
}

} // namespace integration_hub_subscribers_test
