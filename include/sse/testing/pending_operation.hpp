// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/parked_handler.hpp>

#include <utility>

namespace sse::testing {

/// The suspended operations of one context: destroyed with it, uncalled, as Asio's own are.
class suspended_operations final : public asio::execution_context::service {
public:
    using key_type = suspended_operations;
    static inline asio::execution_context::id id;

    struct node {
        node* previous = nullptr;
        node* next = nullptr;
        virtual void drop() noexcept = 0;

    protected:
        ~node() = default;
    };

    explicit suspended_operations(asio::execution_context& context) : service(context) {}

    /// False where the context is being destroyed.
    [[nodiscard]] bool add(node& n) noexcept {
        if (down_) return false;
        n.next = first_;
        n.previous = nullptr;
        if (first_) first_->previous = &n;
        first_ = &n;
        return true;
    }

    void remove(node& n) noexcept {
        (n.previous ? n.previous->next : first_) = n.next;
        if (n.next) n.next->previous = n.previous;
    }

private:
    void shutdown() noexcept override {
        down_ = true;
        while (first_)
            first_->drop();
    }

    node* first_ = nullptr;
    bool down_ = false;
};

template <class Signature>
class pending_operation;

/// A place where one asynchronous operation waits until somebody completes it. The handler is
/// always posted to its associated executor; its cancellation slot is honoured (all types); it is
/// destroyed uncalled with this object, or with the context. Waiting is no work that keeps
/// `io_context::run` from returning: nothing outside the program could ever end it.
template <class... Args>
class pending_operation<void(error_code, Args...)> final : suspended_operations::node {
    using parked = sse::detail::parking_place<false, Args...>;

public:
    using handler_type = typename parked::handler_type;

    pending_operation() = default;
    pending_operation(const pending_operation&) = delete;
    pending_operation& operator=(const pending_operation&) = delete;
    ~pending_operation() { drop(); }

    [[nodiscard]] bool waiting() const noexcept { return parked_.waits(); }

    /// Suspends `handler`; none must be waiting. Cancellation ends it with `operation_aborted`.
    void start(handler_type handler) {
        start(std::move(handler), [this] { complete(asio::error::operation_aborted, Args()...); });
    }

    /// The same, but cancellation calls `on_cancel()`, which has to complete it.
    template <class OnCancel>
    void start(handler_type handler, OnCancel on_cancel) {
        auto& context = static_cast<asio::execution_context&>(
            asio::query(handler.get_executor(), asio::execution::context));
        auto& operations = asio::use_service<suspended_operations>(context);
        if (!operations.add(*this)) return;
        operations_ = &operations;
        parked_.park(std::move(handler), std::move(on_cancel));
    }

    /// Posts the handler with its arguments, if one is waiting.
    void complete(error_code ec, Args... args) {
        if (!waiting()) return;
        operations_->remove(*this);
        parked_.complete(ec, std::move(args)...);
    }

    /// Posts `handler` with its arguments, without having suspended it.
    static void post(handler_type handler, error_code ec, Args... args) {
        parked::post(std::move(handler), ec, std::move(args)...);
    }

private:
    void drop() noexcept override {
        if (!waiting()) return;
        operations_->remove(*this);
        parked_.drop();
    }

    suspended_operations* operations_ = nullptr;
    parked parked_;
};

} // namespace sse::testing
