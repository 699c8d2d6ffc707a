// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/any_handler.hpp>
#include <sse/net/asio.hpp>

#include <functional>
#include <tuple>
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
class pending_operation<void(Args...)> final : suspended_operations::node {
public:
    using handler_type = net::any_handler<void(Args...)>;

    pending_operation() = default;
    pending_operation(const pending_operation&) = delete;
    pending_operation& operator=(const pending_operation&) = delete;
    ~pending_operation() { drop(); }

    [[nodiscard]] bool waiting() const noexcept { return static_cast<bool>(handler_); }

    /// Suspends `handler`. `on_cancel` is called when its slot is emitted to, and has to complete
    /// it.
    void start(handler_type handler, std::function<void()> on_cancel) {
        auto& context = static_cast<asio::execution_context&>(
            asio::query(handler.get_executor(), asio::execution::context));
        auto& operations = asio::use_service<suspended_operations>(context);
        if (!operations.add(*this)) return;
        operations_ = &operations;
        handler_ = std::move(handler);
        on_cancel_ = std::move(on_cancel);
        auto slot = handler_.get_cancellation_slot();
        if (slot.is_connected())
            slot.assign([this](asio::cancellation_type type) {
                if (type != asio::cancellation_type::none) on_cancel_();
            });
    }

    /// Posts the handler with its arguments.
    void complete(Args... args) { post(release(), std::move(args)...); }

    /// Posts `handler` with its arguments, without having suspended it.
    static void post(handler_type handler, Args... args) {
        const auto executor = handler.get_executor();
        asio::post(executor, [handler = std::move(handler),
                              arguments = std::tuple<Args...>(std::move(args)...)]() mutable {
            std::apply([&](auto&... a) { handler(std::move(a)...); }, arguments);
        });
    }

private:
    handler_type release() noexcept {
        operations_->remove(*this);
        auto slot = handler_.get_cancellation_slot();
        if (slot.is_connected()) slot.clear();
        return std::exchange(handler_, handler_type());
    }

    void drop() noexcept override {
        if (waiting()) [[maybe_unused]]
            const handler_type uncalled = release();
    }

    suspended_operations* operations_ = nullptr;
    handler_type handler_;
    std::function<void()> on_cancel_;
};

} // namespace sse::testing
