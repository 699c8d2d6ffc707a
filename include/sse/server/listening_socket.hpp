// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/tcp_endpoint.hpp>
#include <sse/server/options.hpp>

#ifdef __linux__
#include <sys/socket.h>
#endif

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace sse::detail {

#ifdef SO_REUSEPORT
/// Asio has no name for this option of the system's.
struct reuse_port {
    int value = 1;
    template <class Protocol>
    [[nodiscard]] int level(const Protocol&) const noexcept {
        return SOL_SOCKET;
    }
    template <class Protocol>
    [[nodiscard]] int name(const Protocol&) const noexcept {
        return SO_REUSEPORT;
    }
    template <class Protocol>
    [[nodiscard]] const int* data(const Protocol&) const noexcept {
        return &value;
    }
    template <class Protocol>
    [[nodiscard]] std::size_t size(const Protocol&) const noexcept {
        return sizeof value;
    }
};
#endif

/// Whether connections take over TCP_NODELAY from the socket that accepts them, so that it need not
/// be set for each.
#ifdef __linux__
inline constexpr bool inherits_no_delay = true;
#else
inline constexpr bool inherits_no_delay = false;
#endif

/// Whether connections are taken as sockets of the system, which enter a `readiness_set` later, and
/// not as Asio's, which would wait by themselves first.
#ifdef __linux__
inline constexpr bool accepts_plain = true;
#else
inline constexpr bool accepts_plain = false;
#endif

/// The listening socket of a server, TCP or unix, and the file of the latter.
template <class Executor>
class listening_socket {
public:
    using protocol = asio::generic::stream_protocol;
    using acceptor_type = asio::basic_socket_acceptor<protocol, Executor>;

    explicit listening_socket(const Executor& executor) : acceptor_(executor) {}
    listening_socket(const listening_socket&) = delete;
    listening_socket& operator=(const listening_socket&) = delete;
    ~listening_socket() { close(); }

    [[nodiscard]] acceptor_type& acceptor() noexcept { return acceptor_; }
    [[nodiscard]] bool is_open() const noexcept { return acceptor_.is_open(); }

    error_code listen(const server_options& o) {
        error_code ec = o.unix_path.empty() ? listen_tcp(o) : listen_unix(o);
        if (!ec && accepts_plain) static_cast<void>(acceptor_.non_blocking(true, ec));
        if (ec) close();
        return ec;
    }

#ifdef __linux__
    /// The socket of a connection that has come.
    /// Errors: `would_block` where none has, those of the system.
    [[nodiscard]] int accept(error_code& ec) noexcept {
        int accepted = -1;
        do {
            accepted = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
        } while (accepted < 0 && errno == EINTR);
        ec = accepted >= 0 ? error_code() : error_code(errno, asio::error::get_system_category());
        return accepted;
    }
#endif

    /// Nothing, for a unix socket.
    [[nodiscard]] asio::ip::tcp::endpoint local_endpoint() const {
        error_code ec;
        const auto at = acceptor_.local_endpoint(ec);
        return ec ? asio::ip::tcp::endpoint() : net::tcp_endpoint(at);
    }

    void close() {
        error_code ignored;
        static_cast<void>(acceptor_.close(ignored));
        std::error_code failed;
        if (!file_.empty()) std::filesystem::remove(std::exchange(file_, {}), failed);
    }

private:
    error_code listen_tcp(const server_options& o) {
        using tcp = asio::ip::tcp;
        error_code ec;
        const auto address = asio::ip::make_address(o.address, ec);
        if (ec) return ec;
        const tcp::endpoint at(address, o.port);
        static_cast<void>(acceptor_.open(at.protocol(), ec));
        if (!ec)
            static_cast<void>(acceptor_.set_option(asio::socket_base::reuse_address(true), ec));
#ifdef SO_REUSEPORT
        if (!ec && o.reuse_port) static_cast<void>(acceptor_.set_option(reuse_port(), ec));
#endif
        error_code ignored;
        if (!ec && inherits_no_delay)
            static_cast<void>(acceptor_.set_option(tcp::no_delay(true), ignored));
        if (!ec) static_cast<void>(acceptor_.bind(at, ec));
        if (!ec) static_cast<void>(acceptor_.listen(o.backlog, ec));
        return ec;
    }

    error_code listen_unix(const server_options& o) {
        using local = asio::local::stream_protocol;
        // what sun_path holds, with the zero behind it
        if (o.unix_path.size() > 107) return asio::error::name_too_long;
        const local::endpoint at(o.unix_path);
        error_code ec = remove_stale(at);
        if (!ec) static_cast<void>(acceptor_.open(at.protocol(), ec));
        if (!ec) static_cast<void>(acceptor_.bind(at, ec));
        if (ec) return ec;
        file_ = o.unix_path;
        // before it listens nobody gets in, whatever the mask of the process is
        std::error_code failed;
        std::filesystem::permissions(file_, std::filesystem::perms(o.unix_mode), failed);
        if (failed) return failed;
        static_cast<void>(acceptor_.listen(o.backlog, ec));
        return ec;
    }

    /// A socket that nobody listens on is in the way of `bind`. Files of other kinds stay.
    error_code remove_stale(const asio::local::stream_protocol::endpoint& at) {
        std::error_code failed;
        if (!std::filesystem::is_socket(at.path(), failed)) return {};
        asio::basic_stream_socket<asio::local::stream_protocol, Executor> probe(
            acceptor_.get_executor());
        error_code ec;
        static_cast<void>(probe.open(at.protocol(), ec));
        if (!ec) static_cast<void>(probe.non_blocking(true, ec));
        if (!ec) static_cast<void>(probe.connect(at, ec));
        if (ec != asio::error::connection_refused) return asio::error::address_in_use;
        std::filesystem::remove(at.path(), failed);
        return {};
    }

    acceptor_type acceptor_;
    std::string file_;
};

} // namespace sse::detail
