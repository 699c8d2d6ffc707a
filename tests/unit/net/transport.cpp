// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// What every transport does, over TCP, unix sockets and a custom stream in memory alike.
#include "support/allocation_count.hpp"
#include "support/catch.hpp"
#include "support/handler_probe.hpp"
#include "support/loopback.hpp"

#include <sse/net/transport.hpp>
#include <sse/testing/simulation.hpp>
#include <sse/testing/test_stream.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace net_transport_test {

using namespace sse;
using namespace sse::testing;
using io_probe = handler_probe<void(error_code, std::size_t)>;
using wait_probe = handler_probe<void(error_code)>;

template <class Pair>
struct socket_ends {
    asio::io_context context{};
    Pair pair{context};
    net::transport& near = pair.near;
    net::transport& far = pair.far;
    void run() { run_bounded(context); }
};

struct tcp_ends : socket_ends<loopback_pair> {};
struct unix_ends : socket_ends<unix_pair> {};

struct memory_ends {
    asio::io_context context{};
    test_stream_pair pair{context.get_executor()};
    net::transport near = pair.near.transport();
    net::transport far = pair.far.transport();
    void run() {
        context.restart();
        context.poll();
    }
};

asio::const_buffer bytes(const std::string& text) { return {text.data(), text.size()}; }

/// Writes until the stream takes no more, and tells how much that was.
std::size_t fill(net::transport& stream) {
    const std::string block(64 * 1024, 'x');
    std::size_t written = 0;
    error_code ec;
    while (!ec)
        written += stream.write_some(bytes(block), ec);
    CHECK(ec == asio::error::would_block);
    return written;
}

/// Reads all that is there.
std::size_t drain(net::transport& stream) {
    std::vector<char> block(64 * 1024);
    std::size_t taken = 0;
    error_code ec;
    while (!ec)
        taken += stream.read_some(asio::buffer(block), ec);
    CHECK(ec == asio::error::would_block);
    return taken;
}

const auto every_type = {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                         asio::cancellation_type::total};

TEMPLATE_TEST_CASE("transport: reads what the peer wrote", "[transport]", tcp_ends, unix_ends,
                   memory_ends) {
    TestType ends;
    const std::string text = "event: a\ndata: b\n\n";
    char buffer[100];
    io_probe write(ends.context);
    io_probe read(ends.context);
    read.initiate(
        [&](auto handler) { ends.far.async_read_some(asio::buffer(buffer), std::move(handler)); });
    write.initiate([&](auto handler) { ends.near.async_write(bytes(text), std::move(handler)); });
    ends.run();
    CHECK(read.fault() == "");
    CHECK(write.fault() == "");
    CHECK(read.allocations() > 0);
    CHECK(write.allocations() > 0);
    REQUIRE(read.called());
    CHECK_FALSE(write.error());
    CHECK(write.value() == text.size());
    CHECK(std::string(buffer, read.value()) == text);
}

