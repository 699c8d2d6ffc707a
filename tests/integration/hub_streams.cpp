// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "integration/running_server.hpp"
#include "support/catch.hpp"

#include <sse/http/chunked.hpp>
#include <sse/hub.hpp>
#include <sse/server.hpp>
#include <sse/text/parser.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace integration_hub_streams_test {

using namespace std::chrono_literals;
using sse::errc;
using sse::testing::add_hub_routes;
using sse::testing::raw_client;
using sse::testing::running_server;

namespace {

/// What a client made of the bytes of one response to HTTP/1.1, as far as they came.
struct received {
    explicit received(std::string_view response, std::string last_event_id = "") {
        REQUIRE(parser.last_event_id(last_event_id) == errc::success);
        const std::size_t body = response.find("\r\n\r\n");
        if (body == std::string_view::npos) return;
        head = response.substr(0, body + 2);
        response.remove_prefix(body + 4);
        sse::http::chunked_decoder chunks;
        while (!response.empty() && !chunks.done() && chunks.error() == errc::success) {
            const auto slice = chunks.next(response);
            response.remove_prefix(slice.consumed);
            parser.feed(slice.payload);
            for (auto status = parser.next(); status != sse::parse_status::need_input;
                 status = parser.next()) {
                if (status == sse::parse_status::event) events.emplace_back(parser.current());
            }
        }
        complete = chunks.done();
        error = chunks.error();
    }

    [[nodiscard]] std::string data() const {
        std::string all;
        for (const sse::event& e : events)
            all += e.type == "gap" ? "[" + e.data + "]" : e.data + " ";
        return all;
    }

    std::string head;
    std::vector<sse::event> events;
    bool complete = false;
    errc error = errc::success;
    sse::parser parser;
};

struct hub_server {
    explicit hub_server(sse::hub_options options = {}, std::uint16_t port = 0)
        : hub(std::move(options)),
          server(
              {}, [this](sse::server& s) { add_hub_routes(s, hub); }, port) {}

    void publish(std::string_view topic, std::string_view data) {
        REQUIRE(hub.publish(topic, {.data = data}));
    }
    /// Reads `target` until `mark` has come.
    std::string get(std::string_view target, std::string_view mark, std::string_view fields = "") {
        raw_client client = server.connect();
        client.get(target, fields);
        return client.read_until(mark);
    }
    bool wait_subscribers(std::uint64_t n) {
        return server.wait_for([this, n] { return hub.metrics().subscribers == n; });
    }

    sse::hub hub;
    running_server server;
};

} // namespace

TEST_CASE("hub: a stream opens with its position and gets what comes", "[hub]") {
    hub_server h({.epoch = 0xabc});
    h.publish("a", "before");
    raw_client client = h.server.connect();
    client.get("/events/a");
    const received opened(client.read_until("\n\n\r\n"));
    CHECK(opened.events.empty());
    CHECK(opened.parser.last_event_id() == "000000000abc-1");
    CHECK(h.wait_subscribers(1));
    h.publish("a", "one");
    h.publish("b", "not this");
    h.publish("a", "two");
    client.read_until("abc-4\n\n");
    const received rest(client.text());
    REQUIRE(rest.events.size() == 2);
    CHECK(rest.events[0] == sse::event{"message", "one", "000000000abc-2"});
    CHECK(rest.events[1] == sse::event{"message", "two", "000000000abc-4"});
    CHECK(h.server.wait_for([&] { return h.hub.metrics().delivered == 2; }));
}

