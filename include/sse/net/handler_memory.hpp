// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>
#include <new>

namespace sse::net {

/// Room for one operation at a time, inside of the object that waits for it. What does not fit, or
/// comes while it is taken, gets memory of its own.
/// Lifetime: has to stay while an operation lies in it: the handler of that keeps it.
class handler_memory {
public:
    handler_memory() = default;
    handler_memory(const handler_memory&) = delete;
    handler_memory& operator=(const handler_memory&) = delete;

    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment) {
        if (bytes > sizeof room_ || alignment > alignof(handler_memory) || taken_) {
            return ::operator new(bytes);
        }
        taken_ = true;
        return room_;
    }
    void deallocate(void* memory) noexcept {
        if (memory != room_) return ::operator delete(memory);
        taken_ = false;
    }

private:
    alignas(void*) std::byte room_[11 * sizeof(void*)]; // a wait of Asio's for two pointers
    bool taken_ = false;
};

/// Allocates from a `handler_memory`.
template <class T = void>
class handler_allocator {
public:
    using value_type = T;
    template <class U>
    struct rebind {
        using other = handler_allocator<U>;
    };

    explicit handler_allocator(handler_memory& memory) noexcept : memory_(&memory) {}
    template <class U>
    handler_allocator(const handler_allocator<U>& other) noexcept : memory_(other.memory_) {}

    [[nodiscard]] T* allocate(std::size_t n) {
        static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
        return static_cast<T*>(memory_->allocate(n * sizeof(T), alignof(T)));
    }
    void deallocate(T* memory, std::size_t) noexcept { memory_->deallocate(memory); }

    friend bool operator==(handler_allocator, handler_allocator) noexcept = default;

private:
    template <class>
    friend class handler_allocator;
    handler_memory* memory_;
};

template <>
class handler_allocator<void> {
public:
    using value_type = void;
    template <class U>
    struct rebind {
        using other = handler_allocator<U>;
    };

    explicit handler_allocator(handler_memory& memory) noexcept : memory_(&memory) {}
    template <class U>
    handler_allocator(const handler_allocator<U>& other) noexcept : memory_(other.memory_) {}
    friend bool operator==(handler_allocator, handler_allocator) noexcept = default;

private:
    template <class>
    friend class handler_allocator;
    handler_memory* memory_;
};

} // namespace sse::net
