// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// What an event source tells besides events: its state, ids to keep, what it skipped, its counters.
#include "source_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace client_source_notices_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using sse::errc;
using sse::ready_state;
using texts = std::vector<std::string>;

namespace {

std::string text_of(const sse::state_change& s) {
    static const texts names{"connecting", "open", "closed"};
    return names.at(static_cast<std::size_t>(s.state)) + " " + std::to_string(s.attempt) +
           (s.delay ? " in " + std::to_string(s.delay->count()) : "") +
           (s.error ? " " + s.error.message() : "");
}

} // namespace

TEST_CASE("on_state: tells every state with attempt, delay and reason", "[notices]") {
    source_fixture f;
    texts states;
    f.options.hooks.on_state = [&](const sse::state_change& s) { states.push_back(text_of(s)); };
    f.peer().refuse();
    f.peer().accept().expect_request().reply("HTTP/1.1 307 X\r\nLocation: /y\r\n\r\n");
    f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n").close();
    f.peer().accept().expect_request().reply("HTTP/1.1 404 X\r\n\r\n");
    auto source = f.make();
    f.receive(source, 2);
    f.sim.run();
    CHECK(f.log == texts{"a", failure(errc::unexpected_status)});
    CHECK(states == texts{"connecting 1", "connecting 1 in 1000", "connecting 2", "open 2",
                          "connecting 0 in 1000", "connecting 1",
                          std::string("closed 1 ") + sse::message(errc::unexpected_status)});
}

TEST_CASE("on_state: is behind the hook that tells why, and sees what that decided", "[notices]") {
    source_fixture f;
    texts calls;
    f.options.hooks = {
        .on_request = [&](const sse::outgoing_request&) { calls.push_back("request"); },
        .on_open = [&](const sse::incoming_response&) { calls.push_back("opened"); },
        .on_error =
            [&](sse::disconnection& d) {
                calls.push_back("error");
                if (calls.size() < 7) d.delay = 7ms;
            },
        .on_state = [&](const sse::state_change& s) { calls.push_back(text_of(s)); },
    };
    f.options.reconnect.max_attempts = 1;
    f.peer().accept().expect_request().reply(stream_head).close();
    f.peer().refuse();
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(calls == texts{"connecting 1", "request", "opened", "open 1", "error",
                         "connecting 1 in 7", "connecting 2", "request", "error",
                         std::string("closed 2 ") + sse::message(errc::attempts_exhausted)});
}

TEST_CASE("on_state: says nothing of what the user does", "[notices]") {
    source_fixture f;
    texts states;
    f.options.hooks.on_state = [&](const sse::state_change& s) { states.push_back(text_of(s)); };
    for (int i = 0; i < 2; ++i)
        f.peer().accept().expect_request().reply(stream_head).expect_close();
    auto source = f.make();
    f.receive(source, 1);
    f.sim.settle();
    source.restart();
    f.sim.settle();
    source.close();
    f.sim.settle();
    CHECK(states == texts{"connecting 1", "open 1", "connecting 1", "open 1"});
    CHECK(f.log == texts{failure(errc::closed)});
}

TEST_CASE("notices: the source may be closed, restarted or destroyed in any of them", "[notices]") {
    enum class hook { connecting, open, waiting, ended, skip, id };
    enum class deed { close, restart, destroy };
    for (const hook where :
         {hook::connecting, hook::open, hook::waiting, hook::ended, hook::skip, hook::id}) {
        for (const deed what : {deed::close, deed::restart, deed::destroy}) {
            CAPTURE(static_cast<int>(where), static_cast<int>(what));
            source_fixture f;
            std::optional<source_fixture::source_type> source;
            bool done = false;
            const auto act = [&](hook here) {
                if (here != where || std::exchange(done, true)) return;
                if (what == deed::close) source->close();
                if (what == deed::restart) source->restart();
                if (what == deed::destroy) source.reset();
            };
            f.options.hooks = {
                .on_error =
                    [&](sse::disconnection& d) {
                        if (where == hook::ended) d.delay.reset();
                    },
                .on_state =
                    [&](const sse::state_change& s) {
                        if (s.state == ready_state::connecting)
                            act(s.delay ? hook::waiting : hook::connecting);
                        if (s.state == ready_state::open) act(hook::open);
                        if (s.state == ready_state::closed) act(hook::ended);
                    },
                .on_skip = [&](errc) { act(hook::skip); },
                .on_last_event_id = [&](std::string_view) { act(hook::id); },
            };
            f.options.limits.text.event = 3;
            f.options.limits.overflow = sse::overflow_action::skip;
            if (where == hook::waiting || where == hook::ended) f.peer().refuse();
            for (int i = 0; i < 2; ++i)
                f.peer()
                    .accept()
                    .expect_request()
                    .reply(stream_head)
                    .send("id: 1\n\n")
                    .send("data: 1234\n\ndata: a\n\n", after(1s));
            source.emplace(f.make());
            f.receive(*source, 1);
            f.sim.run();
            CHECK(done);
            CHECK(f.log == texts{what == deed::restart ? "a" : failure(errc::closed)});
        }
    }
}