TEMPLATE_TEST_CASE("transport: writes more than fits in at once", "[transport]", tcp_ends,
                   unix_ends, memory_ends) {
    TestType ends;
    std::string text(20'000'000, '\0');
    for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<char>(i * i % 251);
    std::string got;
    std::vector<char> buffer(100'000);
    std::function<void(error_code, std::size_t)> on_read = [&](error_code ec, std::size_t n) {
        got.append(buffer.data(), n);
        if (!ec)
            ends.far.async_read_some(asio::buffer(buffer), on_read);
        else
            CHECK(ec == asio::error::eof);
    };
    std::optional<std::size_t> written;
    ends.near.async_write(bytes(text), [&](error_code ec, std::size_t n) {
        CHECK_FALSE(ec);
        written = n;
        ends.near.close();
    });
    ends.far.async_read_some(asio::buffer(buffer), on_read);
    ends.run();
    CHECK(written == text.size());
    CHECK(got == text);
}

TEMPLATE_TEST_CASE("transport: an empty write completes with nothing written", "[transport]",
                   tcp_ends, unix_ends, memory_ends) {
    TestType ends;
    io_probe write(ends.context);
    write.initiate([&](auto handler) { ends.near.async_write({}, std::move(handler)); });
    ends.run();
    CHECK(write.fault() == "");
    CHECK_FALSE(write.error());
    CHECK(write.value() == 0);
}

TEMPLATE_TEST_CASE("transport: read_some reports that nothing is there", "[transport]", tcp_ends,
                   unix_ends, memory_ends) {
    TestType ends;
    char buffer[10];
    error_code ec;
    CHECK(ends.near.read_some(asio::buffer(buffer), ec) == 0);
    CHECK(ec == asio::error::would_block);
}

TEMPLATE_TEST_CASE("transport: write_some takes a part, and then reports that it is full",
                   "[transport]", tcp_ends, unix_ends, memory_ends) {
    TestType ends;
    const std::size_t written = fill(ends.near);
    CHECK(written > 0);
    wait_probe wait(ends.context);
    wait.initiate([&](auto handler) { ends.near.async_wait_writable(std::move(handler)); });
    ends.context.poll();
    CHECK_FALSE(wait.called());
    std::size_t taken = drain(ends.far);
    ends.run();
    CHECK(wait.fault() == "");
    CHECK(wait.allocations() > 0);
    REQUIRE(wait.called());
    CHECK_FALSE(wait.error());
    taken += drain(ends.far);
    CHECK(taken == written);
    error_code ec;
    CHECK(ends.near.write_some(asio::buffer("x", 1), ec) == 1);
    CHECK_FALSE(ec);
}

TEMPLATE_TEST_CASE("transport: waits for bytes without taking them", "[transport]", tcp_ends,
                   unix_ends, memory_ends) {
    TestType ends;
    wait_probe wait(ends.context);
    wait.initiate([&](auto handler) { ends.near.async_wait_readable(std::move(handler)); });
    ends.context.poll();
    CHECK_FALSE(wait.called());
    error_code ec;
    CHECK(ends.far.write_some(asio::buffer("abc", 3), ec) == 3);
    ends.run();
    CHECK(wait.fault() == "");
    REQUIRE(wait.called());
    CHECK_FALSE(wait.error());
    char buffer[2];
    CHECK(ends.near.read_some(asio::buffer(buffer), ec) == 2);
    CHECK(ends.near.read_some(asio::buffer(buffer), ec) == 1);
    CHECK(buffer[0] == 'c');
}

TEMPLATE_TEST_CASE("transport: the peer's close is the end of the stream", "[transport]", tcp_ends,
                   unix_ends, memory_ends) {
    TestType ends;
    error_code ec;
    CHECK(ends.far.write_some(asio::buffer("abc", 3), ec) == 3);
    ends.far.close();
    char buffer[10];
    io_probe first(ends.context);
    first.initiate(
        [&](auto handler) { ends.near.async_read_some(asio::buffer(buffer), std::move(handler)); });
    ends.run();
    CHECK(first.value() == 3);
    io_probe second(ends.context);
    second.initiate(
        [&](auto handler) { ends.near.async_read_some(asio::buffer(buffer), std::move(handler)); });
    ends.run();
    CHECK(second.error() == asio::error::eof);
    CHECK(ends.near.read_some(asio::buffer(buffer), ec) == 0);
    CHECK(ec == asio::error::eof);
}

TEMPLATE_TEST_CASE("transport: the peer's close wakes who waits for bytes", "[transport]", tcp_ends,
                   unix_ends, memory_ends) {
    TestType ends;
    wait_probe wait(ends.context);
    wait.initiate([&](auto handler) { ends.near.async_wait_readable(std::move(handler)); });
    ends.far.close();
    ends.run();
    REQUIRE(wait.called());
    CHECK_FALSE(wait.error());
}

TEMPLATE_TEST_CASE("transport: ends one direction, and goes on in the other", "[transport]",
                   tcp_ends, unix_ends, memory_ends) {
    TestType ends;
    error_code ec;
    ends.near.shutdown_send(ec);
    CHECK_FALSE(ec);
    char buffer[10];
    io_probe end(ends.context);
    end.initiate(
        [&](auto handler) { ends.far.async_read_some(asio::buffer(buffer), std::move(handler)); });
    ends.run();
    CHECK(end.error() == asio::error::eof);
    CHECK(ends.far.write_some(asio::buffer("bye", 3), ec) == 3);
    io_probe answer(ends.context);
    answer.initiate(
        [&](auto handler) { ends.near.async_read_some(asio::buffer(buffer), std::move(handler)); });
    ends.run();
    CHECK(answer.value() == 3);
    CHECK(ends.near.write_some(asio::buffer("x", 1), ec) == 0);
    CHECK(ec);
}

TEMPLATE_TEST_CASE("transport: writing to a peer that is gone fails", "[transport]", tcp_ends,
                   unix_ends, memory_ends) {
    TestType ends;
    ends.far.abort();
    error_code ec;
    for (int i = 0; i < 10 && !ec; ++i)
        ends.near.write_some(asio::buffer("x", 1), ec);
    INFO(ec.message());
    CHECK((ec == asio::error::broken_pipe || ec == asio::error::connection_reset));
}

TEMPLATE_TEST_CASE("transport: abort resets the connection, dropping what was not sent",
                   "[transport]", tcp_ends, memory_ends) {
    TestType ends;
    fill(ends.near);
    ends.near.abort();
    CHECK_FALSE(ends.near.is_open());
    std::vector<char> buffer(1 << 20);
    error_code ec;
    while (!ec)
        ends.far.read_some(asio::buffer(buffer), ec);
    CHECK(ec == asio::error::connection_reset);
}

TEMPLATE_TEST_CASE("transport: close ends all that is under way, once", "[transport]", tcp_ends,
                   unix_ends, memory_ends) {
    TestType ends;
    fill(ends.near);
    char buffer[10];
    io_probe read(ends.context);
    wait_probe writable(ends.context);
    read.initiate(
        [&](auto handler) { ends.near.async_read_some(asio::buffer(buffer), std::move(handler)); });
    writable.initiate([&](auto handler) { ends.near.async_wait_writable(std::move(handler)); });
    CHECK(ends.near.is_open());
    ends.near.close();
    CHECK_FALSE(ends.near.is_open());
    ends.near.close();
    ends.near.abort();
    ends.run();
    CHECK(read.fault() == "");
    CHECK(writable.fault() == "");
    CHECK(read.error() == asio::error::operation_aborted);
    CHECK(writable.error() == asio::error::operation_aborted);
    error_code ec;
    CHECK(ends.near.read_some(asio::buffer(buffer), ec) == 0);
    CHECK(ec);
    CHECK(ends.near.write_some(asio::buffer("x", 1), ec) == 0);
    CHECK(ec);
}

TEMPLATE_TEST_CASE("transport: destroying it ends what is under way", "[transport]", tcp_ends,
                   unix_ends, memory_ends) {
    TestType ends;
    char buffer[10];
    io_probe read(ends.context);
    auto near = std::make_unique<net::transport>(std::move(ends.near));
    read.initiate(
        [&](auto handler) { near->async_read_some(asio::buffer(buffer), std::move(handler)); });
    near.reset();
    ends.run();
    CHECK(read.fault() == "");
    CHECK(read.error() == asio::error::operation_aborted);
}

TEMPLATE_TEST_CASE("transport: every type of cancellation ends a read", "[transport]", tcp_ends,
                   unix_ends, memory_ends) {
    for (const auto type : every_type) {
        TestType ends;
        char buffer[10];
        io_probe read(ends.context);
        read.initiate([&](auto handler) {
            ends.near.async_read_some(asio::buffer(buffer), std::move(handler));
        });
        ends.context.poll();
        read.cancel(type);
        ends.run();
        CHECK(read.fault() == "");
        CHECK(read.error() == asio::error::operation_aborted);
        // Nothing was lost, and the transport goes on.
        error_code ec;
        ends.far.write_some(asio::buffer("abc", 3), ec);
        io_probe again(ends.context);
        again.initiate([&](auto handler) {
            ends.near.async_read_some(asio::buffer(buffer), std::move(handler));
        });
        ends.run();
        CHECK(again.value() == 3);
    }
}

TEMPLATE_TEST_CASE("transport: every type of cancellation ends a wait", "[transport]", tcp_ends,
                   unix_ends, memory_ends) {
    for (const auto type : every_type) {
        TestType ends;
        fill(ends.near);
        wait_probe readable(ends.context);
        wait_probe writable(ends.context);
        readable.initiate([&](auto handler) { ends.near.async_wait_readable(std::move(handler)); });
        writable.initiate([&](auto handler) { ends.near.async_wait_writable(std::move(handler)); });
        ends.context.poll();
        readable.cancel(type);
        writable.cancel(type);
        ends.run();
        CHECK(readable.error() == asio::error::operation_aborted);
        CHECK(writable.error() == asio::error::operation_aborted);
    }
}

TEMPLATE_TEST_CASE("transport: cancelling a long write tells how much was written", "[transport]",
                   tcp_ends, unix_ends, memory_ends) {
    TestType ends;
    const std::string text(50'000'000, 'x');
    io_probe write(ends.context);
    write.initiate([&](auto handler) { ends.near.async_write(bytes(text), std::move(handler)); });
    ends.context.poll();
    CHECK_FALSE(write.called());
    write.cancel(asio::cancellation_type::terminal);
    ends.run();
    CHECK(write.fault() == "");
    CHECK(write.error() == asio::error::operation_aborted);
    CHECK(write.value() > 0);
    CHECK(write.value() == drain(ends.far));
}

TEMPLATE_TEST_CASE("transport: handlers go uncalled with the context", "[transport]", tcp_ends,
                   unix_ends, memory_ends) {
    std::optional<TestType> ends(std::in_place);
    char buffer[10];
    io_probe read(ends->context);
    wait_probe writable(ends->context);
    // As usual, the handlers own what they work on.
    auto near = std::make_shared<net::transport>(std::move(ends->near));
    fill(*near);
    read.initiate(
        [&](auto handler) { near->async_read_some(asio::buffer(buffer), std::move(handler)); });
    near->async_wait_writable([near](error_code) { FAIL("called"); });
    near.reset();
    ends->context.poll();
    ends.reset();
    CHECK(read.destroyed());
    CHECK(read.fault() == "");
}

TEMPLATE_TEST_CASE("transport: knows its executor, and hands it on", "[transport]", tcp_ends,
                   unix_ends, memory_ends) {
    TestType ends;
    CHECK(ends.near.get_executor() == asio::any_io_executor(ends.context.get_executor()));
    bool called = false;
    ends.near.async_wait_writable([&](error_code) { called = true; });
    ends.run();
    CHECK(called);
}

TEMPLATE_TEST_CASE("transport: steady reading and writing allocates nothing", "[transport]",
                   tcp_ends, unix_ends, memory_ends) {
    TestType ends;
    char buffer[100];
    allocation_count count;
    std::size_t before = 0;
    int rounds = 0;
    std::function<void(error_code, std::size_t)> on_read;
    const auto next = [&] {
        error_code ec;
        ends.far.write_some(asio::buffer("0123456789", 10), ec);
        // By reference: a copy of a std::function could allocate.
        ends.near.async_read_some(asio::buffer(buffer),
                                  [&](error_code e, std::size_t n) { on_read(e, n); });
    };
    on_read = [&](error_code ec, std::size_t n) {
        REQUIRE_FALSE(ec);
        REQUIRE(n == 10);
        if (++rounds == 10) before = count.allocations();
        if (rounds < 1000) next();
    };
    next();
    ends.run();
    CHECK(rounds == 1000);
    CHECK(count.allocations() == before);
}

TEST_CASE("transport: a closed one fails, and does nothing", "[transport]") {
    asio::io_context context;
    net::transport closed(context.get_executor());
    CHECK_FALSE(closed.is_open());
    CHECK(closed.remote_address() == "");
    CHECK(closed.remote_port() == 0);
    error_code ec;
    char buffer[1];
    closed.read_some(asio::buffer(buffer), ec);
    CHECK(ec == asio::error::bad_descriptor);
    io_probe read(context);
    read.initiate(
        [&](auto handler) { closed.async_read_some(asio::buffer(buffer), std::move(handler)); });
    run_bounded(context);
    CHECK(read.fault() == "");
    CHECK(read.error() == asio::error::bad_descriptor);
}

TEST_CASE("transport: tells the peer's address and port", "[transport]") {
    asio::io_context context;
    SECTION("IPv4") {
        loopback_pair pair(context);
        CHECK(pair.far.remote_address() == "127.0.0.1");
        CHECK(pair.far.remote_port() ==
              asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), pair.far.remote_port())
                  .port());
        CHECK(pair.near.remote_port() != pair.far.remote_port());
    }
    SECTION("unix socket") {
        unix_pair pair(context);
        CHECK(pair.near.remote_address() == "");
        CHECK(pair.near.remote_port() == 0);
    }
    SECTION("in memory") {
        test_stream_pair pair(context.get_executor());
        pair.near.remote("192.0.2.1", 80);
        const net::transport near = pair.near.transport();
        CHECK(near.remote_address() == "192.0.2.1");
        CHECK(near.remote_port() == 80);
    }
}

