// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>

namespace sse::net {

/// An allocator of one pointer: everything comes from the memory that it borrows, which has
/// `allocate(bytes, alignment)` and `deallocate(memory, bytes)`.
/// Lifetime: that memory has to stay while something lies in it.
template <class T, class Memory>
class borrowed_allocator {
public:
    using value_type = T;

    explicit borrowed_allocator(Memory& lender) noexcept : lender_(&lender) {}
    template <class U>
    borrowed_allocator(const borrowed_allocator<U, Memory>& other) noexcept
        : lender_(other.lender_) {}

    [[nodiscard]] T* allocate(std::size_t n) {
        static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
        return static_cast<T*>(lender_->allocate(n * sizeof(T), alignof(T)));
    }
    void deallocate(T* memory, std::size_t n) noexcept {
        lender_->deallocate(memory, n * sizeof(T));
    }

    friend bool operator==(borrowed_allocator, borrowed_allocator) noexcept = default;

private:
    template <class, class>
    friend class borrowed_allocator;
    Memory* lender_;
};

} // namespace sse::net
