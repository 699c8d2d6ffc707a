// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Every point at which a receive through a proxy and TLS is suspended, ended in every way there is,
// over real sockets.
#include "integration/tls_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client.hpp>
#include <sse/tls.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace cancellation_tls_test {

using namespace sse;
using namespace sse::testing;
using namespace std::chrono_literals;

namespace {

enum class point { tunnel, half_tunnel, handshake, half_handshake, head, body };
enum class ending {
    terminal,
    partial,
    total,
    close,
    destroy_source,
    destroy_context,
    destroy_both, ///< the context, with the source in the handler of its receive
};

constexpr std::array points{point::tunnel,         point::half_tunnel, point::handshake,
                            point::half_handshake, point::head,        point::body};
constexpr std::array endings{ending::terminal,    ending::partial,        ending::total,
                             ending::close,       ending::destroy_source, ending::destroy_context,
                             ending::destroy_both};

/// A proxy and the server behind it, which go as far as `where` and then only listen.
struct stalling_server {
    explicit stalling_server(const identity& who, point p) : where(p) {
        SSL_CTX_use_certificate(context.get(), who.certificate.get());
        SSL_CTX_use_PrivateKey(context.get(), who.key.get());
    }

    void serve(blocking_connection& c) {
        go(c);
        reached = true;
        c.wait_for_end();
    }

    void go(blocking_connection& c) {
        c.receive_head();
        if (where == point::tunnel) return;
        if (where == point::half_tunnel) return void(c.send("HTTP/1.1 2"));
        c.send("HTTP/1.1 200 OK\r\n\r\n");
        if (where == point::handshake) return void(c.receive());
        if (where == point::half_handshake) {
            c.receive();
            return void(c.send("\x16\x03\x03\x40"));
        }
        if (!c.handshake(context.get())) return;
        c.receive_head();
        if (where == point::body) c.send(stream_head + "data: half of an");
    }

    point where;
    std::atomic<bool> reached = false;
    std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    blocking_server server{[this](blocking_connection& c, std::size_t) { serve(c); }};
};

struct result {
    std::optional<error_code> ec{};
    int calls = 0;
    std::weak_ptr<int> handler{}; ///< expires with the handler
};

void end(ending how, std::optional<asio::io_context>& context,
         std::shared_ptr<event_source>& source, asio::cancellation_signal& signal) {
    switch (how) {
    case ending::terminal: return signal.emit(asio::cancellation_type::terminal);
    case ending::partial: return signal.emit(asio::cancellation_type::partial);
    case ending::total: return signal.emit(asio::cancellation_type::total);
    case ending::close: return source->close();
    case ending::destroy_source: return source.reset();
    case ending::destroy_context: source.reset(); return context.reset();
    case ending::destroy_both: return context.reset();
    }
}

} // namespace

TEST_CASE("tls: a receive ends at once from everywhere, in every way", "[tls]") {
    const authority ca;
    const identity who = ca.issue("DNS:example.org");
    for (const point where : points) {
        for (const ending how : endings) {
            CAPTURE(static_cast<int>(where), static_cast<int>(how));
            stalling_server server(who, where);
            asio::cancellation_signal signal;
            result seen;
            std::optional<asio::io_context> context(std::in_place);
            auto source = std::make_shared<event_source>(
                *context, "https://example.org/",
                event_source_options{
                    .tls = tls_client({.ca_file = ca.file}),
                    .proxy = "http://127.0.0.1:" + std::to_string(server.server.port()),
                    .timeouts = {.connect = 60s, .handshake = 60s, .head = 60s, .close = 60s}});
            event_source& receiving = *source;
            const auto token = std::make_shared<int>(0);
            seen.handler = token;
            const bool owned = how == ending::destroy_both;
            receiving.async_receive(asio::bind_cancellation_slot(
                signal.slot(), [&seen, held = token,
                                owner = owned ? source : nullptr](error_code ec, const event&) {
                    seen.ec = ec;
                    ++seen.calls;
                }));
            const_cast<std::shared_ptr<int>&>(token).reset();
            if (owned) source.reset();
            for (int i = 0; i < 12'000 && !server.reached; ++i)
                context->run_for(5ms);
            REQUIRE(server.reached);
            context->run_for(20ms);
            CHECK(seen.calls == 0);

            const auto start = std::chrono::steady_clock::now();
            end(how, context, source, signal);
            CHECK(seen.calls == 0);
            if (context) {
                context->run_for(60s);
                CHECK(context->stopped());
                CHECK(seen.calls == 1);
                const bool closed = how == ending::close || how == ending::destroy_source;
                CHECK(seen.ec == (closed ? error_code(errc::closed)
                                         : error_code(asio::error::operation_aborted)));
            } else {
                CHECK(seen.calls == 0);
            }
            CHECK(std::chrono::steady_clock::now() - start < 10s);
            CHECK(seen.handler.expired());
            source.reset();
            if (context) context->run_for(60s);
        }
    }
}

TEST_CASE("tls: a receive that was cancelled goes on with the connection it had", "[tls]") {
    const authority ca;
    std::atomic<bool> go_on = false;
    std::atomic<bool> half = false;
    const blocking_tls_server server({.who = ca.issue("DNS:localhost")},
                                     [&](blocking_connection& c, std::size_t) {
                                         c.receive_head();
                                         c.send(stream_head + "data: half");
                                         half = true;
                                         while (!go_on)
                                             std::this_thread::sleep_for(1ms);
                                         c.send(" and half\n\n");
                                         c.wait_for_end();
                                     });
    asio::io_context context;
    event_source source(context, server.url(), {.tls = tls_client({.ca_file = ca.file})});
    asio::cancellation_signal signal;
    std::optional<error_code> first;
    source.async_receive(asio::bind_cancellation_slot(
        signal.slot(), [&](error_code ec, const event&) { first = ec; }));
    while (!half)
        context.run_for(5ms);
    context.run_for(20ms);
    signal.emit(asio::cancellation_type::total);
    while (!first)
        context.run_for(5ms);
    CHECK(first == asio::error::operation_aborted);
    go_on = true;
    std::string data;
    source.async_receive([&](error_code, const event& e) {
        data = e.data;
        source.close();
    });
    context.restart();
    context.run_for(60s);
    CHECK(data == "half and half");
    CHECK(server.handshakes().size() == 1);
}

} // namespace cancellation_tls_test
