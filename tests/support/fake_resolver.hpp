// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/any_handler.hpp>
#include <sse/net/asio.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::testing {

/// A resolver that answers when it is told to, and that, as a lookup in a thread, cannot be
/// stopped. A handle to shared state.
class fake_resolver {
public:
    using results_type = asio::ip::tcp::resolver::results_type;

    explicit fake_resolver(asio::any_io_executor executor)
        : state_(std::make_shared<state>(state{std::move(executor)})) {}

    template <class Handler>
    void async_resolve(std::string_view host, std::string_view service,
                       asio::ip::resolver_base::flags, Handler&& handler) {
        state_->host = host;
        state_->service = service;
        state_->handler = handler_type(std::forward<Handler>(handler), state_->executor);
    }
    void cancel() { state_->cancelled = true; }

    /// Answers, through the executor.
    void answer(error_code ec, const std::vector<asio::ip::tcp::endpoint>& endpoints = {}) {
        const auto results =
            results_type::create(endpoints.begin(), endpoints.end(), state_->host, state_->service);
        const auto executor = state_->handler.get_executor();
        asio::post(executor, [handler = std::move(state_->handler), ec, results]() mutable {
            handler(ec, results);
        });
    }

    [[nodiscard]] bool asked() const noexcept { return static_cast<bool>(state_->handler); }
    [[nodiscard]] bool cancelled() const noexcept { return state_->cancelled; }
    [[nodiscard]] const std::string& host() const noexcept { return state_->host; }
    [[nodiscard]] const std::string& service() const noexcept { return state_->service; }
    /// Drops the handler, as the destruction of the context would.
    void drop() { state_->handler = handler_type(); }

private:
    using handler_type = net::any_handler<void(error_code, results_type)>;

    struct state {
        asio::any_io_executor executor;
        handler_type handler{};
        std::string host{};
        std::string service{};
        bool cancelled = false;
    };

    std::shared_ptr<state> state_;
};

} // namespace sse::testing
