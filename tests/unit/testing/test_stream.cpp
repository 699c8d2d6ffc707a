// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// What a stream in memory does beyond what every transport does (unit/net/transport.cpp).
#include "support/catch.hpp"
#include "support/handler_probe.hpp"

#include <sse/testing/fail_loop.hpp>
#include <sse/testing/test_stream.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace testing_test_stream_test {

using namespace sse;
using namespace sse::testing;
using io_probe = handler_probe<void(error_code, std::size_t)>;

struct fixture {
    asio::io_context context{};
    test_stream_pair ends{context.get_executor()};
    net::transport near = ends.near.transport();
    char buffer[100] = {};

    void poll() {
        context.restart();
        context.poll();
    }
    error_code read(std::string& got) {
        error_code ec;
        got.assign(buffer, near.read_some(asio::buffer(buffer), ec));
        return ec;
    }
    std::string read() {
        std::string got;
        (void)read(got);
        return got;
    }
    error_code write(const std::string& text, std::size_t& n) {
        error_code ec;
        n = near.write_some(asio::buffer(text), ec);
        return ec;
    }
};

TEST_CASE("test_stream: reads at most so many bytes at a time", "[test_stream]") {
    fixture f;
    f.ends.near.read_size(3);
    f.ends.far.send("abcdefg");
    CHECK(f.ends.near.waiting() == "abcdefg");
    CHECK(f.read() == "abc");
    CHECK(f.read() == "def");
    CHECK(f.read() == "g");
    CHECK(f.ends.near.waiting() == "");
}

TEST_CASE("test_stream: writes at most so many bytes at a time", "[test_stream]") {
    fixture f;
    f.ends.near.write_size(3);
    io_probe write(f.context);
    const std::string text = "abcdefg";
    write.initiate(
        [&](auto handler) { f.near.async_write_some(asio::buffer(text), std::move(handler)); });
    f.poll();
    CHECK(write.value() == 3);
    CHECK(f.ends.far.take() == "abc");
    io_probe all(f.context);
    all.initiate([&](auto handler) { f.near.async_write(asio::buffer(text), std::move(handler)); });
    f.poll();
    CHECK(all.value() == 7);
    CHECK(f.ends.far.take() == text);
    CHECK(f.ends.near.sent() == 10);
}

TEST_CASE("test_stream: holds so many bytes, and then blocks the writer", "[test_stream]") {
    fixture f;
    f.ends.far.capacity(5);
    std::size_t n = 0;
    CHECK_FALSE(f.write("abcdefg", n));
    CHECK(n == 5);
    CHECK(f.write("fg", n) == asio::error::would_block);
    io_probe write(f.context);
    write.initiate(
        [&](auto handler) { f.near.async_write_some(asio::buffer("fg", 2), std::move(handler)); });
    f.poll();
    CHECK_FALSE(write.called());
    CHECK(f.ends.near.writing());
    CHECK(f.ends.far.take() == "abcde");
    f.poll();
    CHECK(write.value() == 2);
    CHECK_FALSE(f.ends.near.writing());
}

TEST_CASE("test_stream: closes after so many bytes", "[test_stream]") {
    fixture f;
    f.ends.far.close_after(5);
    f.ends.far.send("abc");
    f.ends.far.send("defg");
    f.ends.far.send("h");
    std::string got;
    CHECK_FALSE(f.read(got));
    CHECK(got == "abcde");
    CHECK(f.read(got) == asio::error::eof);
    CHECK_FALSE(f.ends.far.is_open());
    CHECK(f.ends.near.ended());
}

TEST_CASE("test_stream: resets after so many bytes", "[test_stream]") {
    fixture f;
    f.ends.far.reset_after(5);
    f.ends.far.send("abcdefg");
    std::string got;
    CHECK_FALSE(f.read(got));
    CHECK(got == "abcde");
    CHECK(f.read(got) == asio::error::connection_reset);
    std::size_t n = 0;
    CHECK(f.write("x", n) == asio::error::connection_reset);
}

TEST_CASE("test_stream: is reset by the bytes that the near end writes", "[test_stream]") {
    fixture f;
    f.ends.near.reset_after(5);
    io_probe write(f.context);
    const std::string text = "abcdefg";
    write.initiate(
        [&](auto handler) { f.near.async_write(asio::buffer(text), std::move(handler)); });
    f.poll();
    CHECK(write.fault() == "");
    CHECK(write.error() == asio::error::connection_reset);
    CHECK(write.value() == 5);
    CHECK(f.ends.far.take() == "abcde");
}

