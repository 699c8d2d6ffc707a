// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/allocation_count.hpp"

#include <stdlib.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> total_allocations{0};
std::atomic<std::size_t> total_bytes{0};

void* allocate(std::size_t size, std::size_t alignment) noexcept {
    total_allocations.fetch_add(1, std::memory_order_relaxed);
    total_bytes.fetch_add(size, std::memory_order_relaxed);
    if (alignment <= alignof(std::max_align_t)) return std::malloc(size == 0 ? 1 : size);
    void* memory = nullptr;
    return ::posix_memalign(&memory, alignment, size) == 0 ? memory : nullptr;
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
    if (void* memory = allocate(size, alignment)) return memory;
    throw std::bad_alloc();
}

} // namespace

// Asio takes the memory of its operations from here.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    return allocate(size, alignment);
}

void* operator new(std::size_t size) { return allocate_or_throw(size, 0); }
void* operator new[](std::size_t size) { return allocate_or_throw(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 0); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 0); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace sse::testing {

allocation_count::allocation_count() noexcept { reset(); }

std::size_t allocation_count::allocations() const noexcept {
    return total_allocations.load(std::memory_order_relaxed) - allocations_;
}

std::size_t allocation_count::bytes() const noexcept {
    return total_bytes.load(std::memory_order_relaxed) - bytes_;
}

void allocation_count::reset() noexcept {
    allocations_ = total_allocations.load(std::memory_order_relaxed);
    bytes_ = total_bytes.load(std::memory_order_relaxed);
}

} // namespace sse::testing
