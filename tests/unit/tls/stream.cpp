// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"
#include "support/handler_probe.hpp"
#include "unit/tls/tls_pair.hpp"

#include <sse/testing/fail_loop.hpp>
#include <sse/tls.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace tls_stream_test {

using namespace sse;
using namespace sse::testing;
using io_probe = handler_probe<void(error_code, std::size_t)>;
using wait_probe = handler_probe<void(error_code)>;

/// A read of up to 64 bytes.
struct reading {
    std::array<char, 64> bytes{};
    io_probe probe;

    explicit reading(tls_pair& pair) : probe(pair.sim.context()) {
        probe.initiate([&](auto handler) {
            pair.stream->async_read_some(
                asio::buffer(bytes), net::io_handler(std::move(handler), pair.sim.get_executor()));
        });
    }
    [[nodiscard]] std::string text() { return {bytes.data(), probe.value()}; }
};

TEST_CASE("tls_stream: shakes hands over any transport, cut anywhere", "[tls_stream]") {
    tls_pair pair;
    SECTION("whole") {}
    SECTION("by the byte") {
        pair.ends.near.read_size(1).write_size(1);
        pair.ends.far.read_size(1).write_size(1);
    }
    SECTION("through a needle's eye") {
        pair.ends.near.capacity(7);
        pair.ends.far.capacity(7);
    }
    REQUIRE(pair.handshake());
    CHECK(pair.probe.fault() == "");
    CHECK(pair.stream->is_open());
    reading read(pair);
    std::string_view rest = "hello";
    for (int i = 0; i < 1000 && !read.probe.called(); ++i) {
        rest = pair.server->send(rest);
        pair.sim.settle();
    }
    CHECK(rest.empty());
    REQUIRE(read.probe.called());
    CHECK(read.probe.fault() == "");
    CHECK(read.text() == "hello");
}

TEST_CASE("tls_stream: reads wait, and several records come with one read", "[tls_stream]") {
    tls_pair pair;
    REQUIRE(pair.handshake());
    reading first(pair);
    pair.sim.settle();
    CHECK_FALSE(first.probe.called());
    CHECK(pair.server->send("a").empty());
    pair.sim.settle();
    REQUIRE(first.probe.called());
    CHECK(first.text() == "a");
    CHECK(pair.server->send("b").empty());
    CHECK(pair.server->send("c").empty());
    reading second(pair);
    pair.sim.settle();
    CHECK(second.text() == "bc");
}

TEST_CASE("tls_stream: without waiting it reads and writes what goes", "[tls_stream]") {
    tls_pair pair;
    REQUIRE(pair.handshake());
    std::array<char, 8> buffer{};
    error_code ec;
    CHECK(pair.stream->read_some(asio::buffer(buffer), ec) == 0);
    CHECK(ec == asio::error::would_block);
    CHECK(pair.server->send("0123456789").empty());
    CHECK(pair.stream->read_some(asio::buffer(buffer), ec) == 8);
    CHECK_FALSE(ec);
    CHECK(pair.stream->read_some(asio::buffer(buffer), ec) == 2);
    CHECK(pair.stream->write_some(asio::buffer("abc", 3), ec) == 3);
    CHECK(pair.server->receive() == "abc");
    CHECK(pair.stream->write_some(asio::const_buffer(), ec) == 0);
    CHECK_FALSE(ec);
}

TEST_CASE("tls_stream: an error that others left in OpenSSL's queue is not taken for its own",
          "[tls_stream]") {
    const auto leave_error = [] { CHECK(BIO_new_file("/no/such/file", "r") == nullptr); };
    tls_pair pair;
    pair.ends.near.read_size(1);
    leave_error();
    REQUIRE(pair.handshake());
    pair.ends.far.capacity(1000);
    error_code ec;
    const std::string bytes(5000, 'x');
    leave_error();
    CHECK(pair.stream->write_some(asio::buffer(bytes), ec) == bytes.size() - 1);
    CHECK_FALSE(ec);
    leave_error();
    CHECK(pair.stream->write_some(asio::buffer(bytes), ec) == 0);
    CHECK(ec == asio::error::would_block);
    std::array<char, 8> buffer{};
    leave_error();
    CHECK(pair.stream->read_some(asio::buffer(buffer), ec) == 0);
    CHECK(ec == asio::error::would_block);
}

