// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/member_call.hpp>
#include <sse/net/timer.hpp>
#include <sse/server/host_guard.hpp>
#include <sse/server/listening_socket.hpp>
#include <sse/server/seat.hpp>
#include <sse/server/server_core.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sse::detail {

/// Accepts connections and hands each to the thread that has the fewest.
template <class Executor>
class acceptor : public std::enable_shared_from_this<acceptor<Executor>> {
public:
    using core_type = server_core<Executor>;
    using transport_type = server_transport<Executor>;
    using socket_type = typename transport_type::transport_type::socket_type;
    using plain_socket = typename transport_type::plain_socket;
    using cores = std::vector<std::shared_ptr<core_type>>;

    /// Accepts on the executor of the first of `targets`.
    explicit acceptor(cores targets)
        : targets_(std::move(targets)), socket_(targets_[0]->state()->own_executor),
          timer_(targets_[0]->state()->own_executor) {}

    error_code listen() {
        const server_options& o = targets_[0]->state()->options;
        if (o.tls && o.tls->error()) return o.tls->error();
        if (const error_code ec = socket_.listen(o)) return ec;
        const std::vector<std::string> own = names(o);
        for (const auto& target : targets_) {
            target->state()->hosts = o.hosts.value_or(own);
            // without a set of their own, connections wait by operations of Asio's
            if (accepts_plain && !o.tls) static_cast<void>(target->state()->ready->open());
        }
        accept();
        return {};
    }

    [[nodiscard]] asio::ip::tcp::endpoint local_endpoint() const {
        return socket_.local_endpoint();
    }

    void stop() {
        socket_.close();
        timer_.cancel();
    }

private:
    [[nodiscard]] std::vector<std::string> names(const server_options& o) const {
        const bool open = !o.unix_path.empty() || !local_endpoint().address().is_loopback();
        return open ? std::vector<std::string>() : loopback_names();
    }

    /// Those that have as few take turns.
    [[nodiscard]] core_type& choose() noexcept {
        std::size_t best = last_;
        for (std::size_t i = 1; i <= targets_.size(); ++i) {
            const std::size_t candidate = (last_ + i) % targets_.size();
            if (i == 1 || load(candidate) < load(best)) best = candidate;
        }
        last_ = best;
        return *targets_[best];
    }
    [[nodiscard]] std::uint64_t load(std::size_t i) const noexcept {
        return targets_[i]->state()->counters.connections.get();
    }

    void accept() {
        if constexpr (accepts_plain) {
            socket_.acceptor().async_wait(asio::socket_base::wait_read,
                                          calls<&acceptor::on_arrivals>(this->shared_from_this()));
        } else {
            core_type& target = choose();
            socket_.acceptor().async_accept(target.state()->for_sockets(),
                                            [self = this->shared_from_this(),
                                             &target](const error_code& ec, socket_type socket) {
                                                self->on_accept(ec, std::move(socket), target);
                                            });
        }
    }

    void on_arrivals(const error_code& waited) {
        error_code ec = waited;
        // others want their turn as well
        for (int i = 0; i < 16 && !ec && socket_.is_open(); ++i) {
            const int accepted = socket_.accept(ec);
            if (!ec) hand_over(transport_type(plain_socket(accepted)), choose());
        }
        go_on(ec == asio::error::would_block ? error_code() : ec);
    }

    void on_accept(const error_code& ec, socket_type socket, core_type& target) {
        if (!ec && socket_.is_open())
            hand_over(transport_type(typename transport_type::transport_type(std::move(socket))),
                      target);
        go_on(ec);
    }

    void go_on(const error_code& ec) {
        if (!socket_.is_open() || ec == asio::error::operation_aborted) return;
        if (!ec || ec == asio::error::connection_aborted) return accept();
        // out of descriptors or memory: what is there goes on, and some of it will end
        timer_.expires_after(std::chrono::milliseconds(100));
        timer_.async_wait(calls<&acceptor::accept_again>(this->weak_from_this()));
    }

    void accept_again(const error_code& ec) {
        if (!ec && socket_.is_open()) accept();
    }

    void hand_over(transport_type arrived, core_type& target) {
        server_state& s = *target.state();
        ++s.counters.accepted;
        const bool by_address = s.options.limits.connections_per_address != 0;
        seat<Executor> place(target.state(), by_address ? arrived.remote_address() : std::string());
        if (&target == targets_[0].get()) return target.add(std::move(arrived), std::move(place));
        asio::post(target.state()->own_executor,
                   [core = target.shared_from_this(), t = std::move(arrived),
                    p = std::move(place)]() mutable { core->add(std::move(t), std::move(p)); });
    }

    cores targets_;
    listening_socket<Executor> socket_;
    net::basic_timer<Executor> timer_;
    std::size_t last_ = 0;
};

} // namespace sse::detail
