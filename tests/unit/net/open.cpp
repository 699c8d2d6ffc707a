// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"
#include "support/handler_probe.hpp"

#include <sse/net/open.hpp>
#include <sse/testing/fail_loop.hpp>
#include <sse/testing/pending_operation.hpp>
#include <sse/testing/simulation.hpp>
#include <sse/testing/test_net.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace net_open_test {

using namespace std::chrono_literals;
using namespace sse;
using namespace sse::testing;
using open_probe = handler_probe<void(error_code, net::transport)>;

const std::string established = "HTTP/1.1 200 OK\r\n\r\n";

/// A layer whose handshakes end when they are told to, with the plain stream in the place of TLS.
class hand_driven_layer final : public net::tls_layer {
public:
    [[nodiscard]] error_code error() const noexcept override { return {}; }

    void async_handshake(net::transport plain, const net::tls_peer& p,
                         handler_type handler) override {
        peer = p;
        plain_ = std::make_unique<net::transport>(std::move(plain));
        operation_.start(std::move(handler), [this] { fail(asio::error::operation_aborted); });
    }

    void succeed() {
        struct stream final : net::byte_stream {
            explicit stream(net::transport t) : inner(std::move(t)) {}
            void async_read_some(asio::mutable_buffer b, net::io_handler h) override {
                inner.async_read_some(b, std::move(h));
            }
            void async_write_some(asio::const_buffer b, net::io_handler h) override {
                inner.async_write_some(b, std::move(h));
            }
            void async_wait(net::readiness, net::wait_handler h) override {
                inner.async_wait_readable(std::move(h));
            }
            std::size_t read_some(asio::mutable_buffer b, error_code& ec) override {
                return inner.read_some(b, ec);
            }
            std::size_t write_some(asio::const_buffer b, error_code& ec) override {
                return inner.write_some(b, ec);
            }
            void shutdown_send(error_code& ec) override { inner.shutdown_send(ec); }
            void close() noexcept override { inner.close(); }
            [[nodiscard]] bool is_open() const noexcept override { return inner.is_open(); }
            net::transport inner;
        };
        operation_.complete({}, std::make_unique<stream>(std::move(*plain_)));
    }
    void fail(error_code ec) {
        plain_->close();
        operation_.complete(ec, nullptr);
    }
    [[nodiscard]] bool waiting() const { return operation_.waiting(); }

    std::optional<net::tls_peer> peer{};

private:
    std::unique_ptr<net::transport> plain_{};
    pending_operation<void(error_code, std::unique_ptr<net::byte_stream>)> operation_{};
};

struct fixture {
    simulation sim{};
    test_net net{sim};
    open_probe probe{sim.context()};
    net::open_options options{};
    std::shared_ptr<hand_driven_layer> layer = std::make_shared<hand_driven_layer>();

    void start(const std::string& host = "example.org", std::uint16_t port = 443) {
        probe.initiate([&](auto handler) {
            net::async_open(net, sim.get_executor(), host, port, options, std::move(handler));
        });
        sim.settle();
    }
    void check_failed(error_code ec) {
        REQUIRE(probe.called());
        CHECK(probe.fault() == "");
        CHECK(probe.error() == ec);
        CHECK_FALSE(probe.value().is_open());
    }
};

TEST_CASE("open: without proxy and TLS it connects to the server", "[open]") {
    fixture f;
    f.net.peer().accept();
    f.options.connect.unix_socket = "/path";
    f.start("example.org", 80);
    REQUIRE(f.probe.called());
    CHECK(f.probe.fault() == "");
    CHECK_FALSE(f.probe.error());
    CHECK(f.probe.value().is_open());
    CHECK(f.net.peer().attempts()[0].host == "example.org");
    CHECK(f.net.peer().attempts()[0].port == 80);
    CHECK(f.net.peer().attempts()[0].options.unix_socket == "/path");
}

TEST_CASE("open: tells why it could not connect", "[open]") {
    fixture f;
    f.net.peer().refuse();
    f.options.tls = f.layer;
    f.options.proxy = {.host = "proxy", .port = 3128};
    f.start();
    f.check_failed(asio::error::connection_refused);
    CHECK_FALSE(f.layer->peer);
}

TEST_CASE("open: goes to the proxy, and asks it for the server", "[open]") {
    fixture f;
    f.options.proxy = {.host = "proxy", .port = 3128, .authorization = "Basic x"};
    f.net.peer()
        .accept()
        .expect_request("CONNECT example.org:443 HTTP/1.1\r\n")
        .send_pieces("HTTP/1.1 100 X\r\n\r\n" + established, 1, after(1s));
    f.start();
    f.sim.run();
    REQUIRE(f.probe.called());
    CHECK(f.probe.fault() == "");
    CHECK_FALSE(f.probe.error());
    CHECK(f.probe.value().is_open());
    CHECK(f.net.peer().attempts()[0].host == "proxy");
    CHECK(f.net.peer().attempts()[0].port == 3128);
    CHECK(f.net.peer().unplayed() == "");
}

