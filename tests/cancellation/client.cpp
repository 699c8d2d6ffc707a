// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Every point at which a receive is suspended, ended in every way that there is.
#include "support/catch.hpp"
#include "support/handler_probe.hpp"

#include <sse/client.hpp>
#include <sse/testing/simulation.hpp>
#include <sse/testing/test_net.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace cancellation_client_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using sse::errc;
using sse::error_code;
using sse::asio::cancellation_type;

namespace {

using source_type = sse::basic_event_source<sse::asio::any_io_executor, test_net>;
using probe_type = handler_probe<void(error_code, sse::event)>;
using placed_probe_type = handler_probe<void(error_code)>;
using batch_probe_type = handler_probe<void(error_code, sse::event_batch)>;

enum class point { posted, request, connect, write, head, redirected_head, body, backoff };
enum class ending { terminal, partial, total, close, destroy };

constexpr std::array points{point::posted, point::request,         point::connect, point::write,
                            point::head,   point::redirected_head, point::body,    point::backoff};
constexpr std::array endings{ending::terminal, ending::partial, ending::total, ending::close,
                             ending::destroy};

const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

sse::event_source_options options() {
    sse::event_source_options o;
    o.reconnect.jitter = 0;
    o.timeouts.idle = 60s;
    return o;
}

/// Lets a receive come as far as `where`.
void script(scripted_peer& peer, point where) {
    switch (where) {
    case point::posted: peer.time_out(); break;
    case point::request: break;
    case point::connect: peer.time_out(); break;
    case point::write:
        peer.on_connection([](test_stream& near) { near.write_size(0); });
        peer.accept();
        break;
    case point::head: peer.accept().expect_request().send("HTTP/1.1 2"); break;
    case point::redirected_head:
        peer.accept().expect_request().send("HTTP/1.1 301 X\r\nLocation: /y\r\n\r\n");
        peer.accept().expect_request();
        break;
    case point::body: peer.accept().expect_request().send(head + "data: a"); break;
    case point::backoff: peer.refuse(); break;
    }
    peer.time_out_the_rest();
}

/// As `options()`, with a hook that keeps the request in `pending` where it is to be suspended
/// there.
sse::event_source_options options(point where, std::optional<sse::pending_request>& pending) {
    auto o = options();
    if (where == point::request)
        o.hooks.on_request_async = [&pending](sse::pending_request r) {
            pending.emplace(std::move(r));
        };
    return o;
}

/// A source whose receive is suspended at one point, with deadlines armed.
struct suspended {
    std::unique_ptr<simulation> sim = std::make_unique<simulation>();
    test_net net{*sim};
    std::optional<sse::pending_request> pending;
    std::optional<source_type> source;
    std::optional<probe_type> probe;

    explicit suspended(point where) {
        script(net.peer(), where);
        source.emplace(sim->get_executor(), "http://host/x", options(where, pending), net);
        probe.emplace(sim->context());
        probe->initiate([this](auto handler) { source->async_receive(std::move(handler)); });
        if (where != point::posted) sim->run_for(500ms);
        REQUIRE_FALSE(probe->called());
    }

    void end(ending how) {
        switch (how) {
        case ending::terminal: probe->cancel(cancellation_type::terminal); break;
        case ending::partial: probe->cancel(cancellation_type::partial); break;
        case ending::total: probe->cancel(cancellation_type::total); break;
        case ending::close: source->close(); break;
        case ending::destroy: source.reset(); break;
        }
    }
};

bool cancels(ending how) { return how != ending::close && how != ending::destroy; }

} // namespace

TEST_CASE("cancellation: a receive ends at once from every point, in every way",
          "[cancellation][client]") {
    for (const point where : points) {
        for (const ending how : endings) {
            INFO(static_cast<int>(where) << " " << static_cast<int>(how));
            suspended s(where);
            const auto before = s.sim->elapsed();
            s.end(how);
            CHECK_FALSE(s.probe->called()); // not inside the call that ends it
            s.sim->settle();
            REQUIRE(s.probe->called());
            CHECK(s.sim->elapsed() == before);
            CHECK(s.probe->fault() == "");
            if (cancels(how))
                CHECK(s.probe->error() == sse::asio::error::operation_aborted);
            else
                CHECK(s.probe->error() == errc::closed);
            s.sim->run(); // nothing is left that waits
            CHECK(s.sim->elapsed() == before);
        }
    }
}

