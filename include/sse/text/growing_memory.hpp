// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

namespace sse::detail {

/// Bytes on the heap that grow. They are not initialised, which for long texts would cost as much
/// as filling them.
template <class Allocator>
class growing_memory {
public:
    growing_memory() = default;
    explicit growing_memory(const Allocator& allocator) noexcept : allocator_(allocator) {}
    /// Nothing but the allocator: what is in use is not known here.
    growing_memory(const growing_memory& other)
        : allocator_(traits::select_on_container_copy_construction(other.allocator_)) {}
    growing_memory(growing_memory&& other) noexcept
        : allocator_(std::move(other.allocator_)), bytes_(std::exchange(other.bytes_, nullptr)),
          size_(std::exchange(other.size_, 0)) {}
    growing_memory& operator=(const growing_memory&) = delete;
    ~growing_memory() { release(); }

    [[nodiscard]] char* data() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Takes the memory of `other`, which may get this one; false where the allocators forbid it.
    [[nodiscard]] bool take(growing_memory& other) noexcept {
        if constexpr (traits::propagate_on_container_move_assignment::value) {
            std::swap(allocator_, other.allocator_);
        } else if constexpr (!traits::is_always_equal::value) {
            if (allocator_ != other.allocator_) return false;
        }
        std::swap(bytes_, other.bytes_);
        std::swap(size_, other.size_);
        return true;
    }

    /// Makes it `needed` bytes or more and at least twice as many, of which the first `used` stay.
    [[gnu::noinline]] void grow(std::size_t used, std::size_t needed) {
        const std::size_t size = needed < 2 * size_ ? 2 * size_ : needed;
        char* const bytes = traits::allocate(allocator_, size);
        if (used != 0) std::memcpy(bytes, bytes_, used);
        release();
        bytes_ = bytes;
        size_ = size;
    }

    void release() noexcept {
        if (bytes_ != nullptr) traits::deallocate(allocator_, bytes_, size_);
        bytes_ = nullptr;
        size_ = 0;
    }

private:
    using traits = std::allocator_traits<Allocator>;
    static_assert(std::is_same_v<typename traits::pointer, char*>);

    [[no_unique_address]] Allocator allocator_{};
    char* bytes_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace sse::detail