TEST_CASE("transport: a read sees the reset of the peer", "[transport]") {
    tcp_ends ends;
    char buffer[10];
    io_probe read(ends.context);
    read.initiate(
        [&](auto handler) { ends.near.async_read_some(asio::buffer(buffer), std::move(handler)); });
    ends.far.abort();
    ends.run();
    CHECK(read.error() == asio::error::connection_reset);
}

TEST_CASE("transport: gives access to what it is made of", "[transport]") {
    tcp_ends sockets;
    REQUIRE(sockets.near.socket() != nullptr);
    CHECK(sockets.near.stream() == nullptr);
    error_code ec;
    sockets.near.socket()->set_option(asio::ip::tcp::no_delay(true), ec);
    CHECK_FALSE(ec);
    memory_ends memory;
    CHECK(memory.near.socket() == nullptr);
    CHECK(memory.near.stream() != nullptr);
}

/// Bytes that one more idle transport costs, which waits for its peer to say something.
template <class Executor>
std::size_t idle_bytes() {
    constexpr int count = 100;
    asio::io_context context;
    std::vector<net::basic_transport<Executor>> transports;
    transports.reserve(count);
    std::size_t bytes = 0;
    for (int i = 0; i < count; ++i) {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
        const allocation_count allocated;
        transports.emplace_back(asio::basic_stream_socket<asio::local::stream_protocol, Executor>(
            context.get_executor(), asio::local::stream_protocol(), ends[0]));
        transports.back().async_wait_readable([&](error_code) {});
        bytes = allocated.bytes(); // the last counts: the first has memory that was there already
        ::close(ends[1]);
    }
    return bytes + sizeof(transports.back());
}

TEST_CASE("transport: is small, and so is what waits for it", "[transport]") {
#if defined(__linux__) && defined(__x86_64__)
    CHECK(sizeof(net::transport) <= 96);
    CHECK(sizeof(net::basic_transport<asio::io_context::executor_type>) <= 48);
    CHECK(idle_bytes<asio::any_io_executor>() > 200);
    CHECK(idle_bytes<asio::any_io_executor>() <= 430); // 415 with Asio 1.22, 423 with 1.36
    CHECK(idle_bytes<asio::io_context::executor_type>() <= 330);
#endif
}

} // namespace net_transport_test
