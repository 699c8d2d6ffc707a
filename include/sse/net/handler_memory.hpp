// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/borrowed_allocator.hpp>

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

    /// `alignment` is that of `operator new` at most.
    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment) {
        if (bytes > sizeof room_ || alignment > alignof(void*) || taken_) {
            return ::operator new(bytes);
        }
        taken_ = true;
        return room_;
    }
    void deallocate(void* memory, std::size_t) noexcept {
        if (memory != room_) return ::operator delete(memory);
        taken_ = false;
    }

private:
    alignas(void*) std::byte room_[11 * sizeof(void*)]; // a wait of Asio's for two pointers
    bool taken_ = false;
};

/// Allocates from a `handler_memory`.
template <class T = void>
using handler_allocator = borrowed_allocator<T, handler_memory>;

} // namespace sse::net