TEST_CASE("test_stream: cut before its first byte, it is cut at once", "[test_stream]") {
    fixture f;
    io_probe read(f.context);
    read.initiate(
        [&](auto handler) { f.near.async_read_some(asio::buffer(f.buffer), std::move(handler)); });
    CHECK(f.ends.near.reading());
    SECTION("closed") {
        f.ends.far.close_after(0);
        f.poll();
        CHECK(read.error() == asio::error::eof);
    }
    SECTION("reset") {
        f.ends.far.reset_after(0);
        f.poll();
        CHECK(read.error() == asio::error::connection_reset);
    }
    CHECK(read.fault() == "");
    CHECK_FALSE(f.ends.near.reading());
}

TEST_CASE("test_stream: fails the operation that it is told to", "[test_stream]") {
    fixture f;
    f.ends.near.fail(fail_count(2, errc::truncated));
    f.ends.far.send("abc");
    std::string got;
    std::size_t n = 0;
    CHECK_FALSE(f.read(got));
    CHECK_FALSE(f.write("x", n));
    SECTION("a non-blocking read") { CHECK(f.read(got) == errc::truncated); }
    SECTION("a non-blocking write") { CHECK(f.write("x", n) == errc::truncated); }
    SECTION("a read") {
        io_probe read(f.context);
        read.initiate([&](auto handler) {
            f.near.async_read_some(asio::buffer(f.buffer), std::move(handler));
        });
        f.poll();
        CHECK(read.fault() == "");
        CHECK(read.error() == errc::truncated);
    }
    SECTION("a wait") {
        handler_probe<void(error_code)> wait(f.context);
        wait.initiate([&](auto handler) { f.near.async_wait_readable(std::move(handler)); });
        f.poll();
        CHECK(wait.fault() == "");
        CHECK(wait.error() == errc::truncated);
    }
    CHECK(f.ends.near.is_open());
    CHECK_FALSE(f.write("y", n));
}

TEST_CASE("test_stream: closes with its last handle and transport", "[test_stream]") {
    asio::io_context context;
    std::optional<test_stream_pair> ends(std::in_place, context.get_executor());
    const test_stream far = ends->far;
    ends.reset();
    CHECK(far.is_open());
    CHECK(far.ended());
}

TEST_CASE("test_stream: a transport closes its end, whoever still looks into it", "[test_stream]") {
    fixture f;
    {
        const net::transport gone = std::move(f.near);
        CHECK(f.ends.near.is_open());
    }
    CHECK_FALSE(f.ends.near.is_open());
    CHECK(f.ends.far.ended());
}

TEST_CASE("test_stream: bytes cross both ways at once, in any sizes", "[test_stream]") {
    for (const std::size_t size : {1u, 2u, 7u, 1000u}) {
        fixture f;
        net::transport far = f.ends.far.transport();
        f.ends.near.read_size(size).write_size(3).capacity(5);
        f.ends.far.read_size(4).write_size(size).capacity(2);
        const std::string there(1000, 'a');
        const std::string back(1500, 'b');
        std::string got_near;
        std::string got_far;
        char far_buffer[100];
        std::function<void(error_code, std::size_t)> read_near = [&](error_code ec, std::size_t n) {
            got_near.append(f.buffer, n);
            if (!ec) f.near.async_read_some(asio::buffer(f.buffer), read_near);
        };
        std::function<void(error_code, std::size_t)> read_far = [&](error_code ec, std::size_t n) {
            got_far.append(far_buffer, n);
            if (!ec) far.async_read_some(asio::buffer(far_buffer), read_far);
        };
        read_near({}, 0);
        read_far({}, 0);
        f.near.async_write(asio::buffer(there),
                           [](error_code ec, std::size_t) { CHECK_FALSE(ec); });
        far.async_write(asio::buffer(back), [](error_code ec, std::size_t) { CHECK_FALSE(ec); });
        f.poll();
        CHECK(got_far == there);
        CHECK(got_near == back);
        f.near.close();
        far.close();
        f.poll();
    }
}

TEST_CASE("test_stream: the peer may close while it is told that it may write", "[test_stream]") {
    fixture f;
    f.ends.far.capacity(0);
    io_probe write(f.context);
    write.initiate(
        [&](auto handler) { f.near.async_write(asio::buffer("abc", 3), std::move(handler)); });
    f.ends.far.close();
    f.poll();
    CHECK(write.fault() == "");
    CHECK(write.error() == asio::error::broken_pipe);
}

} // namespace testing_test_stream_test
