// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/any_handler.hpp>
#include <sse/net/asio.hpp>

#include <optional>
#include <tuple>
#include <utility>

namespace sse::detail {

/// A place where a completion handler of `void(error_code, Args...)` waits for something to
/// happen, with its cancellation slot connected and, if `TracksWork`, as work of its executor. The
/// handler is never called inside a function of this class, but posted. Destroying the place
/// destroys the handler uncalled.
template <bool TracksWork, class... Args>
class parking_place {
public:
    using handler_type = net::any_handler<void(error_code, Args...)>;

    parking_place() = default;
    parking_place(const parking_place&) = delete;
    parking_place& operator=(const parking_place&) = delete;
    ~parking_place() { drop(); }

    [[nodiscard]] bool waits() const noexcept { return static_cast<bool>(handler_); }

    /// Takes a handler; none must be waiting. Cancellation completes it with `operation_aborted`.
    void park(handler_type handler) {
        park(std::move(handler), [this] { complete(asio::error::operation_aborted, Args()...); });
    }

    /// The same, but cancellation calls `on_cancel()`, which has to complete the handler.
    template <class OnCancel>
    void park(handler_type handler, OnCancel on_cancel) {
        handler_ = std::move(handler);
        post_ = &parking_place::post;
        if constexpr (TracksWork)
            work_.emplace(
                asio::prefer(handler_.get_executor(), asio::execution::outstanding_work.tracked));
        asio::cancellation_slot slot = handler_.get_cancellation_slot();
        if (!slot.is_connected()) return;
        slot.assign([on_cancel = std::move(on_cancel)](asio::cancellation_type type) {
            if (type == asio::cancellation_type::none) return;
            OnCancel last = on_cancel; // completing clears the slot, this function included
            last();
        });
    }

    /// Lets the handler that waits, if any, be called.
    void complete(error_code ec, Args... args) {
        if (!handler_) return;
        drop_slot();
        post_(std::move(handler_), ec, std::move(args)...);
        work_.reset();
    }

    /// Lets `handler` be called, not from within this call.
    static void post(handler_type handler, error_code ec, Args... args) {
        const asio::any_io_executor executor = handler.get_executor();
        asio::post(executor, [h = std::move(handler), ec,
                              rest = std::tuple<Args...>(std::move(args)...)]() mutable {
            std::apply([&](auto&... a) { h(ec, std::move(a)...); }, rest);
        });
    }

    /// Destroys the handler that waits, if any, uncalled.
    void drop() noexcept {
        if (!handler_) return;
        drop_slot();
        [[maybe_unused]] const handler_type uncalled = std::move(handler_);
        work_.reset();
    }

private:
    void drop_slot() noexcept {
        asio::cancellation_slot slot = handler_.get_cancellation_slot();
        if (slot.is_connected()) slot.clear();
    }

    handler_type handler_;
    /// `post`, by a pointer: a file that parks no handler does not compile it.
    void (*post_)(handler_type, error_code, Args...) = nullptr;
    std::optional<asio::any_io_executor> work_;
};

template <class... Args>
using basic_parked_handler = parking_place<true, Args...>;

/// Waits for a result that is nothing but an error code.
using parked_handler = basic_parked_handler<>;

} // namespace sse::detail
