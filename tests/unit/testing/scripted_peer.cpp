// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"
#include "support/handler_probe.hpp"

#include <sse/testing/fail_loop.hpp>
#include <sse/testing/test_net.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace testing_scripted_peer_test {

using namespace std::chrono_literals;
using namespace sse;
using namespace sse::testing;
using connect_probe = handler_probe<void(error_code, net::transport)>;

/// A client as small as can be: connects, sends a request, and reads to the end.
struct client {
    explicit client(simulation& s, test_net n) : sim(s), net(std::move(n)) {}

    void start(std::string text, const net::connect_options& options = {}) {
        request = std::move(text);
        done = false;
        ended_at.reset();
        received.clear();
        net.async_connect(sim.get_executor(), "example.org", 80, options,
                          [this](error_code ec, net::transport t) {
                              if (ec) return finish(ec);
                              transport.emplace(std::move(t));
                              send();
                          });
    }

    void send() {
        transport->async_write(asio::buffer(request),
                               [this](error_code ec, std::size_t) { ec ? finish(ec) : read(); });
    }

    void read() {
        transport->async_read_some(asio::buffer(buffer), [this](error_code ec, std::size_t n) {
            received.append(buffer, n);
            ec ? finish(ec) : read();
        });
    }

    void finish(error_code ec) {
        error = ec;
        done = true;
        ended_at = sim.elapsed();
        transport.reset();
    }

    simulation& sim;
    test_net net;
    std::string request{};
    std::optional<net::transport> transport{};
    char buffer[1000] = {};
    std::string received{};
    error_code error{};
    bool done = false;
    std::optional<simulation::duration> ended_at{};
};

struct fixture {
    simulation sim{};
    test_net net{sim};
    scripted_peer& peer = net.peer();
    client c{sim, net};
};

const std::string get = "GET /events HTTP/1.1\r\nHost: example.org\r\n\r\n";
const std::string ok = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

TEST_CASE("scripted_peer: tells the time between the attempts", "[scripted_peer]") {
    fixture f;
    f.peer.refuse_the_rest();
    CHECK(f.peer.intervals().empty());
    for (const auto pause : {0ms, 20ms, 300ms}) {
        f.sim.run_for(pause);
        f.c.start(get);
        f.sim.run();
    }
    CHECK(f.peer.intervals() == std::vector<std::chrono::milliseconds>{20ms, 300ms});
}

TEST_CASE("scripted_peer: plays a connection step by step, on the manual clock",
          "[scripted_peer]") {
    fixture f;
    f.peer.accept()
        .expect_request(contains({"GET /events", "Host: example.org"}))
        .reply(ok, after(20ms))
        .send("data: 1\n\n", after(5ms))
        .send("data: 2\n\n")
        .close(after(1h));
    f.c.start(get);
    f.sim.run();
    CHECK(f.c.received == ok + "data: 1\n\ndata: 2\n\n");
    CHECK(f.c.error == asio::error::eof);
    CHECK(f.c.ended_at == 1h + 25ms);
    CHECK(f.peer.unplayed() == "");
    CHECK(f.peer.request(0) == get);
    CHECK(f.peer.request(1) == "");
    REQUIRE(f.peer.attempts().size() == 1);
    CHECK(f.peer.attempts()[0].host == "example.org");
    CHECK(f.peer.attempts()[0].port == 80);
}

TEST_CASE("scripted_peer: plays one connection after the other", "[scripted_peer]") {
    fixture f;
    f.peer.refuse();
    f.peer.accept(after(7ms)).expect_request("/events").open_stream().reset();
    f.peer.time_out();
    f.peer.refuse(asio::error::host_not_found, after(2s));
    f.c.start(get);
    f.sim.run();
    CHECK(f.c.error == asio::error::connection_refused);
    f.c.start(get);
    f.sim.run();
    CHECK(f.c.received == ok);
    CHECK(f.c.error == asio::error::connection_reset);
    CHECK(f.c.ended_at == 7ms);
    f.c.start(get, {.timeout = 10s});
    f.sim.run();
    CHECK(f.c.error == errc::connect_timeout);
    CHECK(f.c.ended_at == 10s + 7ms);
    f.c.start(get);
    f.sim.run();
    CHECK(f.c.error == asio::error::host_not_found);
    CHECK(f.c.ended_at == 12s + 7ms);
    CHECK(f.peer.attempts().size() == 4);
    CHECK(f.peer.unplayed() == "");
}

