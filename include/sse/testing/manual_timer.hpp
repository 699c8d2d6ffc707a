// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/any_handler.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>
#include <sse/testing/manual_clock.hpp>
#include <sse/testing/pending_operation.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace sse::testing {

/// A timer on a `manual_clock`, with the interface and behaviour of `net::timer`.
class manual_timer {
public:
    using executor_type = asio::any_io_executor;

    /// A timer on `clock`, whose handlers run on `executor` unless they have one of their own.
    manual_timer(const executor_type& executor, manual_clock clock)
        : core_(std::make_unique<core>(executor, std::move(clock))) {}

    [[nodiscard]] executor_type get_executor() noexcept { return core_->executor; }
    /// The time on the timer's clock.
    [[nodiscard]] net::time_point now() const noexcept { return core_->clock.now(); }
    /// When the waits end.
    [[nodiscard]] net::time_point expiry() const noexcept { return core_->expiry; }

    /// Sets the expiry to `duration` from now. Cancels the waits under way.
    template <class Rep, class Period>
    void expires_after(std::chrono::duration<Rep, Period> duration) {
        expires_at(net::saturated_add(now(), duration));
    }

    /// Sets the expiry. Cancels the waits under way.
    void expires_at(net::time_point at) {
        cancel();
        core_->expiry = at;
    }

    /// Completes the waits under way with `operation_aborted`.
    void cancel() { core_->complete_all(asio::error::operation_aborted); }

    /// Waits for the expiry; at once where the clock has passed it.
    /// Completion signature: `void(error_code)`.
    /// Errors: `operation_aborted` after `cancel()`, a new expiry, destruction or cancellation.
    /// Cancellation: terminal, partial and total end the wait.
    template <class CompletionToken>
    auto async_wait(CompletionToken&& token) {
        return asio::async_initiate<CompletionToken, void(error_code)>(initiate{core_.get()},
                                                                       token);
    }

private:
    using wait = pending_operation<void(error_code)>;

    struct core final : manual_clock::alarm {
        core(executor_type e, manual_clock c) : executor(std::move(e)), clock(std::move(c)) {
            clock.attach(*this);
        }
        ~core() {
            clock.detach(*this);
            complete_all(asio::error::operation_aborted);
        }

        [[nodiscard]] std::optional<net::time_point> due() const override {
            for (const auto& w : waits)
                if (w->waiting()) return expiry;
            return std::nullopt;
        }

        void fire(net::time_point now) override {
            if (expiry <= now) complete_all(error_code());
        }

        void complete_all(const error_code& ec) {
            for (const auto& w : waits)
                w->complete(ec);
        }

        void start(net::wait_handler handler) {
            if (expiry <= clock.now()) return wait::post(std::move(handler), error_code());
            idle().start(std::move(handler));
        }

        wait& idle() {
            for (const auto& w : waits)
                if (!w->waiting()) return *w;
            return *waits.emplace_back(std::make_unique<wait>());
        }

        executor_type executor;
        manual_clock clock;
        net::time_point expiry{};
        std::vector<std::unique_ptr<wait>> waits;
    };

    struct initiate {
        using executor_type = manual_timer::executor_type;
        core* self;
        [[nodiscard]] executor_type get_executor() const noexcept { return self->executor; }
        template <class Handler>
        void operator()(Handler&& handler) const {
            self->start(net::wait_handler(std::forward<Handler>(handler), self->executor));
        }
    };

    std::unique_ptr<core> core_;
};

} // namespace sse::testing
