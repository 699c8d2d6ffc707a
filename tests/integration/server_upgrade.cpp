// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "integration/raw_client.hpp"
#include "support/catch.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace integration_server_upgrade_test {

using namespace std::chrono_literals;
using sse::errc;
using sse::testing::raw_client;
using tcp = sse::asio::ip::tcp;
using socket_type = sse::net::basic_transport<>::socket_type;

namespace {

/// A request as some other library has it.
struct their_request {
    std::string verb = "GET";
    unsigned number = 11;
    std::map<std::string, std::string, std::less<>> fields{};

    [[nodiscard]] std::string_view method_string() const { return verb; }
    [[nodiscard]] unsigned version() const { return number; }
    std::string_view operator[](std::string_view name) const {
        const auto found = fields.find(name);
        return found == fields.end() ? std::string_view() : std::string_view(found->second);
    }
};

/// One connection of somebody else's server, and its peer.
struct connection {
    connection() : acceptor(context, {sse::asio::ip::address_v4::loopback(), 0}) {}

    /// The one that a peer has made.
    tcp::socket accept() { return acceptor.accept(); }
    [[nodiscard]] raw_client connect(int buffer = 0) const {
        return raw_client(acceptor.local_endpoint().port(), buffer);
    }
    void upgrade(tcp::socket socket, const their_request& request,
                 const sse::upgrade_options& options = {}) {
        sse::async_upgrade(std::move(socket), request, options,
                           [this](sse::error_code ec, sse::event_stream s) {
                               result = ec;
                               stream.emplace(std::move(s));
                           });
        CHECK_FALSE(result.has_value());
        run_until([this] { return result.has_value(); });
    }
    void run_until(const std::function<bool()>& holds) {
        const auto end = std::chrono::steady_clock::now() + 60s;
        while (!holds()) {
            REQUIRE(std::chrono::steady_clock::now() < end);
            context.restart();
            if (context.run_for(10ms) == 0) std::this_thread::sleep_for(1ms); // for other threads
        }
    }
    /// What a peer reads until `mark` has come, or the end, while this goes on.
    const std::string& read_until(raw_client& peer, std::string_view mark) {
        run_until([&] {
            return peer.read_until(mark, 1ms).find(mark) != std::string::npos || peer.ended();
        });
        return peer.text();
    }
    const std::string& read_all(raw_client& peer) { return read_until(peer, "\x01 never \x01"); }

    sse::asio::io_context context;
    tcp::acceptor acceptor;
    std::optional<sse::error_code> result;
    std::optional<sse::event_stream> stream;
};

} // namespace

TEST_CASE("async_upgrade: a connection of another server becomes an event stream", "[upgrade]") {
    connection c;
    raw_client peer = c.connect();
    c.upgrade(c.accept(), {.fields = {{"Origin", "https://app.example"}}},
              {.stream = {.headers = {{"X-Mine", "1"}}, .padding = 100},
               .cors = {.origins = {"https://app.example"}}});
    REQUIRE_FALSE(*c.result);
    const std::string head = c.read_until(peer, " \n\r\n");
    for (const char* line :
         {"HTTP/1.1 200 OK\r\n", "Content-Type: text/event-stream\r\n", "X-Mine: 1\r\n",
          "Connection: close\r\n", "Transfer-Encoding: chunked\r\n",
          "Access-Control-Allow-Origin: https://app.example\r\n", "\r\n\r\n64\r\n:  "}) {
        CAPTURE(line);
        CHECK(head.find(line) != std::string::npos);
    }
    peer.clear();
    std::optional<sse::error_code> sent;
    c.stream->async_send({.data = "x"}, [&](sse::error_code ec) { sent = ec; });
    c.run_until([&] { return sent.has_value(); });
    CHECK_FALSE(*sent);
    CHECK(peer.read_until("\n\n\r\n") == "9\r\ndata: x\n\n\r\n");
    peer.clear();
    CHECK(c.stream->try_send({.data = "last"}) == errc::success);
    c.stream->close();
    CHECK(c.read_all(peer) == "c\r\ndata: last\n\n\r\n0\r\n\r\n");
    CHECK(peer.ended());
}

