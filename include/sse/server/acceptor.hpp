// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>
#include <sse/net/transport.hpp>
#include <sse/server/connection.hpp>
#include <sse/server/host_guard.hpp>
#include <sse/server/options.hpp>
#include <sse/server/parked_handler.hpp>
#include <sse/server/server_state.hpp>

#include <chrono>
#include <memory>
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

/// Accepts the connections of a server, and ends them.
class acceptor : public std::enable_shared_from_this<acceptor> {
    using tcp = asio::ip::tcp;

public:
    acceptor(const asio::any_io_executor& executor, server_options options)
        : state_(std::make_shared<server_state>(executor, std::move(options))), acceptor_(executor),
          timer_(executor) {}

    [[nodiscard]] server_state& state() noexcept { return *state_; }

    error_code listen() {
        const server_options& o = state_->options;
        error_code ec;
        const auto address = asio::ip::make_address(o.address, ec);
        if (ec) return ec;
        const tcp::endpoint at(address, o.port);
        state_->hosts =
            o.hosts.value_or(address.is_loopback() ? loopback_names() : std::vector<std::string>());
        static_cast<void>(acceptor_.open(at.protocol(), ec));
        if (!ec) static_cast<void>(acceptor_.set_option(tcp::acceptor::reuse_address(true), ec));
#ifdef SO_REUSEPORT
        if (!ec && o.reuse_port) static_cast<void>(acceptor_.set_option(reuse_port(), ec));
#endif
        if (!ec) static_cast<void>(acceptor_.bind(at, ec));
        if (!ec) static_cast<void>(acceptor_.listen(o.backlog, ec));
        if (ec) {
            error_code ignored;
            static_cast<void>(acceptor_.close(ignored));
            return ec;
        }
        accept();
        return {};
    }

    [[nodiscard]] tcp::endpoint local_endpoint() const {
        error_code ignored;
        return acceptor_.local_endpoint(ignored);
    }

    void drain(std::chrono::milliseconds limit, net::wait_handler handler) {
        stop_accepting();
        server_state& s = *state_;
        s.draining = true;
        drained_.park(std::move(handler));
        for (connection* c = s.first; c != nullptr;)
            std::exchange(c, c->next())->drain();
        if (s.metrics.connections == 0) return drained_.complete({});
        drained_by_ = net::saturated_add(timer_.now(), limit);
        watch_drain();
    }

    void close() {
        stop_accepting();
        close_connections();
        state_->timers->stop();
        timer_.cancel();
        drained_.complete(errc::closed);
    }

private:
    void stop_accepting() {
        error_code ignored;
        static_cast<void>(acceptor_.close(ignored));
    }

    void close_connections() {
        while (state_->first != nullptr)
            state_->first->close();
    }

    /// Idle connections may still ask, and are answered, until the last stream has ended.
    void watch_drain() {
        server_state& s = *state_;
        if (s.metrics.streams == 0) {
            for (connection* c = s.first; c != nullptr;)
                std::exchange(c, c->next())->drain();
        }
        const bool late = timer_.now() >= drained_by_;
        if (late || s.first == nullptr) {
            const bool any = s.first != nullptr;
            close_connections();
            s.timers->stop();
            return drained_.complete(any ? error_code(errc::draining) : error_code());
        }
        timer_.expires_after(std::chrono::milliseconds(20));
        timer_.async_wait([weak = weak_from_this()](const error_code& ec) {
            const auto self = weak.lock();
            if (!ec && self) self->watch_drain();
        });
    }

    void accept() {
        acceptor_.async_accept(
            [self = shared_from_this()](const error_code& ec, tcp::socket socket) {
                self->on_accept(ec, std::move(socket));
            });
    }

    void on_accept(const error_code& ec, tcp::socket socket) {
        if (!acceptor_.is_open() || ec == asio::error::operation_aborted) return;
        if (!ec) {
            add(std::move(socket));
            return accept();
        }
        if (ec == asio::error::connection_aborted) return accept();
        // out of descriptors or memory: what is there goes on, and some of it will end
        timer_.expires_after(std::chrono::milliseconds(100));
        timer_.async_wait([self = shared_from_this()](const error_code& failed) {
            if (!failed && self->acceptor_.is_open()) self->accept();
        });
    }

    void add(tcp::socket socket) {
        server_state& s = *state_;
        const server_limits& l = s.options.limits;
        ++s.metrics.accepted;
        error_code ignored;
        static_cast<void>(socket.set_option(tcp::no_delay(true), ignored));
        const bool full = l.connections != 0 && s.metrics.connections >= l.connections;
        auto made = std::make_shared<connection>(state_, net::transport(std::move(socket)));
        bool crowded = false;
        if (l.connections_per_address != 0) {
            crowded = s.addresses[made->remote_address()]++ >= l.connections_per_address;
        }
        if (!full && !crowded) return made->start();
        ++s.metrics.refused;
        made->refuse(503);
    }

    std::shared_ptr<server_state> state_;
    tcp::acceptor acceptor_;
    net::timer timer_;
    net::time_point drained_by_{};
    parked_handler drained_;
};

} // namespace sse::detail