TEST_CASE("scripted_peer: a slow accept meets the client's timeout", "[scripted_peer]") {
    fixture f;
    f.peer.accept(after(11s));
    f.c.start(get, {.timeout = 10s});
    f.sim.run();
    CHECK(f.c.error == errc::connect_timeout);
    CHECK(f.c.ended_at == 10s);
}

TEST_CASE("scripted_peer: without a timeout an attempt hangs for ever", "[scripted_peer]") {
    fixture f;
    f.peer.time_out();
    f.c.start(get, {.timeout = 0s});
    f.sim.run_for(24h);
    CHECK_FALSE(f.c.done);
}

TEST_CASE("scripted_peer: sends in pieces", "[scripted_peer]") {
    fixture f;
    f.peer.accept().expect_request().send_pieces("abcdefg", 3, after(1s)).close();
    f.c.start(get);
    f.sim.run_for(2s);
    CHECK(f.c.received == "abcdef");
    f.sim.run();
    CHECK(f.c.received == "abcdefg");
    CHECK(f.c.ended_at == 3s);
}

TEST_CASE("scripted_peer: waits for a request in pieces, and for its body", "[scripted_peer]") {
    fixture f;
    f.peer.on_connection([](test_stream& near) { near.write_size(1); });
    f.peer.accept()
        .expect_request([](const std::string& text) { return text.ends_with("\r\n\r\nbody"); })
        .expect_request("second")
        .close();
    const std::string post = "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody";
    const std::string second = "GET /second HTTP/1.1\r\n\r\n";
    f.c.start(post + second);
    f.sim.run();
    CHECK(f.peer.request(0) == post);
    CHECK(f.peer.request(1) == second);
    CHECK(f.peer.unplayed() == "");
}

TEST_CASE("scripted_peer: stays open behind the last step", "[scripted_peer]") {
    fixture f;
    f.peer.accept().expect_request().reply(ok).stall();
    f.c.start(get);
    f.sim.run_for(24h);
    CHECK(f.c.received == ok);
    CHECK_FALSE(f.c.done);
    CHECK(f.peer.unplayed() == "");
}

TEST_CASE("scripted_peer: waits for the client to close", "[scripted_peer]") {
    fixture f;
    f.peer.accept().expect_request().reply(ok).expect_close();
    f.c.start(get);
    f.sim.run();
    CHECK(f.peer.unplayed() == "connection 1 stopped before step 3; ");
    f.c.transport->close();
    f.sim.run();
    CHECK(f.peer.unplayed() == "");
}

TEST_CASE("scripted_peer: ends its sending direction only", "[scripted_peer]") {
    fixture f;
    f.peer.accept().expect_request().shutdown().expect_close();
    f.c.start(get);
    f.sim.run();
    CHECK(f.c.error == asio::error::eof);
    CHECK(f.peer.unplayed() == "");
}

TEST_CASE("scripted_peer: what goes another way is a mismatch", "[scripted_peer]") {
    fixture f;
    const auto mismatch = [&](const std::string& part) {
        try {
            f.sim.run();
        } catch (const script_mismatch& e) {
            INFO(e.what());
            CHECK(std::string(e.what()).find(part) != std::string::npos);
            return;
        }
        FAIL("no mismatch");
    };
    SECTION("another request") {
        f.peer.accept().expect_request("GET /other");
        f.c.start(get);
        mismatch("connection 1, step 1: expected a request that contains 'GET /other', got 'GET");
    }
    SECTION("a request with what it must not have") {
        f.peer.accept().expect_request(contains("GET") && lacks("Host"));
        f.c.start(get);
        mismatch("and a request without 'Host', got");
    }
    SECTION("an end in place of a request") {
        f.peer.accept().expect_request();
        f.c.start("GET / HT");
        f.sim.settle();
        f.c.transport->close();
        mismatch("expected a request, the connection ended after 'GET / HT'");
    }
    SECTION("a request in place of the end") {
        f.peer.accept().expect_close();
        f.c.start(get);
        mismatch("expected the end of the connection, got 'GET");
    }
}