TEST_CASE("hub: resuming, replay and gaps", "[hub]") {
    hub_server h({.history = {.events = 5}, .epoch = 0xabc});
    for (int i = 1; i <= 10; ++i)
        h.publish("a", std::to_string(i)); // 6 to 10 are kept
    h.publish("b", "11");
    struct row {
        const char* target;
        const char* fields;
        const char* data;
        const char* gap; // Event-Gap
    };
    for (const row& r : {
             row{"/events/a", "Last-Event-ID: 000000000abc-8\r\n", "9 10 ", ""},
             row{"/events/a?last_event_id=000000000abc-8", "", "9 10 ", ""},
             row{"/events/a?last_event_id=000000000abc-6&replay=5",
                 "Last-Event-ID: 000000000abc-8\r\n", "9 10 ", ""},
             row{"/events/a?replay=2", "", "9 10 ", ""},
             row{"/events/a?replay=100", "", "6 7 8 9 10 ", ""},
             row{"/events?topic=a&topic=b&replay=3", "", "9 10 11 ", ""},
             row{"/events?topic=b&topic=a&replay=3", "", "9 10 11 ", ""},
             row{"/events?topic=%23&replay=3", "", "9 10 11 ", ""},
             row{"/events/%2B?replay=3", "", "9 10 11 ", ""},
             row{"/events/a", "Last-Event-ID: 000000000abc-5\r\n", "6 7 8 9 10 ", ""},
             row{"/events/a", "Last-Event-ID: 000000000abc-3\r\n",
                 R"([{"reason":"evicted","missed":2}]6 7 8 9 10 )", "evicted"},
             row{"/events/b", "Last-Event-ID: 000000000abc-3\r\n", "11 ", ""},
             row{"/events/a", "Last-Event-ID: 000000000abc-12\r\n",
                 R"([{"reason":"unknown"}]6 7 8 9 10 )", "unknown"},
             row{"/events/a", "Last-Event-ID: \xff\xfe\r\n", R"([{"reason":"unknown"}]6 7 8 9 10 )",
                 "unknown"},
             row{"/events/a?last_event_id=a%0Adata:%20evil%0A%0A", "",
                 R"([{"reason":"unknown"}]6 7 8 9 10 )", "unknown"},
             row{"/events/a", "Last-Event-ID: 000000000abd-3\r\n",
                 R"([{"reason":"restarted"}]6 7 8 9 10 )", "restarted"},
         }) {
        CAPTURE(r.target, r.fields);
        raw_client client = h.server.connect();
        client.get(r.target, r.fields);
        const std::string_view expected = r.data;
        client.read_until(expected.find("11") != std::string_view::npos ? "abc-11\n\n"
                                                                        : "abc-10\n\n");
        const received got(client.text());
        CHECK(got.data() == expected);
        const std::string header = "Event-Gap: " + std::string(r.gap) + "\r\n";
        CHECK((got.head.find("Event-Gap") != std::string::npos) == (*r.gap != '\0'));
        if (*r.gap != '\0') CHECK(got.head.find(header) != std::string::npos);
    }
    CHECK(h.get("/events/a?replay=x", "\r\n\r\n").find("HTTP/1.1 400") == 0);
    CHECK(h.get("/events/a?replay=-1", "\r\n\r\n").find("HTTP/1.1 400") == 0);
    CHECK(h.get("/events", "\r\n\r\n").find("HTTP/1.1 400") == 0);
    CHECK(h.get("/events/a%0Ab", "\r\n\r\n").find("HTTP/1.1 400") == 0);
}

TEST_CASE("hub: a stream cut at any byte resumes without loss or double", "[hub]") {
    hub_server h({.epoch = 0xabc});
    for (int i = 1; i <= 4; ++i)
        h.publish(i % 2 == 0 ? "a" : "b", "event " + std::to_string(i));
    const std::string target = "/events?topic=a&topic=b";
    const std::string first = "Last-Event-ID: 000000000abc-0\r\n";
    const std::string whole = h.get(target, "abc-4\n\n", first);
    const std::string expected = received(whole).data();
    REQUIRE(expected == "event 1 event 2 event 3 event 4 ");
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        CAPTURE(cut);
        raw_client client = h.server.connect();
        client.get(target, first);
        const received before(client.read(cut), "000000000abc-0");
        client.reset();
        const std::string id(before.parser.last_event_id());
        std::string all = before.data();
        if (all != expected) {
            all += received(h.get(target, "abc-4\n\n", "Last-Event-ID: " + id + "\r\n"), id).data();
        }
        REQUIRE(all == expected);
    }
}

TEST_CASE("hub: after a restart a reader is told of the gap and gets what is there", "[hub]") {
    std::string id;
    std::uint16_t port = 0;
    {
        hub_server h;
        port = h.server.port();
        h.publish("a", "old");
        id = received(h.get("/events/a?replay=1", "old\nid: ")).parser.last_event_id();
        raw_client client = h.server.connect();
        client.get("/events/a?replay=1");
        client.read_until("old");
        client.read_until("-1\n\n");
        id = received(client.text()).parser.last_event_id();
        REQUIRE_FALSE(id.empty());
    }
    hub_server h({}, port);
    h.publish("a", "new");
    raw_client client = h.server.connect();
    client.get("/events/a", "Last-Event-ID: " + id + "\r\n");
    client.read_until("new");
    const std::string text = client.read_until("-1\n\n");
    const received got(text);
    CHECK(got.head.find("Event-Gap: restarted\r\n") != std::string::npos);
    CHECK(got.data() == R"([{"reason":"restarted"}]new )");
}

TEST_CASE("hub: a topic that comes later reaches those who wait for it", "[hub]") {
    hub_server h;
    raw_client named = h.server.connect();
    raw_client pattern = h.server.connect();
    named.get("/events/new/topic");
    pattern.get("/events/new/%23");
    REQUIRE(h.wait_subscribers(2));
    h.publish("new/topic", "one");
    h.publish("new", "two");
    named.read_until("one");
    CHECK(pattern.read_until("two").find("one") != std::string::npos);
    h.publish("new/topic", "three");
    named.read_until("three");
    pattern.read_until("three");
    CHECK(named.text().find("two") == std::string::npos);
}

