// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// An event stream in a server written with Boost.Beast: Beast reads the request, and the connection
// becomes a stream. Needs the library on Boost.Asio.
//
//     15_upgrade_beast
//     curl -N http://127.0.0.1:8080/
#include <sse/server.hpp>

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace asio = sse::asio;
namespace beast = boost::beast;

namespace {

/// Reads one request, and answers it.
struct session : std::enable_shared_from_this<session> {
    explicit session(asio::ip::tcp::socket socket) : connection(std::move(socket)) {}

    void run() {
        beast::http::async_read(connection, buffer, request,
                                [self = shared_from_this()](sse::error_code ec, std::size_t) {
                                    if (!ec) self->answer();
                                });
    }

    void answer() {
        connection.expires_never(); // Beast's own deadline is for requests
        sse::async_upgrade(std::move(connection), request, {},
                           [](sse::error_code ec, sse::event_stream stream) {
                               if (ec) return;
                               for (int i = 0; i < 3; ++i)
                                   (void)stream.try_send({.data = std::to_string(i)});
                           });
    }

    beast::tcp_stream connection;
    beast::flat_buffer buffer;
    beast::http::request<beast::http::string_body> request;
};

} // namespace

int main(int argc, char** argv) {
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    asio::io_context ctx(1);
    asio::ip::tcp::acceptor acceptor(ctx, {asio::ip::address_v4::loopback(), port});
    std::function<void()> accept = [&] {
        acceptor.async_accept([&](sse::error_code ec, asio::ip::tcp::socket socket) {
            if (!ec) std::make_shared<session>(std::move(socket))->run();
            accept();
        });
    };
    accept();
    std::cout << "listening on http://127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;
    ctx.run();
}
