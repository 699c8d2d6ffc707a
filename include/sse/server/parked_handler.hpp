// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/any_handler.hpp>
#include <sse/net/asio.hpp>

#include <optional>
#include <utility>

namespace sse::detail {

/// A completion handler that waits for something to happen, with its work tracked and its
/// cancellation slot connected. It is never called inside `park` or `complete`, but posted.
/// Destroying it destroys the handler uncalled.
class parked_handler {
public:
    parked_handler() = default;
    parked_handler(const parked_handler&) = delete;
    parked_handler& operator=(const parked_handler&) = delete;
    ~parked_handler() {
        if (handler_) drop_slot();
    }

    [[nodiscard]] bool waits() const noexcept { return static_cast<bool>(handler_); }

    /// Takes a handler; none must be waiting.
    void park(net::wait_handler handler) {
        handler_ = std::move(handler);
        work_.emplace(
            asio::prefer(handler_.get_executor(), asio::execution::outstanding_work.tracked));
        const asio::cancellation_slot slot = handler_.get_cancellation_slot();
        if (!slot.is_connected()) return;
        auto connected = slot;
        connected.assign([this](asio::cancellation_type type) {
            if (type != asio::cancellation_type::none) complete(asio::error::operation_aborted);
        });
    }

    /// Lets the handler that waits, if any, be called with `ec`.
    void complete(const error_code& ec) {
        if (!handler_) return;
        drop_slot();
        post(std::move(handler_), ec);
        work_.reset();
    }

    /// Lets `handler` be called with `ec`, not from within this call.
    static void post(net::wait_handler handler, const error_code& ec) {
        const asio::any_io_executor executor = handler.get_executor();
        asio::post(executor, [h = std::move(handler), ec]() mutable { h(ec); });
    }

private:
    void drop_slot() {
        asio::cancellation_slot slot = handler_.get_cancellation_slot();
        if (slot.is_connected()) slot.clear();
    }

    net::wait_handler handler_;
    std::optional<asio::any_io_executor> work_;
};

} // namespace sse::detail
