// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Event streams out of a server that is not ours.
//
//     14_foreign_server
//     curl -N http://127.0.0.1:8080/
//
// The server here is nothing but sockets; it could be any that has read a request and still has the
// connection. GET /bytes shows the other way: a server that keeps the connection, and takes from
// the serializer what it sends.
#include <sse/hub.hpp>
#include <sse/net/timer.hpp>
#include <sse/server.hpp>
#include <sse/text/serializer.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace asio = sse::asio;

namespace {

using tcp = asio::ip::tcp;
using socket_type = asio::basic_stream_socket<tcp>;

/// What that server knows of a request: our functions look fields up by `[]`, as in Beast's.
struct their_request {
    std::string head;
    std::string_view operator[](std::string_view name) const {
        const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
        if (at == std::string::npos) return {};
        const std::size_t begin = at + name.size() + 4;
        return std::string_view(head).substr(begin, head.find("\r\n", begin) - begin);
    }
};

/// Its own way to answer: bytes, in one write.
void send_bytes(socket_type& socket) {
    std::string bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                        "Cache-Control: no-cache\r\nConnection: close\r\n\r\n";
    (void)sse::serialize({.type = "greeting", .data = "two\nlines", .id = "1"}, bytes);
    sse::serialize_retry(std::chrono::seconds(60), bytes);
    sse::error_code ignored;
    asio::write(socket, asio::buffer(bytes), ignored);
}

void serve(socket_type socket, sse::hub& hub) {
    auto held = std::make_shared<socket_type>(std::move(socket));
    auto request = std::make_shared<their_request>();
    request->head.resize(8192);
    held->async_read_some(
        asio::buffer(request->head), [held, request, &hub](sse::error_code ec, std::size_t size) {
            request->head.resize(size);
            if (ec) return;
            if (request->head.starts_with("GET /bytes ")) return send_bytes(*held);
            // from here on the connection is an event stream of the hub
            hub.subscribe(sse::make_reply(std::move(*held), *request), {.topics = {"clock"}});
        });
}

} // namespace

int main(int argc, char** argv) {
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    asio::io_context ctx(1);
    sse::hub hub;
    asio::basic_socket_acceptor<tcp> acceptor(ctx, {asio::ip::address_v4::loopback(), port});
    std::function<void()> accept = [&] {
        acceptor.async_accept([&](sse::error_code ec, socket_type socket) {
            if (!ec) serve(std::move(socket), hub);
            accept();
        });
    };
    accept();
    std::cout << "listening on http://127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;
    sse::net::timer timer(ctx.get_executor());
    std::function<void()> tick = [&] {
        hub.publish("clock", {.type = "tick", .data = std::to_string(std::time(nullptr))});
        timer.expires_after(std::chrono::seconds(1));
        timer.async_wait([&](sse::error_code) { tick(); });
    };
    tick();
    ctx.run();
}