TEST_CASE("open: a proxy that refuses or hangs up is an error", "[open]") {
    fixture f;
    f.options.proxy = {.host = "proxy"};
    f.options.tls = f.layer;
    auto& peer = f.net.peer().accept().expect_request();
    error_code expected;
    SECTION("refuses") {
        peer.reply("HTTP/1.1 403 X\r\n\r\n");
        expected = errc::proxy_refused;
    }
    SECTION("wants other credentials") {
        peer.reply("HTTP/1.1 407 X\r\n\r\n");
        expected = errc::proxy_unauthorized;
    }
    SECTION("hangs up") {
        peer.send("HTTP/1.1 2").close();
        expected = errc::truncated;
    }
    SECTION("says too much") {
        peer.send(established + "x");
        expected = errc::bad_framing;
    }
    f.start();
    f.sim.run();
    f.check_failed(expected);
    CHECK_FALSE(f.layer->peer);
}

TEST_CASE("open: the handshake is meant for the server, not for the proxy", "[open]") {
    fixture f;
    f.options.tls = f.layer;
    f.options.client_certificate = GENERATE(true, false);
    f.options.close_timeout = 7s;
    if (GENERATE(true, false)) {
        f.options.proxy = {.host = "proxy"};
        f.net.peer().accept().expect_request().reply(established);
    } else {
        f.net.peer().accept();
    }
    f.start();
    f.sim.run();
    REQUIRE(f.layer->peer);
    CHECK(f.layer->peer->host == "example.org");
    CHECK(f.layer->peer->port == 443);
    CHECK(f.layer->peer->client_certificate == f.options.client_certificate);
    CHECK(f.layer->peer->close_timeout == 7s);
    CHECK_FALSE(f.probe.called());
    f.layer->succeed();
    f.sim.settle();
    REQUIRE(f.probe.called());
    CHECK(f.probe.fault() == "");
    CHECK_FALSE(f.probe.error());
    CHECK(f.probe.value().stream() != nullptr);
}

TEST_CASE("open: a handshake that fails is the error", "[open]") {
    fixture f;
    f.options.tls = f.layer;
    f.net.peer().accept();
    f.start();
    f.layer->fail(asio::error::no_permission);
    f.sim.settle();
    f.check_failed(asio::error::no_permission);
}

TEST_CASE("open: the handshake has a limit of its own, or none", "[open]") {
    fixture f;
    f.options.tls = f.layer;
    f.net.peer().accept(after(3s));
    SECTION("a limit, from the connection on") {
        f.options.handshake_timeout = 5s;
        f.start();
        f.sim.run();
        f.check_failed(errc::handshake_timeout);
        CHECK(f.sim.elapsed() == 8s);
    }
    SECTION("none") {
        f.start();
        f.sim.run_for(24h);
        CHECK_FALSE(f.probe.called());
        f.probe.cancel();
        f.sim.settle();
        f.check_failed(asio::error::operation_aborted);
    }
    SECTION("one that is not reached leaves nothing behind") {
        f.options.handshake_timeout = 5s;
        f.start();
        f.sim.run_for(3s);
        f.layer->succeed();
        f.sim.run();
        CHECK_FALSE(f.probe.error());
        CHECK(f.sim.elapsed() == 3s);
    }
}

TEST_CASE("open: every type of cancellation ends it at once, at every point", "[open]") {
    const auto type = GENERATE(asio::cancellation_type::terminal, asio::cancellation_type::partial,
                               asio::cancellation_type::total);
    fixture f;
    f.options.tls = f.layer;
    f.options.handshake_timeout = 5s;
    f.options.proxy = {.host = "proxy"};
    SECTION("connecting") { f.net.peer().time_out(); }
    SECTION("asking the proxy") {
        f.net.peer().on_connection([](test_stream& near) { near.write_size(0); });
        f.net.peer().accept();
    }
    SECTION("waiting for the proxy") { f.net.peer().accept().expect_request(); }
    SECTION("in the middle of its answer") {
        f.net.peer().accept().expect_request().send("HTTP/1.1 2");
    }
    SECTION("in the handshake") { f.net.peer().accept().expect_request().reply(established); }
    f.options.connect.timeout = 0s;
    f.start();
    CHECK_FALSE(f.probe.called());
    f.probe.cancel(type);
    CHECK_FALSE(f.probe.called());
    f.sim.settle();
    f.check_failed(asio::error::operation_aborted);
    CHECK(f.sim.elapsed() == 0s);
}

TEST_CASE("open: whatever operation fails, its error is told", "[open]") {
    const std::size_t runs = fail_loop([](const fail_count& fail) {
        fixture f;
        f.options.proxy = {.host = "proxy"};
        f.net.peer().accept().send_pieces(established, 5);
        f.net.peer().fail(fail);
        f.start();
        f.sim.run();
        REQUIRE(f.probe.called());
        CHECK(f.probe.fault() == "");
        CHECK((f.probe.error() == asio::error::connection_reset) == fail.failed());
    });
    CHECK(runs >= 3);
}

TEST_CASE("open: goes uncalled with the context, at every point", "[open]") {
    std::optional<fixture> f(std::in_place);
    open_probe probe = f->probe;
    f->options.proxy = {.host = "proxy"};
    SECTION("connecting") { f->net.peer().time_out(); }
    SECTION("waiting for the proxy") { f->net.peer().accept().expect_request(); }
    f->start();
    f.reset();
    CHECK(probe.destroyed());
    CHECK(probe.fault() == "");
}

} // namespace net_open_test