TEST_CASE("tls_stream: a write that blocked goes on with the same bytes at another place",
          "[tls_stream]") {
    tls_pair pair;
    REQUIRE(pair.handshake());
    pair.ends.far.capacity(1000);
    const std::string all(50'000, 'x');
    std::string received;
    std::size_t sent = 0;
    for (int i = 0; i < 10'000 && sent < all.size(); ++i) {
        const std::string rest = all.substr(sent);
        error_code ec;
        sent += pair.stream->write_some(asio::buffer(rest), ec);
        if (ec == asio::error::would_block) received += pair.server->receive();
    }
    for (std::string piece = "-"; !piece.empty(); received += piece)
        piece = pair.server->receive();
    CHECK(received == all);
}

TEST_CASE("tls_stream: a write waits until the peer takes more", "[tls_stream]") {
    tls_pair pair;
    REQUIRE(pair.handshake());
    pair.ends.far.capacity(100);
    const std::string bytes(5000, 'x');
    io_probe probe(pair.sim.context());
    probe.initiate([&](auto handler) {
        pair.stream->async_write_some(asio::buffer(bytes),
                                      net::io_handler(std::move(handler), pair.sim.get_executor()));
    });
    pair.sim.settle();
    CHECK_FALSE(probe.called());
    std::string received;
    for (int i = 0; i < 1000 && !probe.called(); ++i) {
        received += pair.server->receive();
        pair.sim.settle();
    }
    REQUIRE(probe.called());
    CHECK(probe.fault() == "");
    CHECK(probe.value() == 5000);
    CHECK((received + pair.server->receive()) == bytes);
}

TEST_CASE("tls_stream: a wait ends when there is something to read, and does not spin",
          "[tls_stream]") {
    tls_pair pair;
    REQUIRE(pair.handshake());
    const auto wait = [&](wait_probe& probe) {
        probe.initiate([&](auto handler) {
            pair.stream->async_wait(net::readiness::readable,
                                    net::wait_handler(std::move(handler), pair.sim.get_executor()));
        });
        pair.sim.settle();
    };
    std::array<char, 4> buffer{};
    error_code ec;
    (void)pair.stream->read_some(asio::buffer(buffer), ec);
    REQUIRE(ec == asio::error::would_block);
    wait_probe silent(pair.sim.context());
    wait(silent);
    CHECK_FALSE(silent.called());
    CHECK(pair.server->send("01234567").empty());
    pair.sim.settle();
    CHECK(silent.called());
    CHECK(silent.fault() == "");
    CHECK(pair.stream->read_some(asio::buffer(buffer), ec) == 4);
    // The rest is inside, where no transport tells of it.
    wait_probe inside(pair.sim.context());
    wait(inside);
    CHECK(inside.called());
    CHECK(pair.stream->read_some(asio::buffer(buffer), ec) == 4);
    wait_probe empty(pair.sim.context());
    (void)pair.stream->read_some(asio::buffer(buffer), ec);
    wait(empty);
    CHECK_FALSE(empty.called());
}

TEST_CASE("tls_stream: a read of records that carry no data gives way after a bounded number of "
          "bytes",
          "[tls_stream]") {
    tls_pair pair;
    REQUIRE(pair.handshake());
    std::array<char, 64> buffer{};
    error_code ec;
    CHECK(pair.stream->read_some(asio::buffer(buffer), ec) == 0);
    pair.ends.near.capacity(std::size_t{2} << 20);
    for (int i = 0; i < 20'000; ++i)
        pair.server->update_key();
    CHECK(pair.server->send("data").empty());
    const std::size_t flood = pair.ends.near.waiting().size();
    REQUIRE(flood > 400'000);
    CHECK(pair.stream->read_some(asio::buffer(buffer), ec) == 0);
    CHECK(ec == asio::error::would_block);
    CHECK(flood - pair.ends.near.waiting().size() < 100'000);
    // what is left is waited for as if it had just come
    reading read(pair);
    pair.sim.settle();
    REQUIRE(read.probe.called());
    CHECK(read.text() == "data");
}

TEST_CASE("tls_stream: a peer that sends a megabyte of records without data is given up",
          "[tls_stream]") {
    tls_pair pair;
    REQUIRE(pair.handshake());
    pair.ends.near.capacity(std::size_t{2} << 20);
    const bool data_between = GENERATE(false, true);
    for (int i = 0; i < 45'000; ++i) {
        if (i == 20'000 && data_between) REQUIRE(pair.server->send("data").empty());
        pair.server->update_key();
    }
    reading read(pair);
    pair.sim.settle();
    REQUIRE(read.probe.called());
    if (!data_between) {
        CHECK(read.probe.error() == condition::tls);
        return;
    }
    CHECK(read.text() == "data");
    reading more(pair);
    pair.sim.settle();
    CHECK_FALSE(more.probe.called());
}

TEST_CASE("tls_stream: tells a close_notify from a connection cut short", "[tls_stream]") {
    tls_pair pair;
    REQUIRE(pair.handshake());
    CHECK(pair.server->send("last words").empty());
    SECTION("close_notify") {
        pair.server->goodbye();
        reading read(pair);
        pair.sim.settle();
        CHECK(read.text() == "last words");
        reading end(pair);
        pair.sim.settle();
        CHECK(end.probe.error() == asio::error::eof);
    }
    SECTION("cut short") {
        pair.ends.far.shutdown_send();
        reading read(pair);
        pair.sim.settle();
        CHECK(read.text() == "last words");
        reading end(pair);
        pair.sim.settle();
        CHECK(end.probe.error() == errc::truncated);
    }
    SECTION("broken") {
        pair.ends.far.reset();
        reading read(pair);
        pair.sim.settle();
        CHECK(read.text() == "last words");
        reading end(pair);
        pair.sim.settle();
        CHECK(end.probe.error() == asio::error::connection_reset);
    }
    SECTION("tampered with") {
        pair.ends.far.send(std::string("\x17\x03\x03\x00\x14", 5) + std::string(20, 'x'));
        reading read(pair);
        pair.sim.settle();
        CHECK(read.text() == "last words");
        reading end(pair);
        pair.sim.settle();
        CHECK(end.probe.error() == condition::tls);
    }
}

TEST_CASE("tls_stream: a write to who has refused us tells why", "[tls_stream]") {
    tls_pair pair;
    REQUIRE(pair.handshake());
    pair.ends.near.send(std::string("\x17\x03\x03\x00\x14", 5) + std::string(20, 'x'));
    (void)pair.server->receive(); // which answers with an alert
    pair.ends.far.close();
    error_code ec;
    CHECK(pair.stream->write_some(asio::buffer("abc", 3), ec) == 0);
    CHECK(ec == condition::tls);
}

TEST_CASE("tls_stream: closing ends what is under way, and says goodbye", "[tls_stream]") {
    tls_pair pair;
    REQUIRE(pair.handshake());
    reading read(pair);
    pair.sim.settle();
    SECTION("by close") { pair.stream->close(); }
    SECTION("by the destructor") { pair.stream.reset(); }
    pair.sim.settle();
    REQUIRE(read.probe.called());
    CHECK(read.probe.fault() == "");
    CHECK(read.probe.error() == asio::error::operation_aborted);
    CHECK(pair.server->receive() == "");
    CHECK(pair.server->last() == asio::error::eof);
    if (!pair.stream) return;
    CHECK_FALSE(pair.stream->is_open());
    error_code ec;
    std::array<char, 4> buffer{};
    (void)pair.stream->read_some(asio::buffer(buffer), ec);
    CHECK(ec == asio::error::bad_descriptor);
    reading late(pair);
    pair.sim.settle();
    CHECK(late.probe.error() == asio::error::bad_descriptor);
}

TEST_CASE("tls_stream: ends its sending direction in order", "[tls_stream]") {
    tls_pair pair;
    REQUIRE(pair.handshake());
    error_code ec;
    CHECK(pair.stream->write_some(asio::buffer("bye", 3), ec) == 3);
    pair.stream->shutdown_send(ec);
    CHECK_FALSE(ec);
    CHECK(pair.server->receive() == "bye");
    CHECK(pair.server->last() == asio::error::eof);
    CHECK(pair.server->send("still here").empty());
    reading read(pair);
    pair.sim.settle();
    CHECK(read.text() == "still here");
}

TEST_CASE("tls_stream: cancellation ends a read without effect", "[tls_stream]") {
    tls_pair pair;
    REQUIRE(pair.handshake());
    for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                            asio::cancellation_type::total}) {
        reading read(pair);
        pair.sim.settle();
        read.probe.cancel(type);
        CHECK_FALSE(read.probe.called());
        pair.sim.settle();
        REQUIRE(read.probe.called());
        CHECK(read.probe.fault() == "");
        CHECK(read.probe.error() == asio::error::operation_aborted);
    }
    CHECK(pair.server->send("on").empty());
    reading read(pair);
    pair.sim.settle();
    CHECK(read.text() == "on");
}

TEST_CASE("tls_stream: cancellation ends a handshake, and the connection", "[tls_stream]") {
    for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                            asio::cancellation_type::total}) {
        tls_pair pair;
        pair.start();
        pair.sim.settle();
        pair.probe.cancel(type);
        pair.sim.settle();
        REQUIRE(pair.probe.called());
        CHECK(pair.probe.fault() == "");
        CHECK(pair.probe.error() == asio::error::operation_aborted);
        CHECK_FALSE(pair.probe.value());
        CHECK_FALSE(pair.ends.near.is_open());
    }
}

TEST_CASE("tls_stream: whatever operation fails, its error is told and nothing hangs",
          "[tls_stream]") {
    const std::size_t runs = fail_loop([](const fail_count& fail) {
        tls_pair pair;
        pair.ends.near.fail(fail);
        if (!pair.handshake()) {
            REQUIRE(pair.probe.called());
            CHECK(pair.probe.fault() == "");
            CHECK(pair.probe.error() == asio::error::connection_reset);
            CHECK_FALSE(pair.probe.value());
            return;
        }
        error_code ec;
        (void)pair.stream->write_some(asio::buffer("abc", 3), ec);
        if (ec) return;
        CHECK(pair.server->receive() == "abc");
        CHECK(pair.server->send("def").empty());
        reading read(pair);
        pair.sim.settle();
        REQUIRE(read.probe.called());
        if (!read.probe.error()) CHECK(read.text() == "def");
        pair.stream->close();
    });
    CHECK(runs > 5);
}

} // namespace tls_stream_test