TEST_CASE("cancellation: a batch receive ends the same way", "[cancellation][client]") {
    for (const ending how : endings) {
        simulation sim;
        test_net net(sim);
        net.peer().accept().expect_request().send(head + ":");
        std::optional<source_type> source;
        source.emplace(sim.get_executor(), "http://host/x", options(), net);
        batch_probe_type probe(sim.context());
        probe.initiate([&](auto handler) { source->async_receive_batch(std::move(handler)); });
        sim.run_for(1s);
        switch (how) {
        case ending::terminal: probe.cancel(cancellation_type::terminal); break;
        case ending::partial: probe.cancel(cancellation_type::partial); break;
        case ending::total: probe.cancel(cancellation_type::total); break;
        case ending::close: source->close(); break;
        case ending::destroy: source.reset(); break;
        }
        sim.settle();
        REQUIRE(probe.called());
        CHECK(probe.fault() == "");
        CHECK(probe.error() == (cancels(how) ? error_code(sse::asio::error::operation_aborted)
                                             : error_code(errc::closed)));
        CHECK(probe.value().begin() == probe.value().end());
    }
}

TEST_CASE("cancellation: a receive into an event ends the same way, and leaves the event",
          "[cancellation][client]") {
    for (const cancellation_type how :
         {cancellation_type::terminal, cancellation_type::partial, cancellation_type::total}) {
        simulation sim;
        test_net net(sim);
        net.peer()
            .accept()
            .expect_request()
            .send(head + "data: a\n\ndata: b")
            .send("\n\n", after(2s));
        source_type source(sim.get_executor(), "http://host/x", options(), net);
        sse::event e;
        placed_probe_type first(sim.context());
        first.initiate([&](auto handler) { source.async_receive(e, std::move(handler)); });
        sim.settle();
        CHECK(first.error() == error_code());
        placed_probe_type second(sim.context());
        second.initiate([&](auto handler) { source.async_receive(e, std::move(handler)); });
        sim.run_for(1s);
        second.cancel(how);
        sim.settle();
        CHECK(second.error() == sse::asio::error::operation_aborted);
        CHECK(e.data == "a");
        placed_probe_type third(sim.context());
        third.initiate([&](auto handler) { source.async_receive(e, std::move(handler)); });
        sim.run_for(1s);
        CHECK(third.error() == error_code());
        CHECK(e.data == "b");
        for (placed_probe_type* probe : {&first, &second, &third})
            CHECK(probe->fault() == "");
        source.close();
    }
}

TEST_CASE("cancellation: the context may be destroyed at every point", "[cancellation][client]") {
    for (const point where : points) {
        for (const bool source_first : {true, false}) {
            INFO(static_cast<int>(where) << source_first);
            const auto token = std::make_shared<int>();
            bool called = false;
            std::optional<sse::pending_request> pending; // outlives all
            {
                simulation sim;
                test_net net(sim);
                script(net.peer(), where);
                auto source = std::make_shared<source_type>(sim.get_executor(), "http://host/x",
                                                            options(where, pending), net);
                source->async_receive(
                    [&called, token](error_code, const sse::event&) { called = true; });
                if (where != point::posted) sim.run_for(500ms);
                CHECK(token.use_count() > 1);
                // Otherwise the source goes with a handler of the context, as in a program that
                // stops.
                if (!source_first) sse::asio::post(sim.context(), [source] {});
                net = test_net(manual_clock());
                source.reset();
            }
            CHECK_FALSE(called);
            CHECK(token.use_count() == 1);
        }
    }
}

