// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/transport.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace sse::testing {

/// Runs `context` until it is out of work. Throws `std::runtime_error` after `limit` of real time:
/// the watchdog of tests over real sockets.
inline void run_bounded(asio::io_context& context,
                        std::chrono::nanoseconds limit = std::chrono::seconds(60)) {
    context.restart();
    context.run_for(limit);
    if (!context.stopped())
        throw std::runtime_error("run_bounded: still at work at the time limit");
}

/// A listening TCP socket on a free port of the loopback interface.
class loopback_listener {
public:
    explicit loopback_listener(asio::io_context& context,
                               const asio::ip::address& address = asio::ip::address_v4::loopback())
        : acceptor_(context.get_executor(), {address, 0}) {}

    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    [[nodiscard]] auto& acceptor() noexcept { return acceptor_; }

    /// The next connection; blocks.
    [[nodiscard]] net::transport accept() { return net::transport(acceptor_.accept()); }

private:
    asio::basic_socket_acceptor<asio::ip::tcp, asio::any_io_executor> acceptor_;
};

/// Two transports over connected TCP sockets.
struct loopback_pair {
    explicit loopback_pair(asio::io_context& context)
        : near(context.get_executor()), far(context.get_executor()) {
        loopback_listener listener(context);
        asio::basic_stream_socket<asio::ip::tcp, asio::any_io_executor> socket(
            context.get_executor());
        socket.connect(listener.acceptor().local_endpoint());
        near = net::transport(std::move(socket));
        far = listener.accept();
    }

    net::transport near;
    net::transport far;
};

/// Two transports over connected unix sockets.
struct unix_pair {
    explicit unix_pair(asio::io_context& context)
        : near(context.get_executor()), far(context.get_executor()) {
        using socket_type =
            asio::basic_stream_socket<asio::local::stream_protocol, asio::any_io_executor>;
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
            throw std::system_error(errno, std::generic_category(), "socketpair");
        const asio::local::stream_protocol protocol;
        near = net::transport(socket_type(context.get_executor(), protocol, ends[0]));
        far = net::transport(socket_type(context.get_executor(), protocol, ends[1]));
    }

    net::transport near;
    net::transport far;
};

} // namespace sse::testing
