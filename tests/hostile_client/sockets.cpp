// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// What only real sockets show.
#include "support/catch.hpp"
#include "support/loopback.hpp"

#include <sse/client.hpp>

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hostile_client_sockets_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using sse::errc;
using socket_type = sse::asio::basic_stream_socket<sse::asio::ip::tcp, sse::asio::any_io_executor>;

namespace {

const std::string response =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: a\n\n";

/// A server that does something else with each connection, and a source that comes to it.
struct hostile_fixture {
    sse::asio::io_context context;
    loopback_listener listener{context};
    sse::event_source_options options{};
    std::vector<std::function<void(socket_type)>> acts{};
    std::size_t accepted = 0;
    std::vector<socket_type> kept{};
    std::vector<std::string> log{};
    std::optional<sse::event_source> source{};

    hostile_fixture() {
        options.reconnect.base = 1ms;
        options.reconnect.damping = 1ms;
        options.hooks.on_error = [this](sse::disconnection& d) {
            log.push_back("! " + d.error.message());
        };
    }

    void accept() {
        listener.acceptor().async_accept([this](sse::error_code ec, socket_type socket) {
            if (ec || accepted == acts.size()) return;
            acts[accepted++](std::move(socket));
            accept();
        });
    }

    void receive() {
        source->async_receive([this](sse::error_code ec, const sse::event& e) {
            log.push_back(ec ? "= " + ec.message() : e.data);
            listener.acceptor().close();
            source->close();
        });
    }

    /// Receives one event, or the final error.
    void run() {
        accept();
        source.emplace(context, "http://127.0.0.1:" + std::to_string(listener.port()) + "/",
                       options);
        receive();
        run_bounded(context);
    }

    void answer(socket_type socket, const std::string& text = response) {
        sse::asio::write(socket, sse::asio::buffer(text));
        kept.push_back(std::move(socket));
    }
};

void reset(socket_type& socket) {
    const linger now{1, 0};
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    socket.close();
}

} // namespace

TEST_CASE("hostile sockets: FIN and RST right behind the accept lead to another attempt",
          "[hostile_client]") {
    hostile_fixture f;
    f.acts = {[](socket_type s) { s.close(); }, [](socket_type s) { reset(s); },
              [](socket_type s) {
                  s.shutdown(socket_type::shutdown_send);
                  s.close();
              },
              [&](socket_type s) { f.answer(std::move(s)); }};
    f.run();
    CHECK(f.accepted == 4);
    REQUIRE(f.log.size() == 4);
    CHECK(f.log.back() == "a");
}

TEST_CASE("hostile sockets: an answer before the request, and half-closed behind it",
          "[hostile_client]") {
    hostile_fixture f;
    f.acts = {[&](socket_type s) {
        sse::asio::write(s, sse::asio::buffer(response));
        s.shutdown(socket_type::shutdown_send);
        f.kept.push_back(std::move(s));
    }};
    f.run();
    CHECK(f.log == std::vector<std::string>{"a"});
}

TEST_CASE("hostile sockets: a reset behind an event does not take the event along",
          "[hostile_client]") {
    hostile_fixture f;
    f.acts = {[&](socket_type s) {
        // The client's request is read first: unread input would make the reset come sooner.
        auto socket = std::make_shared<socket_type>(std::move(s));
        auto buffer = std::make_shared<std::string>(4096, ' ');
        socket->async_read_some(sse::asio::buffer(*buffer),
                                [socket, buffer](sse::error_code, std::size_t) {
                                    sse::asio::write(*socket, sse::asio::buffer(response));
                                    socket->shutdown(socket_type::shutdown_send);
                                    socket->close();
                                });
    }};
    f.run();
    CHECK(f.log == std::vector<std::string>{"a"});
}

TEST_CASE("hostile sockets: nobody listens", "[hostile_client]") {
    hostile_fixture f;
    f.options.reconnect.max_attempts = 3;
    const auto port = f.listener.port();
    f.listener.acceptor().close();
    f.source.emplace(f.context, "http://127.0.0.1:" + std::to_string(port) + "/", f.options);
    f.receive();
    run_bounded(f.context);
    REQUIRE(f.log.size() == 4);
    CHECK(f.log[3] == "= " + sse::error_code(errc::attempts_exhausted).message());
}

TEST_CASE("hostile sockets: a peer that reads nothing of a long body is given up in time",
          "[hostile_client]") {
    hostile_fixture f;
    f.options.method = "POST";
    f.options.body.assign(std::size_t{32} << 20, 'b');
    f.options.timeouts.head = 100ms;
    f.acts = {[&](socket_type s) { f.kept.push_back(std::move(s)); },
              [&](socket_type s) { f.kept.push_back(std::move(s)); }};
    f.options.reconnect.max_attempts = 2;
    f.run();
    const std::string late = sse::error_code(errc::head_timeout).message();
    CHECK(f.log ==
          std::vector<std::string>{"! " + late, "! " + late,
                                   "= " + sse::error_code(errc::attempts_exhausted).message()});
}

TEST_CASE("hostile sockets: close ends at once while a peer reads nothing", "[hostile_client]") {
    hostile_fixture f;
    f.options.method = "POST";
    f.options.body.assign(std::size_t{32} << 20, 'b');
    std::chrono::steady_clock::time_point closed;
    f.acts = {[&](socket_type s) {
        f.kept.push_back(std::move(s));
        sse::asio::post(f.context, [&] {
            closed = std::chrono::steady_clock::now();
            f.source->close();
        });
    }};
    f.run();
    CHECK(std::chrono::steady_clock::now() - closed < 10s);
    CHECK(f.log == std::vector<std::string>{"= " + sse::error_code(errc::closed).message()});
}

TEST_CASE("hostile sockets: bytes one at a time, each in a segment of its own",
          "[hostile_client]") {
    hostile_fixture f;
    f.acts = {[&](socket_type s) {
        s.set_option(sse::asio::ip::tcp::no_delay(true));
        for (const char& c : response)
            sse::asio::write(s, sse::asio::buffer(&c, 1));
        f.kept.push_back(std::move(s));
    }};
    f.run();
    CHECK(f.log == std::vector<std::string>{"a"});
}

} // namespace hostile_client_sockets_test
