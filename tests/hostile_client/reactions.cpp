// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// Storms, and what hooks see and decide.
#include "scenario.hpp"
#include "support/catch.hpp"

#include <sse/client.hpp>
#include <sse/testing/simulation.hpp>
#include <sse/testing/test_net.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hostile_client_reactions_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using source_type = sse::basic_event_source<sse::asio::any_io_executor, test_net>;

namespace {

/// A source that receives for ever, and what it told.
struct reaction {
    simulation sim;
    test_net net{sim};
    sse::event_source_options options{};
    texts trace{};
    std::optional<source_type> source{};

    reaction() { options.reconnect.jitter = 0; }

    void tell_all() {
        options.hooks.on_request = [this](const sse::outgoing_request& r) {
            trace.push_back("request " + std::to_string(r.attempt));
        };
        options.hooks.on_send = [this](const sse::http::request_head& h, const sse::http::url& u) {
            trace.push_back("send " + h.method + " " + u.to_string());
        };
        options.hooks.on_response = [this](const sse::incoming_response& r) {
            trace.push_back("response " + std::to_string(r.status));
        };
        options.hooks.on_open = [this](const sse::incoming_response& r) {
            trace.push_back("open " + r.url.to_string());
        };
        options.hooks.on_comment = [this](std::string_view c) {
            trace.push_back(": " + std::string(c));
        };
        options.hooks.on_retry = [this](std::chrono::milliseconds) { trace.push_back("retry"); };
        options.hooks.on_error = [this](sse::disconnection& d) {
            trace.push_back(d.delay ? "error" : "error for good");
        };
    }

    void receive() {
        source->async_receive([this](sse::error_code ec, const sse::event& e) {
            trace.push_back(ec ? "end" : "event " + e.data);
            if (!ec) receive();
        });
    }

    void start() {
        source.emplace(sim.get_executor(), "http://a/x", options, net);
        receive();
    }

    /// The attempts that a server sees within `time`, each answered by `text` and an end.
    std::size_t storm(const std::string& text, std::chrono::milliseconds time) {
        for (int i = 0; i < 2000; ++i)
            net.peer().accept().expect_request().send(text).close();
        start();
        sim.run_for(time);
        source->close();
        sim.settle();
        return net.peer().attempts().size();
    }
};

constexpr std::array hook_names{"request", "send", "response", "open", "comment", "retry", "error"};

/// Lets one of the hooks act.
void set_hook(sse::event_source_hooks& h, std::size_t hook, const std::function<void()>& act) {
    if (hook == 0) h.on_request = [act](const auto&) { act(); };
    if (hook == 1) h.on_send = [act](const auto&, const auto&) { act(); };
    if (hook == 2) h.on_response = [act](const auto&) { act(); };
    if (hook == 3) h.on_open = [act](const auto&) { act(); };
    if (hook == 4) h.on_comment = [act](std::string_view) { act(); };
    if (hook == 5) h.on_retry = [act](std::chrono::milliseconds) { act(); };
    if (hook == 6) h.on_error = [act](const auto&) { act(); };
}

} // namespace

TEST_CASE("hostile server: no storm, whatever the server and the options say", "[hostile_client]") {
    const auto attempts = [](const std::string& text, std::chrono::milliseconds base) {
        reaction r;
        r.options.reconnect.base = base;
        return r.storm(text, 60s);
    };
    // Two a second at most where each connection brings an event, few where none does.
    CHECK(attempts(ok + "retry: 0\ndata: a\n\n", 0ms) <= 122);
    CHECK(attempts(ok + "retry: 0\ndata: a\n\n", 1s) <= 122);
    CHECK(attempts(ok + "retry: 0\n", 0ms) <= 9);
    CHECK(attempts(ok, 0ms) <= 9);
    CHECK(attempts("", 0ms) <= 9);
    CHECK(attempts("garbage", 0ms) <= 9);
    CHECK(attempts(chunked + chunk_a, 0ms) <= 9); // truncated each time
    CHECK(attempts(ok + "data: a\n\n", 1s) <= 61);
    reaction busy;
    busy.options.reconnect.base = 0ms;
    busy.options.reconnect.retry_status = [](int) { return true; };
    CHECK(busy.storm(head("503 Busy", "Retry-After: 0\r\n"), 60s) <= 9);
}

TEST_CASE("hostile server: jitter lies above the delay, never below", "[hostile_client]") {
    for (const double random : {0.0, 0.5, 0.999}) {
        reaction r;
        r.options.reconnect.jitter = 0.5;
        r.options.reconnect.random = [random] { return random; };
        std::vector<std::chrono::milliseconds> delays;
        r.options.hooks.on_error = [&](sse::disconnection& d) { delays.push_back(*d.delay); };
        r.net.peer().accept().expect_request().send(ok + "retry: 4000\ndata: a\n\n").close();
        r.net.peer().time_out_the_rest();
        r.start();
        r.sim.run_for(1s);
        REQUIRE(delays.size() == 1);
        CHECK(delays[0] == std::chrono::milliseconds(static_cast<long>(4000 * (1 + 0.5 * random))));
        r.source->close();
        r.sim.settle();
    }
}

