// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "source_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client/pending_request.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace client_pending_request_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using sse::errc;
using sse::pending_request;
using texts = std::vector<std::string>;

namespace {

/// Keeps each request until the test answers it.
struct fixture : source_fixture {
    std::vector<pending_request> pending{};

    fixture() {
        options.hooks.on_request_async = [this](pending_request r) {
            pending.push_back(std::move(r));
        };
    }
    pending_request& last() { return pending.back(); }
    void accept(request_matcher matcher) {
        peer().accept().expect_request(std::move(matcher)).reply(stream_head).send("data: a\n\n");
    }
};

} // namespace

TEST_CASE("pending_request: an attempt waits for the answer, and sends what it was changed to",
          "[pending_request]") {
    fixture f;
    f.options.method = "POST";
    f.options.body = "b";
    f.options.headers = {{"X", "y"}};
    f.options.last_event_id = "7";
    f.accept(
        contains({"POST /x ", "X: z\r\n", "Token: fresh\r\n", "Last-Event-ID: 7", "\r\n\r\nbc"}));
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run_for(20s);
    REQUIRE(f.pending.size() == 1);
    CHECK(f.peer().attempts().empty());
    CHECK(f.last()->attempt == 1);
    CHECK(f.last()->last_event_id == "7");
    CHECK(f.last()->url.to_string() == "http://host/x");
    f.last()->headers.set("X", "z");
    f.last()->headers.set("Token", "fresh");
    f.last()->body += "c";
    f.last().send();
    CHECK_FALSE(f.last());
    CHECK(f.peer().attempts().empty()); // not inside send()
    f.sim.run();
    CHECK(f.log == texts{"a"});
    CHECK(f.elapsed() == 20s);
}

TEST_CASE("pending_request: each attempt asks anew, its redirects do not", "[pending_request]") {
    fixture f;
    f.options.hooks.on_request = [](const sse::outgoing_request& r) { r.headers.set("A", "1"); };
    f.peer().accept().expect_request("T: 1").reply("HTTP/1.1 307 X\r\nLocation: /y\r\n\r\n");
    f.peer().accept().expect_request("T: 1").close();
    f.accept(contains("T: 2"));
    auto source = f.make();
    f.receive(source, 1);
    f.sim.settle();
    CHECK(f.last()->headers.contains("A")); // behind on_request
    f.last()->headers.set("T", "1");
    f.last().send();
    f.sim.run_for(5s);
    REQUIRE(f.pending.size() == 2);
    CHECK(f.last()->attempt == 2);
    CHECK(f.last()->last_error == errc::truncated);
    CHECK_FALSE(f.last()->headers.contains("T"));
    f.last()->headers.set("T", "2");
    f.last().send();
    f.sim.run();
    CHECK(f.log == texts{"a"});
}

TEST_CASE("pending_request: may be answered inside the hook", "[pending_request]") {
    source_fixture f;
    f.options.hooks.on_request_async = [](pending_request r) {
        r->headers.set("T", "1");
        r.send();
    };
    f.peer().accept().expect_request("T: 1").reply(stream_head).send("data: a\n\n");
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{"a"});
}

TEST_CASE("pending_request: may be answered on another thread", "[pending_request]") {
    for (const bool fails : {false, true}) {
        sse::asio::io_context context;
        const manual_clock clock;
        test_net net(clock);
        net.peer().accept().expect_request("T: 1").reply(stream_head).send("data: a\n\n");
        std::thread other;
        sse::event_source_options options;
        options.reconnect.max_attempts = 1;
        options.hooks.on_request_async = [&](pending_request r) {
            other = std::thread([r = std::move(r), fails]() mutable {
                r->headers.set("T", "1");
                if (fails) return r.fail(sse::asio::error::access_denied);
                r.send();
            });
        };
        source_fixture::source_type source(context.get_executor(), "http://host/x", options, net);
        std::string got;
        source.async_receive(
            [&](sse::error_code ec, const sse::event& e) { got = ec ? ec.message() : e.data; });
        context.run(); // does not return while the answer is awaited
        other.join();
        CHECK(got == (fails ? sse::message(errc::attempts_exhausted) : "a"));
    }
}

