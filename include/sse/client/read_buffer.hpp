// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace sse::detail {

/// Where an event source reads to: small, since most streams are silent most of the time, and
/// larger while reads fill it, since large reads cost less a byte.
class read_buffer {
public:
    static constexpr std::size_t smallest = std::size_t{16} << 10;
    static constexpr std::size_t largest = std::size_t{256} << 10;
    static constexpr std::size_t factor = 4;
    /// So many reads in a row that the smallest would have been enough for make it small again.
    static constexpr std::size_t patience = 64;
    /// Of a line of the cache. What the kernel copies to a few bytes behind the start of a page, as
    /// malloc's large blocks lie, takes twice the time: what it reads seems to be what it has just
    /// written.
    static constexpr std::align_val_t alignment{64};

    /// So many reads in a row may be made without a turn of the event loop in between.
    static constexpr std::size_t row = 4;

    /// Where the next read goes. What was read before is gone.
    [[nodiscard]] asio::mutable_buffer prepare() {
        const std::size_t size = next_size();
        if (size != size_) {
            bytes_.reset(static_cast<char*>(::operator new[](size, alignment)));
            size_ = size;
            small_reads_ = 0;
            full_reads_ = 0;
        }
        return {bytes_.get(), size_};
    }

    /// What a read of `size` bytes brought.
    [[nodiscard]] std::span<char> take(std::size_t size) noexcept {
        full_reads_ = size == size_ ? full_reads_ + 1 : 0;
        small_reads_ = size < smallest ? small_reads_ + 1 : 0;
        return {bytes_.get(), size};
    }

    /// Whether the last read left no room, so that more is there already, and the next one need not
    /// wait its turn.
    [[nodiscard]] bool expects_more() const noexcept { return full_reads_ % row != 0; }

private:
    [[nodiscard]] std::size_t next_size() const noexcept {
        if (size_ == 0 || small_reads_ >= patience) return smallest;
        return full_reads_ != 0 ? (std::min)(size_ * factor, largest) : size_;
    }

    struct release {
        void operator()(char* bytes) const noexcept { ::operator delete[](bytes, alignment); }
    };

    std::unique_ptr<char[], release> bytes_;
    std::size_t size_ = 0;
    std::size_t small_reads_ = 0;
    std::size_t full_reads_ = 0; ///< the last ones, that left no room
};

} // namespace sse::detail
