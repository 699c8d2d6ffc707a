// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/any_handler.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/connect.hpp>
#include <sse/net/transport.hpp>
#include <sse/testing/manual_clock.hpp>
#include <sse/testing/manual_timer.hpp>
#include <sse/testing/pending_operation.hpp>
#include <sse/testing/scripted_peer.hpp>
#include <sse/testing/simulation.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sse::testing {

/// A `Net` without sockets and without real time, in the place of `net::socket_net`: connections
/// lead to a `scripted_peer`, timers run on a `manual_clock`. A handle to shared state.
///
///     simulation sim;
///     test_net net(sim);
///     net.peer().accept().expect_request().open_stream().send("data: 1\n\n").close();
///     test_event_source source(sim.get_executor(), url, {}, net);
///     ...
///     sim.run();
class test_net {
public:
    using executor_type = asio::any_io_executor;
    using timer = manual_timer;
    using transport = net::transport;

    /// Connections and timers on the clock of `sim`, with a peer of their own.
    explicit test_net(simulation& sim) : test_net(sim.clock()) {}
    explicit test_net(const manual_clock& clock)
        : world_(std::make_shared<world>(world{clock, {}})) {}

    /// The other side of all connections.
    [[nodiscard]] scripted_peer& peer() noexcept { return world_->peer; }
    [[nodiscard]] manual_clock clock() const { return world_->clock; }

    /// A timer on the manual clock, whose handlers run on `executor`.
    [[nodiscard]] timer make_timer(const executor_type& executor) const {
        return {executor, world_->clock};
    }

    /// Asks the peer's script for a connection, as `net::async_connect` asks the network.
    /// Completes as the script has the attempt end, after its delay on the manual clock.
    /// Completion signature: `void(error_code, transport)`.
    /// Errors: those of the script; `errc::connect_timeout` after the total timeout of `options`;
    /// `operation_aborted` after cancellation. What is not in the script throws `script_mismatch`.
    /// Cancellation: terminal, partial and total end the attempt.
    template <class CompletionToken>
    auto async_connect(const executor_type& executor, std::string_view host, std::uint16_t port,
                       const net::connect_options& options, CompletionToken&& token) const {
        return asio::async_initiate<CompletionToken, void(error_code, transport)>(
            initiate{executor, world_}, token, std::string(host), port, options);
    }

private:
    struct world {
        manual_clock clock;
        scripted_peer peer;
    };

    /// One attempt: lives in the handler of its timer.
    struct attempt : std::enable_shared_from_this<attempt> {
        using handler_type = net::any_handler<void(error_code, transport)>;

        attempt(executor_type e, std::shared_ptr<world> w)
            : executor(e), world(std::move(w)), timer(e, world->clock) {}

        void start(handler_type handler, std::string host, std::uint16_t port,
                   const net::connect_options& options) {
            number = world->peer.attempts().size();
            outcome = world->peer.begin({host, port, options, world->clock.now()});
            const std::chrono::nanoseconds limit = options.timeout;
            const bool hangs = outcome.what == scripted_peer::outcome::kind::hang;
            if (limit.count() > 0 && (hangs || outcome.delay.time > limit))
                outcome = {
                    scripted_peer::outcome::kind::fail, errc::connect_timeout, after(limit), {}};
            operation.start(std::move(handler), [this] {
                timer.cancel();
                complete(asio::error::operation_aborted);
            });
            if (outcome.what == scripted_peer::outcome::kind::hang)
                timer.expires_at(net::time_point::max());
            else
                timer.expires_after(outcome.delay.time);
            timer.async_wait([self = this->shared_from_this()](error_code) { self->finish(); });
        }

        void finish() {
            if (!operation.waiting()) return;
            if (outcome.what == scripted_peer::outcome::kind::fail) return complete(outcome.ec);
            operation.complete({},
                               world->peer.connect(number, outcome.script, world->clock, executor));
        }

        void complete(error_code ec) { operation.complete(ec, transport(executor)); }

        executor_type executor;
        std::shared_ptr<test_net::world> world;
        manual_timer timer;
        pending_operation<void(error_code, transport)> operation{};
        scripted_peer::outcome outcome{};
        std::size_t number = 0;
    };

    struct initiate {
        using executor_type = test_net::executor_type;
        executor_type executor;
        std::shared_ptr<test_net::world> world;
        [[nodiscard]] executor_type get_executor() const noexcept { return executor; }
        template <class Handler>
        void operator()(Handler&& handler, std::string host, std::uint16_t port,
                        const net::connect_options& options) const {
            std::make_shared<attempt>(executor, world)
                ->start({std::forward<Handler>(handler), executor}, std::move(host), port, options);
        }
    };

    std::shared_ptr<world> world_;
};

} // namespace sse::testing