TEST_CASE("pending_request: a failure is a failed attempt", "[pending_request]") {
    const auto failure_by = [](auto answer) {
        fixture f;
        f.accept(contains("GET"));
        auto source = f.make();
        f.receive(source, 1);
        f.sim.settle();
        answer(f.last());
        f.pending.clear();
        f.sim.run_for(1s);
        REQUIRE(f.pending.size() == 1); // after the back-off
        CHECK(f.last()->attempt == 2);
        f.last().send();
        f.sim.run();
        CHECK(f.log == texts{"a"});
        CHECK(f.delays == std::vector<std::chrono::milliseconds>{1s});
        return f.errors.at(0);
    };
    const sse::error_code denied = sse::asio::error::access_denied;
    CHECK(failure_by([&](pending_request& r) { r.fail(denied); }) == denied.message());
    CHECK(failure_by([](pending_request& r) { r.fail({}); }) ==
          sse::message(errc::request_abandoned));
    CHECK(failure_by([](pending_request&) {}) == sse::message(errc::request_abandoned));
}

TEST_CASE("pending_request: the answer has a deadline, and does nothing afterwards",
          "[pending_request]") {
    fixture f;
    f.accept(contains("T: 2"));
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run_for(31s);
    CHECK(f.errors == texts{sse::message(errc::request_timeout)});
    REQUIRE(f.pending.size() == 2);
    f.pending[0]->headers.set("T", "1");
    f.pending[0].send();
    f.sim.settle();
    CHECK(f.peer().attempts().empty());
    f.pending[1]->headers.set("T", "2");
    f.pending[1].send();
    f.sim.run();
    CHECK(f.log == texts{"a"});
}

TEST_CASE("pending_request: takes as long as it likes without a deadline", "[pending_request]") {
    fixture f;
    f.options.timeouts.request = 0s;
    f.accept(contains("GET"));
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run_for(24h);
    f.last().send();
    f.sim.run();
    CHECK(f.log == texts{"a"});
}

TEST_CASE("pending_request: a cancelled receive leaves it to the next one", "[pending_request]") {
    for (const bool answered_between : {false, true}) {
        fixture f;
        f.accept(contains("GET"));
        auto source = f.make();
        sse::asio::cancellation_signal signal;
        std::optional<sse::error_code> first;
        source.async_receive(sse::asio::bind_cancellation_slot(
            signal.slot(), [&](sse::error_code ec, const sse::event&) { first = ec; }));
        f.sim.settle();
        signal.emit(sse::asio::cancellation_type::total);
        f.sim.settle();
        CHECK(first == sse::asio::error::operation_aborted);
        if (answered_between) f.last().send();
        f.sim.settle();
        CHECK(f.peer().attempts().empty());
        f.receive(source, 1);
        f.sim.settle();
        CHECK(f.pending.size() == 1);
        if (!answered_between) f.last().send();
        f.sim.run();
        CHECK(f.log == texts{"a"});
        CHECK(source.counters().attempts == 1);
    }
}

TEST_CASE("pending_request: an answer in the moment of the cancellation disturbs no later wait",
          "[pending_request]") {
    fixture f;
    f.peer().accept(after(1s)).expect_request().reply(stream_head).send("data: a\n\n");
    auto source = f.make();
    sse::asio::cancellation_signal signal;
    source.async_receive(sse::asio::bind_cancellation_slot(
        signal.slot(), [](sse::error_code, const sse::event&) {}));
    f.sim.settle();
    f.last().send(); // the wake is queued
    signal.emit(sse::asio::cancellation_type::terminal);
    f.receive(source, 1);
    f.sim.settle();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log.back() == "a");
    CHECK(f.errors.empty());
}

