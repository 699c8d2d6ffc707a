// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// What it does wherever its socket waits: in a set, and as a transport of its own.
#include "support/catch.hpp"
#include "support/loopback.hpp"

#include <sse/net/multiplexed_transport.hpp>
#include <sse/testing/test_stream.hpp>

#include <sys/socket.h>

#include <memory>
#include <string>
#include <utility>

namespace net_multiplexed_transport_test {

using namespace sse;
using namespace sse::testing;
using executor = asio::any_io_executor;
using set_type = net::readiness_set<executor>;
using transport_type = net::multiplexed_transport<executor, set_type>;
constexpr auto readable = net::readiness::readable;
constexpr auto writable = net::readiness::writable;

struct owner final : net::readiness_observer {
    explicit owner(transport_type t) : transport(std::move(t)) {}
    void on_ready(net::readiness what, const error_code& waited) override {
        ++(what == readable ? reads : writes);
        failed = waited;
    }
    std::string read() {
        std::string text(1'000, ' ');
        text.resize(transport.read_some(asio::buffer(text), ec));
        return text;
    }
    void fill() {
        const std::string block(100'000, 'x');
        for (ec = {}; !ec;)
            transport.write_some(asio::buffer(block), ec);
        CHECK(ec == asio::error::would_block);
    }

    transport_type transport;
    int reads = 0;
    int writes = 0;
    error_code failed;
    error_code ec;
};

/// Everything that a transport may be attached to.
struct fixture {
    asio::io_context context{1};
    loopback_pair pair{context};
    std::shared_ptr<set_type> set = std::make_shared<set_type>(context.get_executor());
    std::shared_ptr<owner> near;

    void make(transport_type t, set_type* into) {
        near = std::make_shared<owner>(std::move(t));
        near->transport.attach(into, context.get_executor(), *near);
    }
    void run() {
        context.restart();
        context.poll();
    }
    void far_send(const std::string& text) {
        error_code ec;
        CHECK(pair.far.write_some(asio::buffer(text), ec) == text.size());
    }
    void far_drain() {
        std::string block(100'000, ' ');
        for (error_code ec; !ec;)
            pair.far.read_some(asio::buffer(block), ec);
    }
#ifdef __linux__
    transport_type plain() {
        return transport_type(transport_type::plain_socket(pair.near.socket()->release()));
    }
#endif
};

void read_and_write(fixture& f) {
    owner& near = *f.near;
    near.transport.wait(readable, f.near);
    f.run();
    CHECK(near.reads == 0);
    f.far_send("hello");
    CHECK(near.reads == 0);
    f.run();
    CHECK(near.reads == 1);
    CHECK(near.read() == "hello");
    CHECK(near.read().empty());
    CHECK(near.ec == asio::error::would_block);

    near.transport.wait(readable, f.near);
    near.fill();
    near.transport.wait(writable, f.near);
    f.run();
    CHECK(near.writes == 0);
    for (int i = 0; near.writes == 0 && i < 100; ++i) {
        f.far_drain();
        f.run();
    }
    CHECK(near.writes == 1);
    CHECK(near.reads == 1);

    near.transport.shutdown_send(near.ec);
    CHECK(!near.ec);
    f.pair.far.close();
    for (int i = 0; near.reads == 1 && i < 100; ++i)
        f.run();
    CHECK(near.reads == 2);
    CHECK(!near.failed);
}

#ifdef __linux__

TEST_CASE("multiplexed_transport: reads, writes and waits in a set", "[multiplexed_transport]") {
    fixture f;
    REQUIRE(!f.set->open());
    f.make(f.plain(), f.set.get());
    CHECK(f.near->transport.remote_address() == "127.0.0.1");
    read_and_write(f);
    f.near->transport.close();
    CHECK(f.near.use_count() == 1);
    CHECK(f.near->transport.remote_address().empty());
    CHECK(f.near->read().empty());
    CHECK(f.near->ec == asio::error::bad_descriptor);
}

TEST_CASE("multiplexed_transport: becomes a transport of its own", "[multiplexed_transport]") {
    fixture f;
    SECTION("without a set") { f.make(f.plain(), nullptr); }
    SECTION("where there is no room in it") { f.make(f.plain(), f.set.get()); }
    CHECK(f.near->transport.remote_address() == "127.0.0.1");
    read_and_write(f);
    CHECK(f.near->transport.lone().is_open());
}

TEST_CASE("multiplexed_transport: may be moved until it is attached", "[multiplexed_transport]") {
    fixture f;
    transport_type first = f.plain();
    CHECK(first.remote_address() == "127.0.0.1");
    transport_type second(std::move(first));
    CHECK(second.remote_address() == "127.0.0.1");
    { const transport_type last(std::move(second)); }
    std::string text(10, ' ');
    error_code ec;
    for (int i = 0; i < 1'000 && ec != asio::error::eof; ++i)
        f.pair.far.read_some(asio::buffer(text), ec);
    CHECK(ec == asio::error::eof);
}

#endif

TEST_CASE("multiplexed_transport: takes over a transport", "[multiplexed_transport]") {
    fixture f;
    static_cast<void>(f.set->open());
    f.make(transport_type(std::move(f.pair.near)), f.set.get());
    read_and_write(f);
}

TEST_CASE("multiplexed_transport: keeps its owner while an operation waits",
          "[multiplexed_transport]") {
    fixture f;
    f.make(transport_type(std::move(f.pair.near)), nullptr);
    const std::weak_ptr<owner> near = f.near;
    f.near->transport.wait(readable, f.near);
    f.near->transport.wait(writable, f.near);
    f.near->transport.close();
    f.near.reset();
    CHECK_FALSE(near.expired());
    f.run();
    CHECK(near.expired());
}

TEST_CASE("multiplexed_transport: runs over streams of other kinds", "[multiplexed_transport]") {
    fixture f;
    test_stream_pair ends(f.context.get_executor());
    net::transport far = ends.far.transport();
    f.make(transport_type(ends.near.transport()), f.set.get());
    f.near->transport.wait(readable, f.near);
    error_code ec;
    far.write_some(asio::buffer("x", 1), ec);
    f.run();
    CHECK(f.near->reads == 1);
    CHECK(f.near->read() == "x");
    f.near->transport.wait(readable, f.near);
    f.near->transport.close();
    f.run();
    CHECK(f.near->failed == asio::error::operation_aborted);
}

} // namespace net_multiplexed_transport_test