TEST_CASE("hostile server: hooks come in order", "[hostile_client]") {
    reaction r;
    r.tell_all();
    r.net.peer().accept().expect_request().send(head("302 Found", "Location: /y\r\n"));
    r.net.peer()
        .accept()
        .expect_request()
        .send("HTTP/1.1 100 x\r\n\r\n" + ok)
        .send(": c\nretry: 5\ndata: a\n\n")
        .close();
    r.net.peer().refuse();
    r.net.peer().accept().expect_request().send(head("204 No Content"));
    r.start();
    r.sim.run();
    CHECK(r.trace == texts{"request 1", "send GET http://a/x", "response 302",
                           "send GET http://a/y", "response 200", "open http://a/y", ": c", "retry",
                           "event a", "error", "request 1", "error", "request 2",
                           "send GET http://a/x", "response 204", "error for good", "end"});
}

TEST_CASE("hostile server: the error hook decides", "[hostile_client]") {
    reaction r;
    SECTION("to go on after a status that ends it") {
        r.options.hooks.on_error = [&](sse::disconnection& d) {
            r.trace.push_back(std::to_string(d.status));
            if (d.status == 500) d.delay = 7s;
        };
        r.net.peer().accept().expect_request().send(head("500 Error"));
        r.net.peer().accept().expect_request().send(head("404 Not Found"));
        r.start();
        r.sim.run();
        CHECK(r.trace == texts{"500", "404", "end"});
        CHECK(r.net.peer().attempts()[1].at - r.net.peer().attempts()[0].at == 7s);
    }
    SECTION("to stop after an error that does not") {
        r.options.hooks.on_error = [](sse::disconnection& d) { d.delay.reset(); };
        r.net.peer().refuse();
        r.start();
        r.sim.run();
        CHECK(r.trace == texts{"end"});
        CHECK(r.source->ready_state() == sse::ready_state::closed);
    }
    SECTION("with a delay that is none") {
        r.net.peer().refuse();
        r.net.peer().accept().expect_request().send(head("204 No Content"));
        r.options.hooks.on_error = [n = 0](sse::disconnection& d) mutable {
            if (n++ == 0) d.delay = -5s;
        };
        r.start();
        r.sim.run();
        CHECK(r.trace == texts{"end"});
        CHECK(r.sim.elapsed() == 0s);
    }
}

TEST_CASE("hostile server: a source may be closed, restarted and destroyed in any hook",
          "[hostile_client]") {
    for (std::size_t hook = 0; hook < hook_names.size(); ++hook) {
        for (const int deed : {0, 1, 2}) {
            INFO(hook_names[hook] << ", " << deed);
            reaction r;
            bool done = false;
            const auto act = [&] {
                if (std::exchange(done, true)) return;
                if (deed == 0) r.source->close();
                if (deed == 1) r.source->restart();
                if (deed == 2) r.source.reset();
            };
            set_hook(r.options.hooks, hook, act);
            for (int i = 0; i < 4; ++i) {
                r.net.peer().accept().send(ok + ":c\nretry: 5\n").close(after(1s));
            }
            r.net.peer().accept().send(head("204 No Content"));
            r.start();
            r.sim.run();
            CHECK(done);
            CHECK(r.trace == texts{"end"});
            if (deed != 1) CHECK(r.net.peer().attempts().size() <= 1);
        }
    }
}

TEST_CASE("hostile server: a receive cancelled in a hook ends there, and the source goes on",
          "[hostile_client]") {
    for (std::size_t hook = 0; hook < hook_names.size(); ++hook) {
        INFO(hook_names[hook]);
        reaction r;
        sse::asio::cancellation_signal signal;
        bool done = false;
        const auto act = [&] {
            if (!std::exchange(done, true)) signal.emit(sse::asio::cancellation_type::total);
        };
        set_hook(r.options.hooks, hook, act);
        const bool again = hook < 2; // what had not sent its request begins anew
        if (hook == 6) r.net.peer().refuse();
        if (hook == 1) r.net.peer().accept();
        r.net.peer()
            .accept()
            .expect_request()
            .send(ok + ":c\nretry: 5\n")
            .send("data: a\n\n", after(1h));
        r.source.emplace(r.sim.get_executor(), "http://a/x", r.options, r.net);
        sse::error_code error;
        r.source->async_receive(sse::asio::bind_cancellation_slot(
            signal.slot(), [&](sse::error_code ec, const sse::event&) { error = ec; }));
        r.sim.run_for(1s);
        CHECK(done);
        CHECK(error == sse::asio::error::operation_aborted);
        CHECK(r.sim.elapsed() == 1s);
        if (!again) CHECK(r.net.peer().attempts().size() == 1);
        r.receive();
        CHECK(r.sim.run_until([&] { return !r.trace.empty(); }, 2h));
        CHECK(r.trace == texts{"event a"});
        r.source->close();
        r.sim.settle();
    }
}

} // namespace hostile_client_reactions_test