TEST_CASE("on_skip: an event over a limit is skipped on the same connection", "[notices]") {
    for (std::size_t piece = 1; piece < 40; ++piece) {
        CAPTURE(piece);
        source_fixture f;
        f.options.limits.text = {.line = 20, .event = 5, .id = 2, .type = 3};
        f.options.limits.overflow = sse::overflow_action::skip;
        std::vector<errc> limits;
        f.options.hooks.on_skip = [&](errc e) { limits.push_back(e); };
        f.peer().on_connection([&](test_stream& s) { s.read_size(piece); });
        f.peer()
            .accept()
            .expect_request()
            .reply(stream_head)
            .send("id: 1\ndata: a\n\ndata: 123456\nid: no\n\ndata: b\n\nid: 345\ndata: no\n\n"
                  "event: long\ndata: no\n\ndata: no\nevent: " +
                  std::string(30, 'x') + "\n\nid: 2\ndata: c\n\n")
            .close();
        f.peer().accept().expect_request("Last-Event-ID: 2\r\n").reply(stream_head);
        auto source = f.make();
        f.receive(source, 4);
        f.sim.run();
        CHECK(f.log == texts{"a", "b", "c"});
        REQUIRE(limits.size() == 4);
        CHECK(limits[0] == errc::event_too_large);
        CHECK(limits[1] == errc::id_too_long);
        CHECK(limits[2] == errc::type_too_long);
        CHECK(sse::is(limits[3], sse::condition::limit));
        CHECK(source.counters().skipped == 4);
        CHECK(f.errors.size() == 1); // the end of the stream
        CHECK(f.peer().unplayed() == "");
        source.close();
        f.sim.run();
    }
}

TEST_CASE("on_skip: batches go on behind what is skipped, too", "[notices]") {
    source_fixture f;
    f.options.limits.text.event = 3;
    f.options.limits.overflow = sse::overflow_action::skip;
    f.options.finish = true;
    f.peer()
        .accept()
        .expect_request()
        .reply(stream_head)
        .send("data: a\n\ndata: 1234\n\ndata: b\n\ndata: 12345")
        .send("678\nid: x", after(1s))
        .send("\n\ndata: c\n\n", after(1s))
        .close();
    auto source = f.make();
    f.receive_batches(source);
    f.sim.run();
    CHECK(f.log == texts{"a", "b", "/", "c", "/", failure(errc::end_of_stream)});
    CHECK(source.counters().skipped == 2);
    CHECK(source.counters().events == 3);
}

TEST_CASE("on_last_event_id: tells an id when its event was handed out before", "[notices]") {
    source_fixture f;
    f.options.last_event_id = "0";
    texts ids;
    bool initiating = false;
    f.options.hooks.on_last_event_id = [&](std::string_view id) {
        CHECK_FALSE(initiating);
        ids.emplace_back(id);
    };
    f.peer()
        .accept()
        .expect_request()
        .reply(stream_head)
        .send("id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n")
        .send("id: 3\n\n", after(1s))
        .send("id\n\n", after(1s));
    auto source = f.make();
    const auto receive = [&] {
        initiating = true;
        f.receive(source, 1);
        initiating = false;
        f.sim.settle();
    };
    receive();
    CHECK(f.log == texts{"a"});
    CHECK(ids.empty()); // whoever crashes now gets it again
    receive();
    CHECK(ids == texts{"1"});
    receive();
    CHECK(f.log == texts{"a", "b", "c"});
    CHECK(ids == texts{"1"});
    receive(); // although nothing comes
    CHECK(ids == texts{"1", "2"});
    f.sim.run();
    CHECK(ids == texts{"1", "2", "3", ""}); // no event belongs to these
    CHECK(f.log.size() == 3);
    source.close();
    f.sim.run();
}