TEST_CASE("async_upgrade: HTTP/1.0 gets no chunks, HEAD no stream", "[upgrade]") {
    connection c;
    raw_client peer = c.connect();
    SECTION("HTTP/1.0") {
        c.upgrade(c.accept(), {.number = 10});
        c.read_until(peer, "\r\n\r\n");
        CHECK(peer.text().find("chunked") == std::string::npos);
        peer.clear();
        CHECK(c.stream->try_send({.data = "x"}) == errc::success);
        c.stream->close();
        CHECK(c.read_all(peer) == "data: x\n\n");
    }
    SECTION("HEAD") {
        c.upgrade(c.accept(), {.verb = "HEAD"});
        CHECK(*c.result == errc::closed);
        CHECK_FALSE(c.stream->is_open());
        CHECK(c.read_all(peer).ends_with("\r\n\r\n"));
        CHECK(peer.text().find("text/event-stream") != std::string::npos);
    }
}

TEST_CASE("async_upgrade: a peer that leaves, floods or stalls ends the stream", "[upgrade]") {
    connection c;
    raw_client peer = c.connect(4096);
    c.upgrade(c.accept(), {}, {.write_time = 100ms});
    std::optional<sse::error_code> closed;
    c.stream->async_wait_closed([&](sse::error_code ec) { closed = ec; });
    sse::error_code expected;
    SECTION("leaves") {
        c.read_until(peer, "\r\n\r\n");
        peer.close();
        expected = sse::asio::error::eof;
    }
    SECTION("floods") {
        std::thread flood([&] { peer.send(std::string(1'000'000, 'x')); });
        c.run_until([&] { return closed.has_value(); });
        flood.join();
        expected = errc::buffer_full;
    }
    SECTION("stalls") {
        const std::string data(8'000'000, 'x');
        c.stream->async_send({.data = data}, [](sse::error_code) {});
        expected = errc::write_timeout;
    }
    c.run_until([&] { return closed.has_value(); });
    CHECK(*closed == expected);
    CHECK_FALSE(c.stream->is_open());
}

TEST_CASE("async_upgrade: a peer that takes nothing does not hold a stream that was closed",
          "[upgrade]") {
    connection c;
    raw_client peer = c.connect(4096);
    tcp::socket socket = c.accept();
    socket.set_option(sse::asio::socket_base::send_buffer_size(4096));
    c.upgrade(std::move(socket), {}, {.write_time = 100ms});
    const std::string data(50'000, 'x'); // one block, on its way in one operation
    CHECK(c.stream->try_send({.data = data}) == errc::success);
    c.stream->close();
    c.stream.reset();
    c.context.restart();
    c.context.run_for(30s);
    CHECK(c.context.stopped()); // nothing is left to do
}

TEST_CASE("async_upgrade: much data arrives whole", "[upgrade]") {
    connection c;
    raw_client peer = c.connect();
    c.upgrade(c.accept(), {.number = 10});
    c.read_until(peer, "\r\n\r\n");
    peer.clear();
    const std::string data(3'000'000, 'x');
    std::optional<sse::error_code> sent;
    c.stream->async_send({.data = data}, [&](sse::error_code ec) {
        sent = ec;
        c.stream->close();
    });
    std::atomic<bool> peer_ended = false;
    std::thread reader([&] {
        peer.read_all();
        peer_ended = true;
    });
    c.run_until([&] { return sent.has_value() && peer_ended; });
    reader.join();
    CHECK_FALSE(*sent);
    CHECK(peer.text() == "data: " + data + "\n\n");
}

TEST_CASE("make_reply: takes short answers and streams of a hub", "[upgrade]") {
    connection c;
    raw_client peer = c.connect();
    SECTION("a short answer") {
        sse::make_reply(c.accept(), their_request{}).send({.status = 404, .body = "no\n"});
        CHECK(c.read_all(peer).find("HTTP/1.1 404 Not Found\r\n") == 0);
        CHECK(peer.text().ends_with("\r\n\r\nno\n"));
    }
    SECTION("none") {
        static_cast<void>(sse::make_reply(c.accept(), their_request{}));
        CHECK(c.read_all(peer).find("HTTP/1.1 500 ") == 0);
    }
    SECTION("a stream of a hub") {
        sse::hub hub;
        sse::reply re = sse::make_reply(c.accept(), their_request{});
        CHECK(hub.subscribe(std::move(re), {.topics = {"a"}}) == errc::success);
        REQUIRE(hub.publish("a", {.data = "shared"}));
        CHECK(c.read_until(peer, "shared\n").find("data: shared\n") != std::string::npos);
        peer.close();
        c.run_until([&] { return hub.metrics().subscribers == 0; });
    }
}

} // namespace integration_server_upgrade_test
