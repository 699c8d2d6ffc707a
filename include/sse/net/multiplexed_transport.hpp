// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/byte_stream.hpp>
#include <sse/net/handler_memory.hpp>
#include <sse/net/prefetch.hpp>
#include <sse/net/readiness_set.hpp>
#include <sse/net/tcp_endpoint.hpp>
#include <sse/net/transport.hpp>
#include <sse/net/watched_socket.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace sse::net {

/// One of many connected byte streams of a thread, of which most wait most of the time. Where the
/// system has it, a plain socket waits in a `readiness_set` of type `Set`, and takes no more memory
/// than this object; others are a transport of their own, with executors of type `Executor`.
///
/// At most one wait for readability and one for writability at a time.
/// Lifetime: closed by its destructor. It may be moved until it is attached.
/// Thread safety: unsafe, one (implicit) strand each.
template <class Executor, class Set>
class multiplexed_transport {
public:
    using transport_type = basic_transport<Executor>;
    using plain_socket = watched_socket<Set>;

    explicit multiplexed_transport(plain_socket socket) : socket_(std::move(socket)) {}
    explicit multiplexed_transport(transport_type t)
        : lone_(std::make_unique<lone_transport>(std::move(t))) {}
    /// Runs over `stream`, as a transport does.
    multiplexed_transport(const Executor& executor, std::unique_ptr<byte_stream> stream)
        : multiplexed_transport(transport_type(executor, std::move(stream))) {}

    /// From now on waits are told to `observer`. A socket of the system enters `set`, or, where
    /// that is null or has no room, becomes a transport of its own.
    void attach(Set* set, const Executor& executor, readiness_observer& observer) {
        if (!lone_) {
            if (set != nullptr && socket_.enter(*set, observer)) return;
            lone_ = std::make_unique<lone_transport>(adopt(executor));
        }
        lone_->observer = &observer;
    }

    /// Whether it has a transport of its own.
    [[nodiscard]] bool is_lone() const noexcept { return lone_ != nullptr; }
    /// The transport of its own, to be moved away and given back by `run_over`; not for sockets in
    /// a set.
    [[nodiscard]] transport_type& lone() noexcept { return lone_->transport; }

    /// Begins to wait for `what`, attached and open. `owner` is what it lies in, and keeps it where
    /// Asio waits.
    /// Errors: as `basic_transport::async_wait_readable`.
    template <class Owner>
    void wait(readiness what, const std::shared_ptr<Owner>& owner) {
        if (!lone_) return socket_.wait(what);
        std::shared_ptr<lone_transport> kept(owner, lone_.get());
        if (what == readiness::readable)
            lone_->transport.async_wait_readable(completion<readiness::readable>{std::move(kept)});
        else
            lone_->transport.async_wait_writable(completion<readiness::writable>{std::move(kept)});
    }

    /// As those of `basic_transport`.
    std::size_t read_some(asio::mutable_buffer buffer, error_code& ec) {
        return lone_ ? lone_->transport.read_some(buffer, ec) : socket_.read_some(buffer, ec);
    }
    std::size_t write_some(asio::const_buffer buffer, error_code& ec) {
        return lone_ ? lone_->transport.write_some(buffer, ec) : socket_.write_some(buffer, ec);
    }
    /// Asks for the memory that a write needs, a step further each time: first for a transport of
    /// its own, then as that does.
    void prefetch(std::size_t step) const noexcept {
        if (!lone_) return;
        if (step == 0) return sse::detail::prefetch(lone_.get(), sizeof(lone_transport));
        lone_->transport.prefetch(step - 1);
    }
    void shutdown_send(error_code& ec) {
        lone_ ? lone_->transport.shutdown_send(ec) : socket_.shutdown_send(ec);
    }
    [[nodiscard]] std::string remote_address() const {
        if (lone_) return lone_->transport.remote_address();
        error_code ec;
        const auto peer = socket_.remote_endpoint(ec);
        return ec ? std::string() : address_text(tcp_endpoint(peer));
    }

    /// Waits under way are not told any more, or with an error.
    void close() noexcept { lone_ ? lone_->transport.close() : socket_.close(); }

private:
    struct lone_transport {
        explicit lone_transport(transport_type t) : transport(std::move(t)) {}

        transport_type transport;
        readiness_observer* observer = nullptr;
        handler_memory memory{}; ///< for the wait that is always under way
    };

    /// Of Asio's wait. One type for each of both, so that it fits into that memory.
    template <readiness What>
    struct completion {
        using allocator_type = handler_allocator<>;
        // Asio since 1.26 asks for it, and makes none of a `borrowed_executor` itself
        using immediate_executor_type = asio::any_io_executor;
        std::shared_ptr<lone_transport> of;

        [[nodiscard]] allocator_type get_allocator() const noexcept {
            return allocator_type(of->memory);
        }
        [[nodiscard]] immediate_executor_type get_immediate_executor() const {
            return asio::require(immediate_executor_type(of->transport.get_executor()),
                                 asio::execution::blocking.never);
        }
        void operator()(const error_code& ec) const { of->observer->on_ready(What, ec); }
    };

    [[nodiscard]] transport_type adopt(const Executor& executor) {
        typename transport_type::socket_type socket(executor);
        const asio::generic::stream_protocol protocol(socket_.family(), 0);
        error_code failed;
        static_cast<void>(socket.assign(protocol, socket_.descriptor(), failed));
        if (!failed) static_cast<void>(socket_.release());
        return transport_type(std::move(socket));
    }

    plain_socket socket_;
    std::unique_ptr<lone_transport> lone_;
};

} // namespace sse::net