TEST_CASE("on_last_event_id: a batch is handed out as far as it was iterated", "[notices]") {
    source_fixture f;
    texts ids;
    f.options.hooks.on_last_event_id = [&](std::string_view id) { ids.emplace_back(id); };
    f.peer()
        .accept()
        .expect_request()
        .reply(stream_head)
        .send("id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n");
    auto source = f.make();
    const auto receive = [&](std::size_t events) {
        source.async_receive_batch([&, events](sse::error_code, sse::event_batch batch) {
            std::size_t left = events;
            if (left == 0) return;
            for (const sse::event_view e : batch) {
                f.log.emplace_back(e.data);
                if (--left == 0) return;
            }
        });
        f.sim.settle();
    };
    receive(0);
    receive(2);
    CHECK(ids.empty());
    receive(0);
    CHECK(ids == texts{"2"});
    receive(9);
    CHECK(ids == texts{"2"});
    receive(9);
    CHECK(ids == texts{"2", "3"});
    CHECK(f.log == texts{"a", "b", "c"});
    source.close();
    f.sim.settle();
}

TEST_CASE("notices: no text of an error holds a header, a URL or anything that was received",
          "[notices]") {
    source_fixture f;
    f.url = "http://user:S3CRET@host/S3CRET";
    f.options.headers = {{"X-Api-Key", "S3CRET"}};
    f.options.reconnect.retry_status = [](int) { return true; };
    f.options.hooks.on_request = [n = 0](const sse::outgoing_request& r) mutable {
        if (++n == 6) r.headers.set("Authorization", "S3CRET\r\n");
    };
    texts told;
    f.options.hooks.on_state = [&](const sse::state_change& s) {
        told.push_back(s.error.message());
    };
    f.peer().refuse();
    for (const char* response :
         {"HTTP/1.1 401 S3CRET\r\n\r\n", "S3CRET\r\n\r\n", "HTTP/1.1 200 OK\r\nS3CRET\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
          "Transfer-Encoding: chunked\r\n\r\nS3CRET\r\n"})
        f.peer().accept().expect_request("X-Api-Key: S3CRET").reply(response);
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.errors.size() == 6);
    CHECK(f.log == texts{failure(errc::bad_field)});
    for (const texts& all : {f.errors, f.log, told})
        for (const std::string& text : all)
            CHECK(text.find("S3CRET") == std::string::npos);
    CHECK(source.url().to_string() == "http://host/S3CRET");
}

TEST_CASE("timeouts: those of connecting are handed on", "[notices]") {
    source_fixture f;
    f.options.timeouts.connect = 3s;
    f.options.timeouts.address = 2s;
    f.options.timeouts.attempt_delay = 1s;
    f.peer().refuse();
    auto source = f.make();
    f.receive(source, 1);
    f.sim.settle();
    const sse::net::connect_options& used = f.peer().attempts().at(0).options;
    CHECK(used.timeout == 3s);
    CHECK(used.address_timeout == 2s);
    CHECK(used.attempt_delay == 1s);
    source.close();
    f.sim.settle();
}

TEST_CASE("counters: count everything over the life of a source", "[notices]") {
    source_fixture f;
    f.peer().refuse();
    f.peer().accept().expect_request().reply("HTTP/1.1 307 X\r\nLocation: /y\r\n\r\n");
    const std::string body = ":c\ndata: a\n\n:d\ndata: b\n\n";
    f.peer().accept().expect_request().reply(stream_head + body).close(after(1s));
    f.peer().accept().expect_request().reply(stream_head).send("data: c\n\n", after(1s));
    auto source = f.make();
    CHECK(source.counters().attempts == 0);
    CHECK(source.counters().last_activity == sse::net::time_point{});
    f.receive(source, 3);
    f.sim.run();
    CHECK(f.log == texts{"a", "b", "c"});
    const sse::event_source_counters all = source.counters();
    CHECK(all.attempts == 3);
    CHECK(all.connections == 3);
    CHECK(all.reconnects == 1);
    CHECK(all.events == 3);
    CHECK(all.comments == 2); // nobody asked for them
    CHECK(all.skipped == 0);
    CHECK(all.bytes == std::string("HTTP/1.1 307 X\r\nLocation: /y\r\n\r\n").size() +
                           2 * stream_head.size() + body.size() + 9);
    CHECK(all.last_activity == f.sim.clock().now());
    f.sim.run_for(5s);
    CHECK(source.counters().last_activity == f.sim.clock().now() - 5s);
}

} // namespace client_source_notices_test
