// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "integration/running_server.hpp"
#include "support/catch.hpp"

#include <sse/server.hpp>

#if defined(SSE_BOOST_ASIO)
#include <boost/asio/use_future.hpp>
#else
#include <asio/use_future.hpp>
#endif

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace integration_server_streams_test {

using namespace std::chrono_literals;
using sse::errc;
using sse::testing::raw_client;
using sse::testing::running_server;

namespace {

/// A server whose one stream the test holds.
struct held_stream {
    explicit held_stream(sse::server_options options = {})
        : server(std::move(options), [this](sse::server& s) {
              s.get("/stream", [this](const sse::request&, sse::reply re) {
                  stream.emplace(re.stream({.headers = {{"X-Mine", "1"}}, .buffer = 100'000}));
                  closed.reset();
                  stream->async_wait_closed([this](sse::error_code ec) { closed = ec; });
              });
              s.get("/hello",
                    [](const sse::request&, sse::reply re) { re.send({.body = "hello"}); });
          }) {}
    ~held_stream() {
        server.on_thread([this] { stream.reset(); });
    }

    bool wait_closed() {
        return server.wait_for([this] { return closed.has_value(); });
    }

    std::optional<sse::event_stream> stream;
    std::optional<sse::error_code> closed;
    running_server server;
};

} // namespace

TEST_CASE("event_stream: what it does completes futures, as the server's drain does",
          "[event_stream]") {
    held_stream held;
    raw_client client = held.server.connect();
    client.get("/stream");
    (void)client.read_until("\r\n\r\n");
    std::future<void> sent = held.server.on_thread(
        [&] { return held.stream->async_send({.data = "x"}, sse::asio::use_future); });
    CHECK_NOTHROW(sent.get());
    auto drained = held.server.on_thread(
        [&] { return held.server.get().async_drain({.limit = 60s}, sse::asio::use_future); });
    held.server.on_thread([&] { held.stream->close(); });
    CHECK(client.read_all().find("data: x\n\n") != std::string::npos);
    CHECK(drained.get().ended == 1);
}

TEST_CASE("event_stream: the head goes out at once, events as chunks", "[event_stream]") {
    held_stream held;
    raw_client client = held.server.connect();
    client.get("/stream");
    const std::string head = client.read_until("\r\n\r\n");
    for (const char* line :
         {"HTTP/1.1 200 OK\r\n", "Content-Type: text/event-stream\r\n",
          "Cache-Control: no-cache, no-transform\r\n", "X-Accel-Buffering: no\r\n",
          "Transfer-Encoding: chunked\r\n", "X-Mine: 1\r\n", "\r\nDate: "}) {
        CAPTURE(line);
        CHECK(head.find(line) != std::string::npos);
    }
    client.clear();
    std::optional<sse::error_code> sent;
    held.server.on_thread([&] {
        held.stream->async_send({.type = "t", .data = "x", .id = "1"},
                                [&](sse::error_code ec) { sent = ec; });
        CHECK_FALSE(sent.has_value());
    });
    CHECK(client.read_until("\n\n\r\n") == "18\r\nevent: t\ndata: x\nid: 1\n\n\r\n");
    CHECK(held.server.wait_for([&] { return sent.has_value(); }));
    CHECK_FALSE(*sent);
}

TEST_CASE("event_stream: what is taken in one turn goes out as one chunk", "[event_stream]") {
    held_stream held;
    raw_client client = held.server.connect();
    client.get("/stream");
    client.read_until("\r\n\r\n");
    client.clear();
    held.server.on_thread([&] {
        CHECK(held.stream->try_comment("hi") == errc::success);
        CHECK(held.stream->try_retry(10ms) == errc::success);
        CHECK(held.stream->try_send({.data = "a\nb"}) == errc::success);
        CHECK(held.stream->try_send({.data = "x", .id = "a\nb"}) == errc::invalid_field);
        CHECK(held.stream->try_send({.data = "y"}) == errc::success);
    });
    CHECK(client.read_until("y\n\n\r\n") ==
          "29\r\n: hi\nretry: 10\ndata: a\ndata: b\n\ndata: y\n\n\r\n");
}

TEST_CASE("event_stream: closing sends the last chunk, and the connection goes on",
          "[event_stream]") {
    held_stream held;
    raw_client client = held.server.connect();
    client.get("/stream");
    client.get("/hello"); // waits for its turn
    client.read_until("\r\n\r\n");
    held.server.on_thread([&] {
        CHECK(held.stream->try_send({.data = "x"}) == errc::success);
        held.stream->close();
        CHECK_FALSE(held.stream->is_open());
        CHECK(held.stream->try_send({.data = "y"}) == errc::closed);
    });
    const std::string all = client.read_until("hello");
    CAPTURE(all);
    CHECK(all.find("9\r\ndata: x\n\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n") != std::string::npos);
    CHECK(held.wait_closed());
    CHECK_FALSE(*held.closed);
    client.clear();
    client.get("/hello");
    CHECK(client.read_until("hello").find("200 OK") != std::string::npos);
}

TEST_CASE("event_stream: aborting cuts the connection, so that the reader comes back",
          "[event_stream]") {
    held_stream held;
    raw_client client = held.server.connect();
    client.get("/stream");
    client.read_until("\r\n\r\n");
    client.clear();
    held.server.on_thread([&] {
        held.stream->abort();
        CHECK_FALSE(held.stream->is_open());
    });
    CHECK(client.read_all().empty());
    CHECK(client.ended());
    REQUIRE(held.wait_closed());
    CHECK(*held.closed == errc::closed);
}

TEST_CASE("event_stream: HTTP/1.0 gets no chunks and the end by closing", "[event_stream]") {
    held_stream held({.hosts = std::vector<std::string>{"*"}});
    raw_client client = held.server.connect();
    client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const std::string head = client.read_until("\r\n\r\n");
    CHECK(head.find("chunked") == std::string::npos);
    CHECK(head.find("Connection: close\r\n") != std::string::npos);
    client.clear();
    held.server.on_thread([&] {
        CHECK(held.stream->try_send({.data = "x"}) == errc::success);
        held.stream->close();
    });
    CHECK(client.read_all() == "data: x\n\n");
    CHECK(client.ended());
}

TEST_CASE("event_stream: a peer that leaves is noticed at once", "[event_stream]") {
    held_stream held;
    SECTION("by closing") {
        raw_client client = held.server.connect();
        client.get("/stream");
        client.read_until("\r\n\r\n");
        client.close();
        REQUIRE(held.wait_closed());
        CHECK(*held.closed == sse::asio::error::eof);
    }
    SECTION("by a reset") {
        raw_client client = held.server.connect();
        client.get("/stream");
        client.read_until("\r\n\r\n");
        client.reset();
        REQUIRE(held.wait_closed());
        CHECK(*held.closed);
    }
    SECTION("by ending to send") {
        raw_client client = held.server.connect();
        client.get("/stream");
        client.read_until("\r\n\r\n");
        client.end_sending();
        client.read_all();
        CHECK(client.ended());
        REQUIRE(held.wait_closed());
    }
    SECTION("by sending without end") {
        raw_client client = held.server.connect();
        client.get("/stream");
        client.read_until("\r\n\r\n");
        client.send(std::string(1'000'000, 'x'));
        REQUIRE(held.wait_closed());
        CHECK(*held.closed == errc::buffer_full);
    }
    CHECK(held.server.wait_for([&] { return held.server.get().metrics().connections == 0; }));
}

TEST_CASE("event_stream: one that is opened for a peer that has left is over at once",
          "[event_stream]") {
    std::optional<sse::reply> waiting;
    std::optional<sse::event_stream> stream;
    std::optional<sse::error_code> closed;
    running_server server({}, [&](sse::server& s) {
        s.get("/late", [&](const sse::request&, sse::reply re) { waiting = std::move(re); });
    });
    raw_client client = server.connect();
    client.get("/late");
    REQUIRE(server.wait_for([&] { return waiting.has_value(); }));
    SECTION("closed") { client.close(); }
    SECTION("ended its direction") { client.end_sending(); }
    for (int i = 0; i < 10; ++i)
        server.on_thread([] {}); // until the end has been read
    server.on_thread([&] {
        stream = waiting->stream();
        CHECK_FALSE(stream->is_open());
        CHECK(stream->try_send({.data = "1"}) == errc::closed);
        stream->async_wait_closed([&](sse::error_code ec) { closed = ec; });
    });
    REQUIRE(server.wait_for([&] { return closed.has_value(); }));
    CHECK(*closed == errc::closed);
    CHECK(server.metrics().connections == 0);
    CHECK(server.metrics().streams == 0);
}

TEST_CASE("event_stream: sending while another waits takes nothing", "[event_stream]") {
    std::vector<sse::error_code> ended; // told of by the server's thread to the end
    held_stream held;
    raw_client client = held.server.connect(4096);
    client.get("/stream");
    client.read_until("\r\n\r\n");
    const auto send = [&](std::string_view type, std::size_t size) {
        held.stream->async_send({.type = type, .data = std::string(size, '.')},
                                [&](sse::error_code ec) { ended.push_back(ec); });
    };
    held.server.on_thread([&] {
        send("first", 20'000'000);
        send("second", 1);
        CHECK(held.stream->try_send({.type = "third"}) == errc::buffer_full);
    });
    REQUIRE(held.server.wait_for([&] { return !ended.empty(); }));
    CHECK(ended[0] == errc::operation_in_progress);
    held.server.on_thread([&] { held.stream->close(); });
    const std::string& got = client.read_until("\r\n0\r\n\r\n");
    CHECK(got.find("event: first\n") != std::string::npos);
    CHECK(got.find("event: second\n") == std::string::npos);
}

TEST_CASE("event_stream: takes no more than its buffer, and the waiting ends when it is sent",
          "[event_stream]") {
    held_stream held;
    raw_client client = held.server.connect(4096);
    client.get("/stream");
    client.read_until("\r\n\r\n");
    const std::string data(10'000, 'x');
    std::size_t taken = 0;
    std::optional<sse::error_code> sent;
    held.server.on_thread([&] {
        errc e = errc::success;
        while ((e = held.stream->try_send({.data = data})) == errc::success)
            ++taken;
        CHECK(e == errc::buffer_full);
        held.stream->async_wait_sent([&](sse::error_code ec) { sent = ec; });
    });
    CHECK(taken >= 10);
    CHECK(taken < 2000);
    client.clear();
    const auto start = std::chrono::steady_clock::now();
    while (client.text().size() < taken * 10'008 &&
           std::chrono::steady_clock::now() - start < 60s) {
        client.read_until("\x01", 10ms);
    }
    CHECK(client.text().size() >= taken * 10'008);
    CHECK(held.server.wait_for([&] { return sent.has_value(); }));
    CHECK_FALSE(*sent);
}

TEST_CASE("event_stream: a peer that takes nothing meets the write deadline", "[event_stream]") {
    held_stream held({.limits = {.write_time = 200ms}});
    raw_client client = held.server.connect(4096);
    client.get("/stream");
    client.read_until("\r\n\r\n");
    std::optional<sse::error_code> sent;
    held.server.on_thread([&] {
        const std::string data(8'000'000, 'x');
        held.stream->async_send({.data = data}, [&](sse::error_code ec) { sent = ec; });
    });
    REQUIRE(held.wait_closed());
    CHECK(*held.closed == errc::write_timeout);
    CHECK(held.server.wait_for([&] { return sent.has_value(); }));
    CHECK(*sent == errc::write_timeout);
}

TEST_CASE("event_stream: HEAD opens none", "[event_stream]") {
    held_stream held;
    raw_client client = held.server.connect();
    client.send("HEAD /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.get("/hello");
    const std::string all = client.read_until("hello");
    CHECK(all.find("text/event-stream") != std::string::npos);
    CHECK(all.find("\r\n\r\nHTTP/1.1 200 OK\r\n") != std::string::npos);
    CHECK(held.wait_closed());
}

TEST_CASE("event_stream: padding goes out at once behind the head", "[event_stream]") {
    running_server server({}, [](sse::server& s) {
        s.get("/padded", [](const sse::request&, sse::reply re) {
            auto kept = std::make_shared<sse::event_stream>(re.stream({.padding = 2048}));
            kept->async_wait_closed([kept](sse::error_code) {});
        });
    });
    raw_client client = server.connect();
    client.get("/padded");
    const std::string text = client.read_until(" \n\r\n");
    const std::string padding = text.substr(text.find("\r\n\r\n") + 4);
    CHECK(padding == "800\r\n:" + std::string(2046, ' ') + "\n\r\n");
}

TEST_CASE("server: one route answers with a stream or with one body, as it is asked",
          "[event_stream]") {
    running_server server({}, [](sse::server& s) {
        s.post("/ask", [](const sse::request& rq, sse::reply re) {
            if (rq.header("Accept").find("text/event-stream") == std::string_view::npos)
                return re.send({.type = "application/json", .body = "{\"text\":\"a b\"}"});
            const std::string body = rq.body; // valid until the answer begins
            sse::event_stream stream = re.stream();
            (void)stream.try_send({.data = "a"});
            (void)stream.try_send({.data = body});
        });
    });
    raw_client client = server.connect();
    const std::string head = "POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n";
    client.send(head + "Accept: text/event-stream\r\n\r\nhi" + head + "\r\nhi");
    const std::string all = client.read_until("}");
    CHECK(all.find("data: a\n\ndata: hi\n\n") != std::string::npos);
    CHECK(all.find("0\r\n\r\nHTTP/1.1 200 OK\r\n") != std::string::npos);
    CHECK(all.find("Content-Type: application/json\r\n") != std::string::npos);
}

TEST_CASE("server: a peer that has only ended its direction costs no turns", "[event_stream]") {
    sse::asio::io_context context;
    sse::server server(context.get_executor(), {.port = 0});
    std::optional<sse::reply> pending;
    server.get("/later", [&](const sse::request&, sse::reply re) { pending = std::move(re); });
    REQUIRE_FALSE(server.listen());
    raw_client client(server.local_endpoint().port());
    client.get("/later");
    client.end_sending();
    for (int i = 0; i < 6000 && !pending; ++i)
        context.run_for(10ms);
    REQUIRE(pending);
    context.run_for(20ms);
    CHECK(context.run_for(100ms) <= 10); // what the time before was too short for, at most
    pending->send({.body = "here\n"});
    pending.reset();
    for (int i = 0; i < 6000 && !client.ended(); ++i) {
        context.run_for(10ms);
        client.read_until("\x01", 1ms);
    }
    CHECK(client.text().ends_with("here\n"));
}

} // namespace integration_server_streams_test
