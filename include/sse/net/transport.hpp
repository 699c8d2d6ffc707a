// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/byte_stream.hpp>
#include <sse/net/prefetch.hpp>
#include <sse/net/tcp_endpoint.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace sse::net {

/// One connected byte stream: a TCP or unix socket, or a `byte_stream` of another kind. Sockets are
/// used directly, without virtual calls and with Asio's own operations; TCP and unix sockets are of
/// one type here, so an idle transport is a socket and a pointer (96 bytes with the default
/// executor on 64-bit Linux, 48 with that of an `io_context`).
///
/// At most one read (or wait for readability) and one write (or wait for writability) at a time.
/// Lifetime: destroying or closing a transport completes its operations with `operation_aborted`.
/// Thread safety: distinct objects: safe. Shared objects: unsafe, one (implicit) strand each.
template <class Executor = asio::any_io_executor>
class basic_transport {
public:
    using executor_type = Executor;
    using socket_type = asio::basic_stream_socket<asio::generic::stream_protocol, executor_type>;

    template <class Executor1>
    struct rebind_executor {
        using other = basic_transport<Executor1>;
    };

    /// A closed transport.
    explicit basic_transport(const executor_type& executor) : socket_(executor) {}

    /// Takes over a connected TCP, unix or generic stream socket.
    template <class Protocol>
    explicit basic_transport(asio::basic_stream_socket<Protocol, executor_type> socket)
        : socket_(std::move(socket)) {
        error_code ignored;
        if (socket_.is_open()) socket_.non_blocking(true, ignored);
    }

    /// Runs over `stream`, whose handlers without an executor of their own run on `executor`.
    basic_transport(const executor_type& executor, std::unique_ptr<byte_stream> stream)
        : socket_(executor), stream_(std::move(stream)) {}

    /// Takes over the connection of `other`, which has another type of executor.
    template <class Executor1>
    requires std::is_convertible_v<Executor1, Executor>
    explicit basic_transport(basic_transport<Executor1>&& other)
        : socket_(std::move(other.socket_)), stream_(std::move(other.stream_)) {}

    /// Goes on over `stream`, where the connection was moved away. (Assigning a transport made of
    /// it would copy what a closed socket of Asio leaves without a value, which g++ warns of.)
    void run_over(std::unique_ptr<byte_stream> stream) noexcept { stream_ = std::move(stream); }

    basic_transport(basic_transport&&) noexcept = default;
    basic_transport& operator=(basic_transport&&) noexcept = default;

    [[nodiscard]] executor_type get_executor() noexcept { return socket_.get_executor(); }

    /// Reads at least one byte into `buffer`.
    /// Completion signature: `void(error_code, std::size_t)`.
    /// Errors: `eof` at the end of the stream, `operation_aborted`, those of the system.
    /// Cancellation: terminal, partial and total end the read without effect.
    /// Lifetime: the memory behind `buffer` has to stay until completion.
    template <class CompletionToken>
    auto async_read_some(asio::mutable_buffer buffer, CompletionToken&& token) {
        return asio::async_initiate<CompletionToken, void(error_code, std::size_t)>(
            initiate_read{this}, token, buffer);
    }

    /// Writes at least one byte of `buffer`. Otherwise as `async_read_some`, but without `eof`.
    template <class CompletionToken>
    auto async_write_some(asio::const_buffer buffer, CompletionToken&& token) {
        return asio::async_initiate<CompletionToken, void(error_code, std::size_t)>(
            initiate_write{this}, token, buffer);
    }

    /// Writes all of `buffer`.
    /// Completion signature: `void(error_code, std::size_t)`, with the number of bytes written.
    /// Errors: `operation_aborted`, those of the system.
    /// Cancellation: terminal and partial end it; the number tells what was written.
    /// Lifetime: the memory behind `buffer` has to stay until completion.
    template <class CompletionToken>
    auto async_write(asio::const_buffer buffer, CompletionToken&& token) {
        return asio::async_write(*this, buffer, all{}, std::forward<CompletionToken>(token));
    }

    /// Completes as soon as `read_some` has something to tell: bytes, the end, or an error.
    /// Completion signature: `void(error_code)`.
    /// Errors: `operation_aborted`, those of the system.
    /// Cancellation: terminal, partial and total end the wait.
    template <class CompletionToken>
    auto async_wait_readable(CompletionToken&& token) {
        return asio::async_initiate<CompletionToken, void(error_code)>(initiate_wait{this}, token,
                                                                       readiness::readable);
    }

    /// Completes as soon as `write_some` may get on. Otherwise as `async_wait_readable`.
    template <class CompletionToken>
    auto async_wait_writable(CompletionToken&& token) {
        return asio::async_initiate<CompletionToken, void(error_code)>(initiate_wait{this}, token,
                                                                       readiness::writable);
    }

