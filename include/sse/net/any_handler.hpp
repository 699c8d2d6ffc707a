// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/borrowed_allocator.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace sse::net {

namespace detail {

/// What an erased handler is asked for while it waits.
struct handler_block_base {
    asio::any_io_executor executor;
    asio::cancellation_slot slot;

    handler_block_base(asio::any_io_executor e, asio::cancellation_slot s)
        : executor(std::move(e)), slot(s) {}
    virtual void* allocate(std::size_t bytes, std::size_t alignment) = 0;
    virtual void deallocate(void* memory, std::size_t bytes) noexcept = 0;
    virtual void destroy() noexcept = 0;

protected:
    ~handler_block_base() = default;
};

} // namespace detail

/// The associated allocator of an `any_handler`: hands on to that of the handler inside. Valid
/// while that `any_handler`, or what it was moved to, still holds its handler.
using any_handler_allocator = borrowed_allocator<void, detail::handler_block_base>;

template <class Signature>
class any_handler;

/// A completion handler of any type, behind a virtual call: move-only, called at most once, and
/// forwarding the associated executor, allocator and cancellation slot of the handler inside. Its
/// memory comes from that allocator, and from Asio's recycling one where the handler has none; it
/// is given back before the handler inside runs.
template <class... Args>
class any_handler<void(Args...)> {
    struct block_base : detail::handler_block_base {
        using detail::handler_block_base::handler_block_base;
        virtual void invoke(Args... args) = 0;

    protected:
        ~block_base() = default;
    };

    template <class Handler>
    class block final : public block_base {
        using allocator = asio::associated_allocator_t<Handler, asio::recycling_allocator<void>>;
        template <class T>
        using traits = typename std::allocator_traits<allocator>::template rebind_traits<T>;
        using unit = std::max_align_t;

    public:
        static block* create(Handler&& handler, const asio::any_io_executor& candidate) {
            auto a = rebound<block>(allocator_of(handler));
            block* memory = traits<block>::allocate(a, 1);
            try {
                return ::new (static_cast<void*>(memory)) block(std::move(handler), candidate);
            } catch (...) {
                traits<block>::deallocate(a, memory, 1);
                throw;
            }
        }

        block(Handler&& handler, const asio::any_io_executor& candidate)
            : block_base(executor_of(handler, candidate),
                         asio::get_associated_cancellation_slot(handler)),
              handler_(std::move(handler)) {}

        void* allocate(std::size_t bytes, std::size_t) override {
            auto a = rebound<unit>(allocator_of(handler_));
            return traits<unit>::allocate(a, units(bytes));
        }
        void deallocate(void* memory, std::size_t bytes) noexcept override {
            auto a = rebound<unit>(allocator_of(handler_));
            traits<unit>::deallocate(a, static_cast<unit*>(memory), units(bytes));
        }
        void destroy() noexcept override { [[maybe_unused]] Handler last = take(); }
        void invoke(Args... args) override {
            Handler handler = take();
            std::move(handler)(std::move(args)...);
        }

    private:
        /// Its own, unless that is none that can be held, as the one of `use_future`.
        static asio::any_io_executor executor_of(const Handler& handler,
                                                 const asio::any_io_executor& candidate) {
            using own = asio::associated_executor_t<Handler, asio::any_io_executor>;
            if constexpr (std::is_convertible_v<own, asio::any_io_executor>)
                return asio::get_associated_executor(handler, candidate);
            else
                return candidate;
        }
        static allocator allocator_of(const Handler& handler) noexcept {
            return asio::get_associated_allocator(handler, asio::recycling_allocator<void>());
        }
        template <class T>
        static auto rebound(const allocator& a) noexcept {
            return typename traits<T>::allocator_type(a);
        }
        static std::size_t units(std::size_t bytes) noexcept {
            return (bytes + sizeof(unit) - 1) / sizeof(unit);
        }
        Handler take() {
            Handler handler(std::move(handler_));
            auto a = rebound<block>(allocator_of(handler));
            this->~block();
            traits<block>::deallocate(a, this, 1);
            return handler;
        }

        Handler handler_;
    };

public:
    using executor_type = asio::any_io_executor;
    using allocator_type = any_handler_allocator;
    using cancellation_slot_type = asio::cancellation_slot;

    /// Holds nothing.
    any_handler() = default;

    /// Takes `handler`; `candidate` is the executor of one that has none of its own.
    template <class Handler>
    any_handler(Handler handler, const asio::any_io_executor& candidate)
        : block_(block<Handler>::create(std::move(handler), candidate)) {}

    any_handler(any_handler&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    any_handler& operator=(any_handler&& other) noexcept {
        any_handler(std::move(other)).swap(*this);
        return *this;
    }
    ~any_handler() {
        if (block_) block_->destroy();
    }

    void swap(any_handler& other) noexcept { std::swap(block_, other.block_); }

    /// Whether a handler is held.
    explicit operator bool() const noexcept { return block_ != nullptr; }

    [[nodiscard]] executor_type get_executor() const noexcept { return block_->executor; }
    [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(*block_); }
    [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept {
        return block_->slot;
    }

    /// Calls the handler, here and now: the caller is on the associated executor. Holds nothing
    /// afterwards.
    void operator()(Args... args) { std::exchange(block_, nullptr)->invoke(std::move(args)...); }

private:
    block_base* block_ = nullptr;
};

/// Handler of a read or write.
using io_handler = any_handler<void(error_code, std::size_t)>;
/// Handler of a wait.
using wait_handler = any_handler<void(error_code)>;

} // namespace sse::net
