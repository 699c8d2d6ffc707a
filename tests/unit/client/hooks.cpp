// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "source_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client/hooks.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace client_hooks_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using sse::errc;
using texts = std::vector<std::string>;

TEST_CASE("hooks: are called in the order of the stream, never while initiating", "[hooks]") {
    source_fixture f;
    texts calls;
    bool initiating = false;
    const auto call = [&](std::string text) {
        CHECK_FALSE(initiating);
        calls.push_back(std::move(text));
    };
    f.options.hooks = {
        .on_request =
            [&](const sse::outgoing_request& r) {
                call("request " + std::to_string(r.attempt) + std::string(r.last_event_id) +
                     (r.last_error ? r.last_error.message() : ""));
            },
        .on_open =
            [&](const sse::incoming_response& r) {
                call("open " + std::to_string(r.status) + r.url.target + *r.headers.find("X"));
            },
        .on_comment = [&](std::string_view text) { call("comment " + std::string(text)); },
        .on_retry =
            [&](std::chrono::milliseconds time) { call("retry " + std::to_string(time.count())); },
        .on_error =
            [&](sse::disconnection& d) {
                call("error " + d.error.message() + std::to_string(d.status));
                d.delay.reset();
            },
    };
    f.peer()
        .accept()
        .expect_request()
        .reply("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX: y\r\n\r\n"
               ":one\nretry: 5\ndata: a\n\n:two\ndata: b\n\n:three\n")
        .close(after(1s));
    auto source = f.make();
    for (int i = 0; i < 3; ++i) {
        initiating = true;
        f.receive(source, 1);
        initiating = false;
        f.sim.run();
        calls.push_back(f.log.back());
    }
    CHECK(calls == texts{"request 1", "open 200/xy", "comment one", "retry 5", "a", "comment two",
                         "b", "comment three", "error end of stream200",
                         failure(errc::end_of_stream)});
}

TEST_CASE("hooks: on_request gives each attempt fresh headers and body", "[hooks]") {
    source_fixture f;
    f.options.method = "POST";
    f.options.body = "b";
    f.options.headers = {{"X", "y"}};
    f.options.hooks.on_request = [n = 0](const sse::outgoing_request& r) mutable {
        ++n;
        CHECK(r.headers.size() == 1);
        CHECK(r.body == "b");
        CHECK(r.last_event_id == (n == 1 ? "" : "7"));
        CHECK(sse::to_errc(r.last_error) == (n == 1 ? errc::success : errc::end_of_stream));
        r.headers.set("Authorization", "token" + std::to_string(n));
        r.body += std::to_string(n);
    };
    f.peer()
        .accept()
        .expect_request(contains({"Authorization: token1\r\n", "X: y\r\n", "\r\n\r\nb1"}))
        .reply("HTTP/1.1 307 X\r\nLocation: /y\r\n\r\n");
    f.peer()
        .accept()
        .expect_request(contains({"POST /y", "Authorization: token1\r\n", "\r\n\r\nb1"}))
        .reply(stream_head)
        .send("id: 7\ndata: a\n\n")
        .close();
    f.peer()
        .accept()
        .expect_request(contains({"POST /x", "Authorization: token2\r\n", "\r\n\r\nb2"}))
        .reply(stream_head)
        .send("data: b\n\n");
    auto source = f.make();
    f.receive(source, 2);
    f.sim.run();
    CHECK(f.log == texts{"a", "b"});
    CHECK(f.peer().unplayed() == "");
}

TEST_CASE("hooks: on_error decides whether and when there is another attempt", "[hooks]") {
    source_fixture f;
    std::vector<std::size_t> attempts;
    f.options.hooks.on_error = [&](sse::disconnection& d) {
        attempts.push_back(d.attempt);
        if (d.status == 401) d.delay = 10s; // for good by itself
        if (d.status == 0) d.delay.reset();
    };
    f.peer().accept().expect_request().reply("HTTP/1.1 401 Unauthorized\r\n\r\n");
    f.peer().refuse();
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.elapsed() == 10s);
    CHECK(attempts == std::vector<std::size_t>{1, 2});
    CHECK(f.log == texts{"! " + sse::error_code(sse::asio::error::connection_refused).message()});
}