TEST_CASE("hub: HTTP/1.0 gets the events without chunks", "[hub]") {
    hub_server h({.epoch = 0xabc});
    h.publish("a", "1");
    h.publish("b", "2");
    raw_client client = h.server.connect();
    client.send("GET /events?topic=a&topic=b&replay=5 HTTP/1.0\r\nHost: localhost\r\n\r\n");
    client.read_until("abc-2\n\n");
    h.publish("a", "3");
    const std::string text = client.read_until("abc-3\n\n");
    CHECK(text.substr(text.find("\r\n\r\n") + 4) ==
          "id: 000000000abc-0\n\ndata: 1\nid: 000000000abc-1\n\ndata: 2\nid: 000000000abc-2\n\n"
          "data: 3\nid: 000000000abc-3\n\n");
}

TEST_CASE("hub: HEAD makes no subscriber and leaves the connection usable", "[hub]") {
    hub_server h;
    h.publish("a", "x");
    raw_client client = h.server.connect();
    client.send("HEAD /events/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n").find("text/event-stream") != std::string::npos);
    CHECK(h.hub.metrics().subscribers == 0);
    client.get("/events/a?replay=1");
    CHECK(client.read_until("data: x").find("data: x") != std::string::npos);
}

TEST_CASE("hub: readers that leave are let go", "[hub]") {
    hub_server h;
    std::vector<raw_client> clients;
    for (int i = 0; i < 50; ++i) {
        clients.push_back(h.server.connect());
        clients.back().get("/events/a");
    }
    REQUIRE(h.wait_subscribers(50));
    h.publish("a", "x");
    for (std::size_t i = 0; i < 50; i += 2) {
        if (i % 4 == 0)
            clients[i].reset();
        else
            clients[i].close();
    }
    REQUIRE(h.wait_subscribers(25));
    h.publish("a", "y");
    for (std::size_t i = 1; i < 50; i += 2) {
        CHECK(clients[i].read_until("data: y").find("data: y") != std::string::npos);
    }
    CHECK(h.hub.metrics().disconnects.peer == 25);
}

TEST_CASE("hub: heartbeats come in silence, and never inside an event", "[hub]") {
    hub_server h({.heartbeat = 50ms});
    raw_client client = h.server.connect();
    client.get("/events/a");
    CHECK(client.read_until("2\r\n:\n\r\n").find("2\r\n:\n\r\n") != std::string::npos);
    h.publish("a", "x");
    client.read_until("data: x");
    const received got(client.read_until("\n\n\r\n2\r\n:\n\r\n"));
    CHECK(got.error == errc::success);
    CHECK(got.events.size() == 1);
}

TEST_CASE("hub: draining says farewell behind everything, and ends in order", "[hub]") {
    hub_server h;
    raw_client client = h.server.connect();
    client.get("/events/a");
    REQUIRE(h.wait_subscribers(1));
    std::optional<sse::error_code> drained;
    h.publish("a", "last");
    h.server.on_thread([&] {
        h.hub.drain({.retry = 700ms, .spread = 0ms, .period = 0ms});
        h.server.get().async_drain({.limit = 60s},
                                   [&](sse::error_code ec, sse::drain_result) { drained = ec; });
    });
    CHECK(h.hub.publish("a", {.data = "late"}).error == errc::draining);
    const received got(client.read_all());
    CHECK(got.complete);
    REQUIRE(got.events.size() == 2);
    CHECK(got.events[0].data == "last");
    CHECK(got.events[1].type == "farewell");
    CHECK(got.events[1].id == got.events[0].id);
    CHECK(client.text().find("retry: 700\n") != std::string::npos);
    CHECK(client.ended());
    CHECK(h.server.wait_for([&] { return drained.has_value(); }));
    CHECK_FALSE(*drained);
    CHECK(h.hub.metrics().disconnects.drained == 1);
}

TEST_CASE("hub: who comes while it drains is told to come back later", "[hub]") {
    hub_server h;
    h.server.on_thread([&] { h.hub.drain(); });
    CHECK(h.get("/events/a", "\r\n\r\n").find("HTTP/1.1 503 ") == 0);
    CHECK(h.hub.metrics().subscribers == 0);
}

TEST_CASE("hub: several threads publish, and every reader gets all of it in order", "[hub]") {
    hub_server h({.history = {.events = 0}});
    constexpr int each = 2000;
    std::vector<raw_client> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(h.server.connect());
        clients.back().get("/events?topic=a&topic=b&topic=c");
    }
    REQUIRE(h.wait_subscribers(5));
    std::vector<std::thread> publishers;
    for (const char* topic : {"a", "b", "c"}) {
        publishers.emplace_back([&h, topic] {
            for (int i = 0; i < each; ++i)
                h.hub.publish(topic, {.data = topic + std::to_string(i)});
        });
    }
    for (std::thread& t : publishers)
        t.join();
    const std::string last = "-" + std::to_string(3 * each) + "\n\n";
    for (raw_client& client : clients) {
        const received got(client.read_until(last));
        REQUIRE(got.events.size() == 3 * each);
        std::uint64_t before = 0;
        for (const sse::event& e : got.events) {
            const auto id = sse::parse_event_id(e.id);
            REQUIRE(id.has_value());
            REQUIRE(id->sequence == before + 1);
            before = id->sequence;
        }
    }
}

} // namespace integration_hub_streams_test