TEST_CASE("cancellation: the source stays usable and loses nothing", "[cancellation][client]") {
    for (const ending how : {ending::terminal, ending::partial, ending::total}) {
        simulation sim;
        test_net net(sim);
        net.peer().refuse();
        auto& connection = net.peer().accept().expect_request();
        connection.send_pieces("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                               "id: 1\ndata: a\n\n:c\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n",
                               7, after(1s));
        net.peer().time_out_the_rest();
        std::string got;
        source_type source(sim.get_executor(), "http://host/x", options(), net);
        int receives = 0;
        while (got != "abc" && receives < 100) {
            ++receives;
            probe_type probe(sim.context());
            probe.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
            sim.run_for(300ms);
            if (!probe.called()) {
                probe.cancel(how == ending::terminal  ? cancellation_type::terminal
                             : how == ending::partial ? cancellation_type::partial
                                                      : cancellation_type::total);
                sim.settle();
            }
            REQUIRE(probe.called());
            CHECK(probe.fault() == "");
            if (!probe.error()) got += probe.value().data;
            sim.run_for(50ms);
        }
        CHECK(got == "abc");
        CHECK(receives > 5);
        CHECK(net.peer().attempts().size() == 2);
        source.close();
    }
}

TEST_CASE("cancellation: polling with a short patience does not shorten the back-off",
          "[cancellation][client]") {
    simulation sim;
    test_net net(sim);
    net.peer().refuse_the_rest();
    source_type source(sim.get_executor(), "http://host/x", options(), net);
    for (int i = 0; i < 100; ++i) {
        probe_type probe(sim.context());
        probe.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
        sim.run_for(100ms);
        probe.cancel();
        sim.settle();
        CHECK(probe.error() == sse::asio::error::operation_aborted);
    }
    CHECK(net.peer().attempts().size() == 4); // at 0, 1, 3 and 7 s of 10
    source.close();
}

TEST_CASE("cancellation: an event that came in the same moment is not lost",
          "[cancellation][client]") {
    simulation sim;
    test_net net(sim);
    std::optional<test_stream> near;
    net.peer().on_connection([&](test_stream& s) { near = s; });
    net.peer().accept().expect_request().send(head).send("data: a\n\n", after(1s));
    source_type source(sim.get_executor(), "http://host/x", options(), net);
    probe_type first(sim.context());
    first.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
    sim.run_for(999ms);
    sim.clock().advance(1ms); // the bytes are about to arrive
    while (near->waiting().empty() && near->reading() && sim.context().poll_one() != 0) {
    }
    first.cancel();
    sim.settle();
    REQUIRE(first.called());
    probe_type second(sim.context());
    if (first.error()) {
        second.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
        sim.settle();
        REQUIRE(second.called());
        CHECK(second.value().data == "a");
    } else {
        CHECK(first.value().data == "a");
    }
    source.close();
    sim.settle();
}

TEST_CASE("cancellation: how a connection broke in the same moment is not lost",
          "[cancellation][client]") {
    for (const bool finish : {true, false}) {
        CAPTURE(finish);
        simulation sim;
        test_net net(sim);
        std::optional<test_stream> near;
        net.peer().on_connection([&](test_stream& s) { near = s; });
        net.peer().accept().expect_request().send(head + "data: a\n\n").reset(after(1s));
        net.peer().time_out_the_rest();
        auto o = options();
        o.finish = finish;
        std::size_t told = 0;
        o.hooks.on_error = [&](sse::disconnection& d) {
            ++told;
            CHECK(d.error == sse::asio::error::connection_reset);
        };
        source_type source(sim.get_executor(), "http://host/x", o, net);
        probe_type first(sim.context());
        first.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
        sim.run_for(999ms);
        CHECK(first.value().data == "a");
        probe_type second(sim.context());
        second.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
        sim.settle();
        REQUIRE(near->reading());
        sim.clock().advance(1ms); // the reset is about to arrive
        while (near->reading() && sim.context().poll_one() != 0) {
        }
        second.cancel();
        sim.settle();
        REQUIRE(second.called());
        CHECK(told == 1);
        if (finish)
            CHECK(second.error() == sse::asio::error::connection_reset); // never end_of_stream
        else
            CHECK(second.error() == sse::asio::error::operation_aborted);
        CHECK(net.peer().attempts().size() == 1);
        probe_type third(sim.context());
        third.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
        sim.run_for(900ms); // the rest of the delay is still ahead
        CHECK(third.called() == finish);
        CHECK(net.peer().attempts().size() == 1);
        source.close();
        sim.settle();
    }
}