TEST_CASE("scripted_peer: an attempt too many is a mismatch", "[scripted_peer]") {
    fixture f;
    CHECK_THROWS_AS(f.c.start(get), script_mismatch);
}

TEST_CASE("scripted_peer: has an answer for the rest where it is told so", "[scripted_peer]") {
    fixture f;
    SECTION("refused") {
        f.peer.refuse_the_rest();
        for (int i = 0; i < 3; ++i) {
            f.c.start(get);
            f.sim.run();
            CHECK(f.c.error == asio::error::connection_refused);
        }
    }
    SECTION("without an answer") {
        f.peer.time_out_the_rest();
        f.c.start(get, {.timeout = 5s});
        f.sim.run();
        CHECK(f.c.error == errc::connect_timeout);
    }
}

TEST_CASE("scripted_peer: tells what was not played", "[scripted_peer]") {
    fixture f;
    f.peer.accept().expect_request();
    f.peer.refuse();
    CHECK(f.peer.unplayed() == "2 attempts to connect did not come");
    f.c.start("GET");
    f.sim.run();
    CHECK(f.peer.unplayed() ==
          "connection 1 stopped before step 1; 1 attempts to connect did not come");
}

TEST_CASE("scripted_peer: fails each operation of the client in turn", "[scripted_peer]") {
    const std::size_t failures = fail_loop([](const fail_count& fail) {
        fixture f;
        f.peer.fail(fail);
        f.peer.accept().expect_request().reply(ok).close();
        f.peer.refuse_the_rest();
        f.c.start(get);
        try {
            f.sim.run();
        } catch (const script_mismatch&) {
            // The request never came.
        }
        if (fail.failed())
            CHECK(f.c.error == asio::error::connection_reset);
        else
            CHECK(f.c.error == asio::error::eof);
    });
    // The attempt, the write, the read of the reply and that of the end.
    CHECK(failures == 4);
}

TEST_CASE("test_net: treats handlers as they have to be", "[test_net]") {
    simulation sim;
    test_net net(sim);
    connect_probe probe(sim.context());
    const auto start = [&] {
        probe.initiate([&](auto handler) {
            net.async_connect(sim.get_executor(), "example.org", 80, {}, std::move(handler));
        });
    };
    SECTION("accepted") {
        net.peer().accept();
        start();
        sim.run();
        CHECK_FALSE(probe.error());
        CHECK(probe.value().is_open());
        CHECK(probe.value().remote_address() == "example.org");
        CHECK(probe.value().remote_port() == 80);
    }
    SECTION("refused") {
        net.peer().refuse();
        start();
        sim.run();
        CHECK(probe.error() == asio::error::connection_refused);
        CHECK_FALSE(probe.value().is_open());
    }
    SECTION("cancelled") {
        net.peer().time_out();
        start();
        sim.settle();
        probe.cancel(asio::cancellation_type::total);
        sim.run();
        CHECK(probe.error() == asio::error::operation_aborted);
        CHECK(sim.elapsed() == 0s);
    }
    CHECK(probe.fault() == "");
    CHECK(probe.allocations() > 0);
}

TEST_CASE("test_net: handlers go uncalled with the context", "[test_net]") {
    std::optional<simulation> sim(std::in_place);
    test_net net(*sim);
    net.peer().time_out();
    connect_probe probe(sim->context());
    probe.initiate([&](auto handler) {
        net.async_connect(sim->get_executor(), "example.org", 80, {}, std::move(handler));
    });
    sim->settle();
    sim.reset();
    CHECK(probe.destroyed());
}

} // namespace testing_scripted_peer_test
