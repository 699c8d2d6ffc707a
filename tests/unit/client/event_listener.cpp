// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "source_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client/event_listener.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace client_event_listener_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using sse::errc;
using sse::event_view;
using sse::ready_state;
using texts = std::vector<std::string>;

namespace {

using listener_type = sse::basic_event_listener<source_fixture::source_type>;

struct fixture : source_fixture {
    listener_type make_listener() { return {sim.get_executor(), url, options, net}; }
    auto write(std::string name) {
        return [this, name](event_view e) { log.push_back(name + " " + std::string(e.data)); };
    }
};

} // namespace

TEST_CASE("event_listener: calls the functions for open, types, the rest and errors",
          "[event_listener]") {
    fixture f;
    f.peer()
        .accept()
        .expect_request()
        .reply(stream_head)
        .send("data: a\n\nevent: tick\ndata: b\n\nevent: message\ndata: c\n\nevent: x\ndata: d\n\n")
        .close();
    f.peer().accept().expect_request().reply("HTTP/1.1 204 X\r\n\r\n");
    auto listener = f.make_listener();
    listener.on_open([&](const sse::incoming_response& r) {
        f.log.push_back("open " + r.url.to_string());
        CHECK(listener.ready_state() == ready_state::open);
    });
    listener.on_message(f.write("message")).on("tick", f.write("tick")).on_other(f.write("other"));
    listener.on_error([&](const sse::disconnection& d) {
        f.log.push_back(d.error.message() + (d.delay ? " again" : " for good"));
    });
    f.sim.run();
    CHECK(f.peer().attempts().empty());
    CHECK(listener.ready_state() == ready_state::connecting);
    listener.start();
    listener.start();
    CHECK(f.log.empty());
    f.sim.run();
    CHECK(f.log == texts{"open http://host/x", "message a", "tick b", "message c", "other d",
                         "end of stream again",
                         std::string(sse::message(errc::no_content)) + " for good"});
    CHECK(listener.ready_state() == ready_state::closed);
    CHECK(listener.source().counters().events == 4);
    CHECK(f.errors.size() == 2); // the user's own hook is called as well
}

TEST_CASE("event_listener: tells an error that no attempt has led to", "[event_listener]") {
    fixture f;
    f.url = "nonsense";
    auto listener = f.make_listener();
    texts errors;
    listener.on_error([&](const sse::disconnection& d) {
        errors.push_back(d.error.message());
        CHECK_FALSE(d.delay);
    });
    listener.start();
    f.sim.run();
    CHECK(errors == texts{sse::message(errc::invalid_url)});
}

TEST_CASE("event_listener: calls nothing any more once it is closed", "[event_listener]") {
    fixture f;
    f.peer().accept().expect_request().reply(stream_head).send("data: a\n\ndata: b\n\n");
    auto listener = f.make_listener();
    listener.on_error([&](const sse::disconnection&) { f.log.emplace_back("error"); });
    listener.on_message([&](event_view e) {
        f.log.emplace_back(e.data);
        listener.close();
    });
    listener.start();
    f.sim.run();
    CHECK(f.log == texts{"a"});
    CHECK(listener.ready_state() == ready_state::closed);
    listener.start();
    f.sim.run();
    CHECK(f.log == texts{"a"});
}

TEST_CASE("event_listener: may be destroyed in each of its functions", "[event_listener]") {
    enum class where { open, message, error };
    for (const where here : {where::open, where::message, where::error}) {
        CAPTURE(static_cast<int>(here));
        fixture f;
        if (here == where::error) f.peer().refuse();
        f.peer().accept().expect_request().reply(stream_head).send("data: a\n\ndata: b\n\n");
        std::optional<listener_type> listener(f.make_listener());
        const auto token = std::make_shared<int>(0); // lives as long as the functions
        const auto act = [&f, &listener, token](where now, where wanted) {
            if (now == wanted) {
                listener.reset();
                f.log.emplace_back("destroyed");
            }
            return token.use_count(); // touches what it captured
        };
        listener->on_open([=](const sse::incoming_response&) { act(where::open, here); });
        listener->on_message([=](event_view) { act(where::message, here); });
        listener->on_error([=](const sse::disconnection&) { act(where::error, here); });
        listener->start();
        f.sim.run();
        CHECK(f.log == texts{"destroyed"});
    }
}

TEST_CASE("event_listener: a function may replace itself and others", "[event_listener]") {
    fixture f;
    f.peer()
        .accept()
        .expect_request()
        .reply(stream_head)
        .send("data: a\n\ndata: b\n\nevent: x\ndata: c\n\ndata: d\n\n");
    auto listener = f.make_listener();
    const auto name = std::make_shared<std::string>("first");
    listener.on_message([&, name](event_view e) {
        listener.on_message(f.write("second"));
        listener.on("x", f.write("x"));
        f.log.push_back(*name + " " + std::string(e.data));
    });
    listener.on("x", f.write("never"));
    listener.start();
    f.sim.run();
    CHECK(f.log == texts{"first a", "second b", "x c", "second d"});
    listener.on_message(nullptr);
    CHECK(name.use_count() == 1);
    listener.close();
    f.sim.run();
}

TEST_CASE("event_listener: starts again after an error that was for good", "[event_listener]") {
    fixture f;
    f.peer().accept().expect_request().reply("HTTP/1.1 404 X\r\n\r\n");
    f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n");
    auto listener = f.make_listener();
    int errors = 0;
    listener.on_message(f.write("message"));
    listener.on_error([&](const sse::disconnection& d) {
        ++errors;
        CHECK_FALSE(d.delay);
    });
    listener.start();
    f.sim.run();
    CHECK(errors == 1);
    listener.start();
    f.sim.run();
    CHECK(f.log == texts{"message a"});
    listener.close();
    f.sim.run();
    CHECK(errors == 1);
}

TEST_CASE("event_listener: is moved while it runs, and closes what it is assigned over",
          "[event_listener]") {
    fixture f;
    f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n", after(1s));
    f.peer().accept().expect_request().reply(stream_head).expect_close();
    auto listener = f.make_listener();
    listener.on_message(f.write("message")).start();
    f.sim.settle();
    auto moved = std::move(listener);
    auto other = f.make_listener();
    other.start();
    f.sim.settle();
    other = std::move(moved);
    f.sim.run();
    CHECK(f.log == texts{"message a"});
    CHECK(f.peer().unplayed() == "");
}

} // namespace client_event_listener_test