TEST_CASE("hooks: the source may be closed, restarted or destroyed in any of them", "[hooks]") {
    using source_type = source_fixture::source_type;
    enum class hook { request, send, response, open, comment, retry, error };
    enum class deed { close, restart, destroy };
    for (const hook where : {hook::request, hook::send, hook::response, hook::open, hook::comment,
                             hook::retry, hook::error}) {
        for (const deed what : {deed::close, deed::restart, deed::destroy}) {
            INFO(static_cast<int>(where) << " " << static_cast<int>(what));
            source_fixture f;
            std::optional<source_type> source;
            bool done = false;
            const auto act = [&](hook here) {
                if (here != where || std::exchange(done, true)) return;
                switch (what) {
                case deed::close: source->close(); break;
                case deed::restart: source->restart(); break;
                case deed::destroy: source.reset(); break;
                }
            };
            f.options.hooks = {
                .on_request = [&](const sse::outgoing_request&) { act(hook::request); },
                .on_send = [&](const auto&, const auto&) { act(hook::send); },
                .on_response = [&](const sse::incoming_response&) { act(hook::response); },
                .on_open = [&](const sse::incoming_response&) { act(hook::open); },
                .on_comment = [&](std::string_view) { act(hook::comment); },
                .on_retry = [&](std::chrono::milliseconds) { act(hook::retry); },
                .on_error = [&](sse::disconnection&) { act(hook::error); },
            };
            f.peer().refuse_the_rest();
            if (where == hook::error) f.peer().refuse();
            if (where == hook::send) f.peer().accept();
            for (int i = 0; i < 2; ++i)
                f.peer()
                    .accept()
                    .expect_request()
                    .reply(stream_head)
                    .send(":c\nretry: 1\ndata: a\n\n");
            source.emplace(f.make());
            f.receive(*source, 1);
            f.sim.run();
            CHECK(done);
            CHECK(f.log == texts{what == deed::restart ? "a" : failure(errc::closed)});
        }
    }
}

TEST_CASE("hooks: on_send and on_response see every hop", "[hooks]") {
    source_fixture f;
    f.options.headers = {{"Authorization", "secret"}};
    texts heads;
    f.options.hooks.on_send = [&](const sse::http::request_head& head, const sse::http::url& url) {
        heads.push_back(head.method + " " + url.to_string() +
                        (head.headers.contains("Authorization") ? " with secret" : ""));
    };
    f.options.hooks.on_response = [&](const sse::incoming_response& r) {
        heads.push_back(std::to_string(r.status) + " " + r.url.to_string());
    };
    f.peer().accept().expect_request().reply("HTTP/1.1 307 X\r\nLocation: http://other/y\r\n\r\n");
    f.peer().accept().expect_request().reply("HTTP/1.1 100 X\r\n\r\nHTTP/1.1 404 X\r\n\r\n");
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(heads == texts{"GET http://host/x with secret", "307 http://host/x", "GET http://other/y",
                         "404 http://other/y"});
}

TEST_CASE("hooks: on_error tells whether there was a connection and a response", "[hooks]") {
    source_fixture f;
    texts seen;
    f.options.hooks.on_error = [&](sse::disconnection& d) {
        seen.push_back(std::to_string(d.connected) + " " + std::to_string(d.status));
    };
    f.peer().refuse();
    f.peer().accept().close();
    f.peer().accept().expect_request().reply(stream_head).close();
    f.peer().accept().expect_request().reply("HTTP/1.1 302 X\r\nLocation: /y\r\n\r\n");
    f.peer().refuse();
    f.peer().accept().expect_request().reply("HTTP/1.1 404 X\r\n\r\n");
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(seen == texts{"0 0", "1 0", "1 200", "0 0", "1 404"});
    seen.clear();
    f.url = "https://host/";
    auto other = f.make();
    f.receive(other, 1);
    f.sim.run();
    CHECK(seen == texts{"0 0"});
}

} // namespace client_hooks_test
