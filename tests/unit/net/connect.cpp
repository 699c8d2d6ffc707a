// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"
#include "support/fake_resolver.hpp"
#include "support/handler_probe.hpp"
#include "support/loopback.hpp"

#include <sse/net/connect.hpp>
#include <sse/net/localhost.hpp>
#include <sse/net/socket_net.hpp>
#include <sse/testing/manual_timer.hpp>
#include <sse/testing/simulation.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace net_connect_test {

using namespace std::chrono_literals;
using namespace sse;
using namespace sse::testing;
using asio::ip::tcp;
using connect_probe = handler_probe<void(error_code, net::transport)>;

const auto every_type = {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                         asio::cancellation_type::total};

/// A port of the loopback interface where nobody listens.
std::uint16_t closed_port(asio::io_context& context) {
    tcp::socket bound(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    return bound.local_endpoint().port();
}

/// A loopback address that answers no attempt to connect: its queue of connections is full.
class black_hole {
public:
    explicit black_hole(asio::io_context& context) : acceptor_(context) {
        acceptor_.open(tcp::v4());
        acceptor_.bind({asio::ip::address_v4::loopback(), 0});
        acceptor_.listen(0);
        for (int i = 0; i < 4; ++i) {
            auto& socket = fillers_.emplace_back(context);
            socket.open(tcp::v4());
            socket.non_blocking(true);
            // Asio's own would wait for the outcome.
            const tcp::endpoint here = acceptor_.local_endpoint();
            (void)::connect(socket.native_handle(), here.data(),
                            static_cast<socklen_t>(here.size()));
        }
    }
    [[nodiscard]] tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

private:
    tcp::acceptor acceptor_;
    std::vector<tcp::socket> fillers_{};
};

/// Connects with real sockets, but with lookups and time under control.
struct fixture {
    using state = net::detail::connect_state<asio::any_io_executor, manual_timer, fake_resolver>;

    simulation sim{};
    fake_resolver resolver{sim.get_executor()};
    connect_probe probe{sim.context()};
    net::connect_options options{};

    void start(const std::string& host, std::uint16_t port) {
        auto owned = std::make_shared<state>(
            host, port, options, manual_timer(sim.get_executor(), sim.clock()), resolver);
        alive = owned;
        probe.initiate([&](auto handler) {
            asio::async_compose<decltype(handler), void(error_code, net::transport)>(
                net::detail::connect_op<state>(std::move(owned)), handler, sim.get_executor());
        });
    }

    /// Lets real sockets get on, without the manual clock.
    void run() {
        for (int i = 0; i < 1000 && !probe.called(); ++i) {
            sim.context().restart();
            sim.context().run_one_for(20ms);
            if (!sim.context().stopped()) continue;
            sim.settle();
            return;
        }
        sim.settle();
    }

    // A handler that the resolver holds would keep it alive: both are of one operation.
    ~fixture() { resolver.drop(); }

    std::weak_ptr<state> alive{};
};

TEST_CASE("connect: an address needs no lookup", "[connect]") {
    fixture f;
    loopback_listener listener(f.sim.context());
    f.start("127.0.0.1", listener.port());
    f.run();
    CHECK(f.resolver.host() == "");
    CHECK(f.probe.fault() == "");
    CHECK(f.probe.allocations() > 0);
    REQUIRE(f.probe.called());
    CHECK_FALSE(f.probe.error());
    CHECK(f.probe.value().is_open());
    CHECK(f.probe.value().remote_address() == "127.0.0.1");
    CHECK(f.probe.value().remote_port() == listener.port());
    CHECK(listener.accept().is_open());
    f.sim.settle();
    CHECK(f.alive.expired());
}

TEST_CASE("connect: sends small writes at once unless told otherwise", "[connect]") {
    fixture f;
    loopback_listener listener(f.sim.context());
    f.options.no_delay = GENERATE(true, false);
    f.start("127.0.0.1", listener.port());
    f.run();
    REQUIRE(f.probe.called());
    tcp::no_delay option;
    f.probe.value().socket()->get_option(option);
    CHECK(option.value() == f.options.no_delay);
}

TEST_CASE("connect: connects over IPv6 where there is such a thing", "[connect]") {
    fixture f;
    error_code ec;
    tcp::acceptor acceptor(f.sim.context());
    acceptor.open(tcp::v6(), ec);
    if (!ec) acceptor.bind({asio::ip::address_v6::loopback(), 0}, ec);
    if (!ec) acceptor.listen(1, ec);
    if (ec) {
        WARN("no IPv6 here: " << ec.message());
        return;
    }
    f.start("::1", acceptor.local_endpoint().port());
    f.run();
    REQUIRE(f.probe.called());
    CHECK_FALSE(f.probe.error());
    CHECK(f.probe.value().remote_address() == "::1");
}

TEST_CASE("connect: looks a name up, with its port as a number", "[connect]") {
    fixture f;
    loopback_listener listener(f.sim.context());
    f.start("example.org", listener.port());
    f.sim.settle();
    CHECK(f.resolver.host() == "example.org");
    CHECK(f.resolver.service() == std::to_string(listener.port()));
    REQUIRE(f.resolver.asked());
    f.resolver.answer({}, {listener.acceptor().local_endpoint()});
    f.run();
    CHECK(f.probe.fault() == "");
    REQUIRE(f.probe.called());
    CHECK_FALSE(f.probe.error());
}

TEST_CASE("connect: tells the error of the lookup", "[connect]") {
    fixture f;
    f.start("example.org", 80);
    f.sim.settle();
    f.resolver.answer(asio::error::host_not_found);
    f.sim.settle();
    CHECK(f.probe.error() == asio::error::host_not_found);
    CHECK_FALSE(f.probe.value().is_open());
}

TEST_CASE("connect: a refused address gives way to the next", "[connect]") {
    fixture f;
    loopback_listener listener(f.sim.context());
    const tcp::endpoint refusing(asio::ip::address_v4::loopback(), closed_port(f.sim.context()));
    f.start("example.org", 80);
    f.sim.settle();
    f.resolver.answer({}, {refusing, listener.acceptor().local_endpoint()});
    f.run();
    REQUIRE(f.probe.called());
    CHECK_FALSE(f.probe.error());
    CHECK(f.probe.value().remote_port() == listener.port());
}

TEST_CASE("connect: tells the error of the last address", "[connect]") {
    fixture f;
    f.start("127.0.0.1", closed_port(f.sim.context()));
    f.run();
    REQUIRE(f.probe.called());
    CHECK(f.probe.fault() == "");
    CHECK(f.probe.error() == asio::error::connection_refused);
    CHECK_FALSE(f.probe.value().is_open());
    CHECK(f.sim.elapsed() == 0s);
}

TEST_CASE("connect: an address that does not answer gives way to the next", "[connect]") {
    fixture f;
    const black_hole hole(f.sim.context());
    loopback_listener listener(f.sim.context());
    const bool racing = GENERATE(true, false);
    f.options = {.timeout = 30s, .address_timeout = 10s, .attempt_delay = racing ? 250ms : 0ms};
    f.start("example.org", 80);
    f.sim.settle();
    f.resolver.answer({}, {hole.endpoint(), listener.acceptor().local_endpoint()});
    const auto turn = racing ? 250ms : 10'000ms;
    f.sim.run_for(turn - 1ms);
    CHECK_FALSE(f.probe.called());
    f.sim.run_for(1ms);
    f.run();
    REQUIRE(f.probe.called());
    CHECK_FALSE(f.probe.error());
    CHECK(f.probe.fault() == "");
    CHECK(f.probe.value().remote_port() == listener.port());
    CHECK(f.sim.elapsed() == turn);
    CHECK(f.alive.expired());
}

TEST_CASE("connect: the limit for all of it ends it, whatever is under way", "[connect]") {
    fixture f;
    const black_hole hole(f.sim.context());
    f.options = {.timeout = 15s, .address_timeout = 10s, .attempt_delay = 0s};
    SECTION("the lookup") {
        f.start("example.org", 80);
        f.sim.run();
        CHECK(f.resolver.cancelled());
    }
    SECTION("the first address") {
        f.options.address_timeout = 0s;
        f.start("127.0.0.1", hole.endpoint().port());
        f.sim.run();
    }
    SECTION("several addresses at a time") {
        f.options.address_timeout = 0s;
        f.options.attempt_delay = 250ms;
        f.start("example.org", 80);
        f.sim.settle();
        f.resolver.answer({}, {hole.endpoint(), hole.endpoint(), hole.endpoint()});
        f.sim.run();
    }
    SECTION("a later address") {
        f.start("example.org", 80);
        f.sim.settle();
        f.resolver.answer({}, {hole.endpoint(), hole.endpoint(), hole.endpoint()});
        f.sim.run();
    }
    REQUIRE(f.probe.called());
    CHECK(f.probe.fault() == "");
    CHECK(f.probe.error() == errc::connect_timeout);
    CHECK_FALSE(f.probe.value().is_open());
    CHECK(f.sim.elapsed() == 15s);
}

TEST_CASE("connect: of several that connect only the first is kept", "[connect]") {
    fixture f;
    const black_hole hole(f.sim.context());
    loopback_listener one(f.sim.context());
    loopback_listener other(f.sim.context());
    f.start("example.org", 80);
    f.sim.settle();
    // The second and the third begin at once, as the clock has gone on when the hole is tried.
    f.resolver.answer(
        {}, {hole.endpoint(), one.acceptor().local_endpoint(), other.acceptor().local_endpoint()});
    f.sim.run_for(250ms);
    f.sim.run_for(250ms);
    f.run();
    REQUIRE(f.probe.called());
    CHECK(f.probe.fault() == "");
    CHECK(f.probe.value().remote_port() == one.port());
    f.sim.run();
    CHECK(f.alive.expired());
}

TEST_CASE("connect: an address that connected counts, though its limit has passed before anybody "
          "looked",
          "[connect]") {
    fixture f;
    const black_hole hole(f.sim.context());
    loopback_listener listener(f.sim.context());
    f.start("example.org", 80);
    f.sim.settle();
    f.resolver.answer({}, {hole.endpoint(), listener.acceptor().local_endpoint(), hole.endpoint()});
    f.sim.settle();
    f.sim.clock().advance(250ms);
    const auto state = f.alive.lock();
    f.sim.context().restart();
    for (int i = 0; i < 10 && !state->sockets[1]; ++i)
        f.sim.context().poll_one();
    REQUIRE(state->sockets[1]);
    // What the attempts tell while the loop is held up: nobody looks until long after.
    state->deliver({net::connect_input::kind::connected, asio::error::connection_refused, 0, 0});
    state->deliver({net::connect_input::kind::connected, {}, 0, 1});
    f.sim.clock().advance(11s);
    f.run();
    REQUIRE(f.probe.called());
    CHECK(f.probe.fault() == "");
    CHECK_FALSE(f.probe.error());
    CHECK(f.probe.value().remote_port() == listener.port());
}

TEST_CASE("connect: without limits it waits on", "[connect]") {
    fixture f;
    const black_hole hole(f.sim.context());
    f.options = {.timeout = 0s, .address_timeout = 0s};
    f.start("127.0.0.1", hole.endpoint().port());
    f.sim.run_for(240h);
    CHECK_FALSE(f.probe.called());
    f.probe.cancel();
    f.sim.settle();
    CHECK(f.probe.error() == asio::error::operation_aborted);
}

TEST_CASE("connect: every type of cancellation ends it at once, at every point", "[connect]") {
    for (const auto type : every_type) {
        fixture f;
        const black_hole hole(f.sim.context());
        const auto cancelled = [&] {
            f.probe.cancel(type);
            CHECK_FALSE(f.probe.called());
            f.sim.settle();
            REQUIRE(f.probe.called());
            CHECK(f.probe.fault() == "");
            CHECK(f.probe.error() == asio::error::operation_aborted);
            CHECK_FALSE(f.probe.value().is_open());
            CHECK(f.sim.elapsed() == 0s);
        };
        DYNAMIC_SECTION("before anything began, type " << static_cast<int>(type)) {
            f.start("127.0.0.1", hole.endpoint().port());
            cancelled();
        }
        DYNAMIC_SECTION("in the lookup, type " << static_cast<int>(type)) {
            f.start("example.org", 80);
            f.sim.settle();
            cancelled();
        }
        DYNAMIC_SECTION("when the lookup has just answered, type " << static_cast<int>(type)) {
            f.start("example.org", 80);
            f.sim.settle();
            f.resolver.answer({}, {hole.endpoint()});
            cancelled();
        }
        DYNAMIC_SECTION("in an attempt, type " << static_cast<int>(type)) {
            f.start("127.0.0.1", hole.endpoint().port());
            f.sim.settle();
            cancelled();
        }
    }
}

TEST_CASE("connect: a lookup that answers too late touches nothing", "[connect]") {
    fixture f;
    loopback_listener listener(f.sim.context());
    f.options = {.timeout = 5s};
    f.start("example.org", 80);
    f.sim.settle();
    SECTION("after a timeout") {
        f.sim.run();
        CHECK(f.probe.error() == errc::connect_timeout);
    }
    SECTION("after cancellation") {
        f.probe.cancel();
        f.sim.settle();
        CHECK(f.probe.error() == asio::error::operation_aborted);
    }
    REQUIRE(f.resolver.asked());
    f.resolver.answer({}, {listener.acceptor().local_endpoint()});
    f.sim.run();
    CHECK(f.probe.fault() == "");
    listener.acceptor().non_blocking(true);
    error_code ec;
    (void)listener.acceptor().accept(ec);
    CHECK(ec == asio::error::would_block);
    CHECK(f.alive.expired());
}

TEST_CASE("connect: goes uncalled with the context, at every point", "[connect]") {
    std::optional<fixture> f(std::in_place);
    std::optional<black_hole> hole(std::in_place, f->sim.context());
    connect_probe probe = f->probe;
    std::weak_ptr<void> alive;
    SECTION("before anything began") { f->start("127.0.0.1", hole->endpoint().port()); }
    SECTION("in the lookup") {
        f->start("example.org", 80);
        f->sim.settle();
    }
    SECTION("in an attempt") {
        f->start("127.0.0.1", hole->endpoint().port());
        f->sim.settle();
    }
    alive = f->alive;
    hole.reset();
    f.reset();
    CHECK(probe.destroyed());
    CHECK(probe.fault() == "");
    CHECK(alive.expired());
}

TEST_CASE("connect: connects to a unix socket", "[connect]") {
    fixture f;
    const auto path = std::filesystem::temp_directory_path() /
                      ("sse_connect_" + std::to_string(::getpid()) + ".sock");
    std::filesystem::remove(path);
    asio::local::stream_protocol::acceptor acceptor(f.sim.context(),
                                                    asio::local::stream_protocol::endpoint(path));
    f.options.unix_socket = path.string();
    f.start("example.org", 80);
    f.run();
    std::filesystem::remove(path);
    CHECK(f.resolver.host() == "");
    REQUIRE(f.probe.called());
    CHECK_FALSE(f.probe.error());
    CHECK(f.probe.value().is_open());
    error_code ec;
    CHECK(f.probe.value().write_some(asio::buffer("abc", 3), ec) == 3);
    auto accepted = acceptor.accept();
    char buffer[4];
    CHECK(accepted.read_some(asio::buffer(buffer)) == 3);
}

TEST_CASE("connect: tells what is wrong with a unix socket", "[connect]") {
    fixture f;
    SECTION("nothing there") {
        f.options.unix_socket = "/nonexistent/sse.sock";
        f.start("", 0);
        f.run();
        CHECK(std::error_code(f.probe.error()).value() == ENOENT);
    }
    SECTION("a path that is too long") {
        f.options.unix_socket = std::string(200, 'x');
        f.start("", 0);
        f.run();
        CHECK(std::error_code(f.probe.error()) ==
              std::make_error_code(std::errc::filename_too_long));
    }
    CHECK(f.probe.fault() == "");
    CHECK_FALSE(f.probe.value().is_open());
}

TEST_CASE("is_localhost: knows the names of the loopback addresses", "[connect]") {
    STATIC_REQUIRE(net::is_localhost("localhost"));
    STATIC_REQUIRE(net::is_localhost("LocalHost."));
    STATIC_REQUIRE(net::is_localhost("sse.localhost"));
    STATIC_REQUIRE_FALSE(net::is_localhost(""));
    STATIC_REQUIRE_FALSE(net::is_localhost("."));
    STATIC_REQUIRE_FALSE(net::is_localhost(".localhost"));
    STATIC_REQUIRE_FALSE(net::is_localhost("mylocalhost"));
    STATIC_REQUIRE_FALSE(net::is_localhost("localhost.example"));
    STATIC_REQUIRE_FALSE(net::is_localhost("localhost.."));
}

TEST_CASE("connect: the loopback addresses are tried for localhost, without a lookup",
          "[connect]") {
    fixture f;
    loopback_listener listener(f.sim.context()); // 127.0.0.1 only: the second address
    f.start("localhost", listener.port());
    f.run();
    CHECK(f.resolver.host() == "");
    REQUIRE(f.probe.called());
    CHECK_FALSE(f.probe.error());
    CHECK(f.probe.value().remote_address() == "127.0.0.1");
    CHECK(f.probe.fault() == "");
}

TEST_CASE("socket_net: connects with real names, sockets and time", "[connect]") {
    asio::io_context context;
    const asio::any_io_executor executor = context.get_executor();
    const net::socket_net net;
    connect_probe probe(context);
    SECTION("to a name") {
        loopback_listener listener(context);
        probe.initiate([&](auto handler) {
            net.async_connect(executor, "localhost", listener.port(), {}, std::move(handler));
        });
        run_bounded(context);
        REQUIRE(probe.called());
        CHECK_FALSE(probe.error());
        CHECK(probe.value().remote_port() == listener.port());
    }
    SECTION("within the time given") {
        const black_hole hole(context);
        probe.initiate([&](auto handler) {
            net.async_connect(executor, "127.0.0.1", hole.endpoint().port(), {.timeout = 20ms},
                              std::move(handler));
        });
        run_bounded(context);
        REQUIRE(probe.called());
        CHECK(probe.error() == errc::connect_timeout);
    }
    CHECK(probe.fault() == "");
}

TEST_CASE("connect: works on an executor of another type", "[connect]") {
    asio::io_context context;
    loopback_listener listener(context);
    std::optional<error_code> result;
    net::async_connect(
        context.get_executor(), "127.0.0.1", listener.port(), {},
        [&](error_code ec, net::basic_transport<asio::io_context::executor_type> connection) {
            result = ec;
            CHECK(connection.is_open());
        });
    run_bounded(context);
    REQUIRE(result);
    CHECK_FALSE(*result);
}

} // namespace net_connect_test
