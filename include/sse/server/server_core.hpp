// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/member_call.hpp>
#include <sse/net/parked_handler.hpp>
#include <sse/net/timer.hpp>
#include <sse/net/transport.hpp>
#include <sse/server/connection.hpp>
#include <sse/server/drain.hpp>
#include <sse/server/listening_socket.hpp>
#include <sse/server/seat.hpp>
#include <sse/server/server_engine.hpp>
#include <sse/server/thread_state.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace sse::detail {

/// The connections of a server on one thread, from the accepted socket to their end.
template <class Executor>
class server_core final : public server_engine,
                          public std::enable_shared_from_this<server_core<Executor>> {
public:
    using connection_type = connection<Executor>;
    using state_type = thread_state<Executor>;

    server_core(const Executor& executor, server_options options,
                std::shared_ptr<admission> admitted)
        : state_(std::make_shared<state_type>(executor, std::move(options), std::move(admitted))),
          timer_(executor) {}

    [[nodiscard]] const std::shared_ptr<state_type>& state() const noexcept { return state_; }

    void add(server_transport<Executor> arrived, seat<Executor> place) {
        if (state_->closed || !place.taken()) return;
        if constexpr (!inherits_no_delay) {
            error_code ignored;
            static_cast<void>(
                arrived.lone().socket()->set_option(asio::ip::tcp::no_delay(true), ignored));
        }
        const bool refused = place.refused();
        const auto made = std::make_shared<connection_type>(std::move(place), std::move(arrived));
        // over TLS it would take a handshake to say why
        if (refused) return state_->options.tls ? void() : made->refuse(made);
        made->start(made);
    }

    // its pool listens for it, or a lone_server
    error_code listen() override { return errc::operation_in_progress; }
    [[nodiscard]] asio::ip::tcp::endpoint local_endpoint() const override { return {}; }

    void drain(const drain_options& options, drain_handler handler) override {
        if (drained_.waits())
            return drained_.post(std::move(handler), errc::operation_in_progress, {});
        state_type& s = *state_;
        drained_.park(std::move(handler));
        s.closed = s.draining = true;
        s.refusing = options.refuse;
        const net::time_point now = timer_.now();
        drained_by_ = net::saturated_add(now, options.limit);
        paced_from_ = now;
        paced_ = options.paced;
        result_ = {};
        for_each([this](connection_type&) { ++result_.ended; });
        paced_left_ = result_.ended;
        watch_drain();
    }

    void close() override {
        state_->closed = true;
        close_connections();
        state_->timers->stop();
        timer_.cancel();
        drained_.complete(errc::closed, result_);
    }

private:
    /// What `f` does to one connection may end others.
    template <class F>
    void for_each(F f) {
        std::vector<std::shared_ptr<connection_type>> all;
        for (connection_type* c = state_->first; c != nullptr; c = c->next())
            all.push_back(c->self());
        for (const auto& c : all)
            f(*c);
    }

    void close_connections() {
        while (state_->first != nullptr)
            state_->first->close();
    }

    /// Idle connections may still ask, and are answered, until the last stream of all threads has
    /// ended.
    void watch_drain() {
        state_type& s = *state_;
        end_some_streams();
        if (s.admitted->streams() == 0) end_idle_ones();
        const bool late = timer_.now() >= drained_by_;
        if (late || s.first == nullptr) return end_drain();
        timer_.expires_after(std::chrono::milliseconds(20));
        timer_.async_wait(calls<&server_core::watch_drain_again>(this->weak_from_this()));
    }
    void watch_drain_again(const error_code& ec) {
        if (!ec) watch_drain();
    }

    /// As many as are due by now, of those that were there in the beginning.
    void end_some_streams() {
        if (paced_.count() <= 0 || paced_left_ == 0) return;
        const double passed = net::in_seconds(timer_.now() - paced_from_) / net::in_seconds(paced_);
        const auto left = static_cast<std::size_t>(static_cast<double>(result_.ended) *
                                                   std::max(0.0, 1.0 - passed));
        std::size_t due = paced_left_ - std::min(paced_left_, left);
        paced_left_ -= due;
        for_each([&due](connection_type& c) {
            if (due != 0 && c.end_stream()) --due;
        });
    }

    void end_idle_ones() {
        for_each([](connection_type& c) { c.drain(); });
    }

    void end_drain() {
        end_idle_ones();
        for_each([this](connection_type&) {
            ++result_.cut;
            --result_.ended;
        });
        close_connections();
        state_->timers->stop();
        drained_.complete(result_.cut == 0 ? error_code() : error_code(errc::draining), result_);
    }

    std::shared_ptr<state_type> state_;
    net::basic_timer<Executor> timer_;
    basic_parked_handler<drain_result> drained_;
    drain_result result_;
    net::time_point drained_by_{};
    net::time_point paced_from_{};
    std::chrono::milliseconds paced_{};
    std::size_t paced_left_ = 0;
};

} // namespace sse::detail