    /// Reads what is there, without waiting.
    /// Errors: `would_block` where nothing is there, `eof`, those of the system.
    std::size_t read_some(asio::mutable_buffer buffer, error_code& ec) {
        if (stream_) return stream_->read_some(buffer, ec);
        return socket_.read_some(buffer, ec);
    }

    /// Writes what goes without waiting.
    /// Errors: `would_block` where nothing goes: the next write then has to begin with the same
    /// bytes, at the same place or another. Those of the system.
    std::size_t write_some(asio::const_buffer buffer, error_code& ec) {
        if (stream_) return stream_->write_some(buffer, ec);
        return socket_.write_some(buffer, ec);
    }

    /// Asks for the memory that a write needs beyond this object: first for the stream that it runs
    /// over, if it does, and in the next step for what that needs.
    void prefetch(std::size_t step) const noexcept {
        if (!stream_) return;
        if (step == 0) return sse::detail::prefetch(stream_.get(), sizeof(byte_stream));
        stream_->prefetch();
    }

    /// Ends the sending direction: the peer reads the end of the stream behind what was written.
    /// Errors: `would_block` (not for sockets): wait until writable, and call it again.
    void shutdown_send(error_code& ec) {
        if (stream_)
            stream_->shutdown_send(ec);
        else
            socket_.shutdown(asio::socket_base::shutdown_send, ec);
    }

    /// Closes the connection. Operations under way complete with `operation_aborted`. Once closed,
    /// nothing more happens. A socket with unread input sends a reset.
    void close() noexcept {
        if (stream_) return stream_->close();
        error_code ignored;
        socket_.close(ignored);
    }

    /// Like `close()`, but drops what the kernel has not sent yet: nothing of the connection stays
    /// behind, and a TCP peer reads a reset.
    void abort() noexcept {
        if (stream_) return stream_->abort();
        error_code ignored;
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        socket_.close(ignored);
    }

    [[nodiscard]] bool is_open() const noexcept {
        return stream_ ? stream_->is_open() : socket_.is_open();
    }

    /// The peer's IP address as a text, IPv6 without brackets. Empty for unix sockets, and where
    /// there is none.
    [[nodiscard]] std::string remote_address() const {
        if (stream_) return stream_->remote_address();
        return address_text(remote_endpoint());
    }

    /// The peer's TCP port, or 0.
    [[nodiscard]] std::uint16_t remote_port() const {
        return stream_ ? stream_->remote_port() : remote_endpoint().port();
    }

    /// The socket, to set options on it; null where there is none.
    [[nodiscard]] socket_type* socket() noexcept { return stream_ ? nullptr : &socket_; }
    /// The stream that it was made of; null for sockets.
    [[nodiscard]] byte_stream* stream() noexcept { return stream_.get(); }

private:
    struct all {
        std::size_t operator()(const error_code& ec, std::size_t) const noexcept {
            return ec ? 0 : (std::numeric_limits<std::size_t>::max)();
        }
    };

    struct initiation {
        using executor_type = Executor;
        basic_transport* self;
        [[nodiscard]] executor_type get_executor() const noexcept { return self->get_executor(); }
    };
    struct initiate_read : initiation {
        template <class Handler>
        void operator()(Handler&& handler, asio::mutable_buffer buffer) const {
            auto& t = *this->self;
            if (t.stream_)
                t.stream_->async_read_some(
                    buffer, t.template erase<io_handler>(std::forward<Handler>(handler)));
            else
                t.socket_.async_read_some(buffer, std::forward<Handler>(handler));
        }
    };
    struct initiate_write : initiation {
        template <class Handler>
        void operator()(Handler&& handler, asio::const_buffer buffer) const {
            auto& t = *this->self;
            if (t.stream_)
                t.stream_->async_write_some(
                    buffer, t.template erase<io_handler>(std::forward<Handler>(handler)));
            else
                t.socket_.async_write_some(buffer, std::forward<Handler>(handler));
        }
    };
    struct initiate_wait : initiation {
        template <class Handler>
        void operator()(Handler&& handler, readiness what) const {
            auto& t = *this->self;
            if (t.stream_)
                t.stream_->async_wait(
                    what, t.template erase<wait_handler>(std::forward<Handler>(handler)));
            else
                t.socket_.async_wait(what == readiness::readable ? asio::socket_base::wait_read
                                                                 : asio::socket_base::wait_write,
                                     std::forward<Handler>(handler));
        }
    };

    template <class Erased, class Handler>
    Erased erase(Handler&& handler) {
        return Erased(std::forward<Handler>(handler), get_executor());
    }

    [[nodiscard]] asio::ip::tcp::endpoint remote_endpoint() const {
        error_code ec;
        const auto peer = socket_.remote_endpoint(ec);
        return ec ? asio::ip::tcp::endpoint() : tcp_endpoint(peer);
    }

    template <class>
    friend class basic_transport;

    socket_type socket_;
    std::unique_ptr<byte_stream> stream_;
};

using transport = basic_transport<>;

} // namespace sse::net