TEST_CASE("cancellation: a request that went out in the same moment is not sent again",
          "[cancellation][client]") {
    simulation sim;
    test_net net(sim);
    std::optional<test_stream> near;
    net.peer().on_connection([&](test_stream& s) { near = s.write_size(0); });
    net.peer().accept().expect_request().send(head + "data: a\n\n", after(1s));
    source_type source(sim.get_executor(), "http://host/x", options(), net);
    probe_type first(sim.context());
    first.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
    sim.settle();
    near->write_size(memory_end::unlimited); // the write completes, its handler is queued
    first.cancel();
    sim.settle();
    CHECK(first.error() == sse::asio::error::operation_aborted);
    probe_type second(sim.context());
    second.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
    sim.run();
    CHECK(second.value().data == "a");
    CHECK(net.peer().attempts().size() == 1);
}

TEST_CASE("cancellation: how a connection broke in the moment of a deadline is not lost",
          "[cancellation][client]") {
    simulation sim;
    test_net net(sim);
    std::optional<test_stream> near;
    net.peer().on_connection([&](test_stream& s) { near = s; });
    net.peer().accept().expect_request().send(head);
    auto o = options();
    o.finish = true;
    source_type source(sim.get_executor(), "http://host/x", o, net);
    probe_type probe(sim.context());
    probe.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
    sim.run_for(o.timeouts.idle - 1ms);
    sim.clock().advance(1ms); // the handler of the deadline is queued in front of
    near->reset();            // that of the read
    sim.settle();
    CHECK(probe.error() == sse::asio::error::connection_reset);
}

TEST_CASE("cancellation: a signal that fires after the receive is over does no harm",
          "[cancellation][client]") {
    simulation sim;
    test_net net(sim);
    net.peer().accept().expect_request().send(head + "data: a\n\ndata: b\n\n");
    std::optional<source_type> source;
    source.emplace(sim.get_executor(), "http://host/x", options(), net);
    probe_type probe(sim.context());
    probe.initiate([&](auto handler) { source->async_receive(std::move(handler)); });
    sim.settle();
    CHECK(probe.value().data == "a");
    probe_type other(sim.context());
    other.initiate([&](auto handler) { source->async_receive(std::move(handler)); });
    probe.cancel();
    sim.settle();
    CHECK(other.value().data == "b");
    source.reset();
    probe.cancel();
    sim.settle();
}

TEST_CASE("cancellation: the source may be destroyed in its own handler",
          "[cancellation][client]") {
    simulation sim;
    test_net net(sim);
    net.peer().accept().expect_request().send(head + "data: a\n\n").expect_close();
    auto source =
        std::make_unique<source_type>(sim.get_executor(), "http://host/x", options(), net);
    bool called = false;
    source->async_receive([&](error_code ec, const sse::event&) {
        CHECK_FALSE(ec);
        called = true;
        source.reset();
    });
    sim.run();
    CHECK(called);
    CHECK(net.peer().unplayed() == "");
}

TEST_CASE("cancellation: a receive honours its handler in every respect",
          "[cancellation][client]") {
    simulation sim;
    test_net net(sim);
    net.peer().refuse();
    net.peer().accept(after(10ms)).expect_request().send("HTTP/1.1 302 X\r\nLocation: /y\r\n\r\n");
    net.peer()
        .accept(after(10ms))
        .expect_request()
        .send(head, after(1s))
        .send("data: a\n\n", after(1s));
    source_type source(sim.get_executor(), "http://host/x", options(), net);
    probe_type probe(sim.context());
    probe.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
    sim.run();
    CHECK(probe.fault() == "");
    CHECK(probe.value().data == "a");
    CHECK(probe.allocations() > 0);
    probe_type refused(sim.context());
    probe_type pending(sim.context());
    pending.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
    refused.initiate([&](auto handler) { source.async_receive(std::move(handler)); });
    sim.settle();
    CHECK(refused.fault() == "");
    CHECK(refused.error() == errc::operation_in_progress);
    CHECK_FALSE(pending.called());
    source.close();
    sim.settle();
    CHECK(pending.error() == errc::closed);
}

} // namespace cancellation_client_test