TEST_CASE("pending_request: may outlive the source and the context", "[pending_request]") {
    enum class end { close, destroy, context };
    for (const end how : {end::close, end::destroy, end::context}) {
        CAPTURE(static_cast<int>(how));
        std::optional<fixture> f(std::in_place);
        std::optional<source_fixture::source_type> source(f->make());
        f->receive(*source, 1);
        f->sim.settle();
        std::vector<pending_request> pending = std::move(f->pending);
        REQUIRE(pending.size() == 1);
        if (how == end::close) source->close();
        if (how == end::destroy) source.reset();
        if (how == end::context) {
            sse::asio::post(f->sim.context(), [s = std::make_shared<source_fixture::source_type>(
                                                   std::move(*source))] {});
            source.reset();
            f.reset();
        } else {
            f->sim.settle();
            CHECK(f->log == texts{failure(errc::closed)});
        }
        pending[0]->headers.set("T", "1");
        pending[0].send();
        if (f) f->sim.run();
    }
}

TEST_CASE("pending_request: restart asks anew", "[pending_request]") {
    fixture f;
    f.accept(contains("T: 2"));
    auto source = f.make();
    f.receive(source, 1);
    f.sim.settle();
    source.restart();
    f.sim.settle();
    REQUIRE(f.pending.size() == 2);
    f.pending[0].send();
    f.sim.settle();
    CHECK(f.peer().attempts().empty());
    f.pending[1]->headers.set("T", "2");
    f.pending[1].send();
    f.sim.run();
    CHECK(f.log == texts{"a"});
    CHECK(f.errors.empty());
}

TEST_CASE("pending_request: the source may be closed, restarted or destroyed in the hook",
          "[pending_request]") {
    enum class deed { close, restart, destroy };
    for (const deed what : {deed::close, deed::restart, deed::destroy}) {
        CAPTURE(static_cast<int>(what));
        source_fixture f;
        std::optional<source_fixture::source_type> source;
        bool done = false;
        f.options.hooks.on_request_async = [&](pending_request r) {
            if (!std::exchange(done, true)) {
                if (what == deed::close) source->close();
                if (what == deed::restart) source->restart();
                if (what == deed::destroy) source.reset();
            }
            r.send();
        };
        f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n");
        source.emplace(f.make());
        f.receive(*source, 1);
        f.sim.run();
        CHECK(f.log == texts{what == deed::restart ? "a" : failure(errc::closed)});
    }
}

TEST_CASE("outgoing_request: a URL that is set counts for the attempt, credentials included",
          "[pending_request]") {
    source_fixture f;
    f.options.headers = {{"Authorization", "Bearer x"}};
    texts urls{"http://other:81/z", "http://user:pw@third/"};
    f.options.hooks.on_request = [&](const sse::outgoing_request& r) {
        CHECK(r.url.to_string() == "http://host/x");
        if (urls.empty()) return;
        REQUIRE(sse::http::parse_url(urls.front(), r.url) == errc::success);
        urls.erase(urls.begin());
    };
    f.peer()
        .accept()
        .expect_request(contains({"GET /z ", "Host: other:81\r\n", "Bearer x"}))
        .reply("HTTP/1.1 301 X\r\nLocation: http://elsewhere/\r\n\r\n");
    f.peer().accept().expect_request(lacks("Bearer x")).close();
    f.peer()
        .accept()
        .expect_request(contains({"Host: third\r\n", "Basic dXNlcjpwdw=="}) && lacks("Bearer"))
        .close();
    f.peer()
        .accept()
        .expect_request(contains({"Host: host\r\n", "Bearer x"}))
        .reply(stream_head)
        .send("data: a\n\n");
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{"a"});
    CHECK(f.peer().unplayed() == "");
    CHECK(f.peer().attempts()[0].port == 81);
}

TEST_CASE("outgoing_request: a URL that is none ends the source", "[pending_request]") {
    source_fixture f;
    SECTION("by its host") {
        f.options.hooks.on_request = [](const sse::outgoing_request& r) { r.url.host = "a b"; };
    }
    SECTION("by its target") {
        f.options.hooks.on_request = [](const sse::outgoing_request& r) {
            r.url.target = "/ HTTP/1.1\r\nX: y";
        };
    }
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{failure(errc::invalid_url)});
    CHECK(f.peer().attempts().empty());
}

} // namespace client_pending_request_test
