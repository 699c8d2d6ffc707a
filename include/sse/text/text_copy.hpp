// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace sse::detail {

/// Copies `Size` bytes at once.
template <std::size_t Size>
[[gnu::always_inline]] inline void copy_block(const char* from, char* to) noexcept {
    char bytes[Size];
    std::memcpy(bytes, from, Size);
    std::memcpy(to, bytes, Size);
}

/// Copies `size` bytes, from `Size` to twice as many.
template <std::size_t Size>
[[gnu::always_inline]] inline void copy_ends(const char* from, char* to,
                                             std::size_t size) noexcept {
    copy_block<Size>(from, to);
    copy_block<Size>(from + size - Size, to + size - Size);
}

/// Copies a text to where there is room for it. One of the size of most events takes less time
/// than `memcpy` would, in particular where it is read soon: that stores 64 bytes at once, seldom
/// within a line of the cache, and who reads from such a store waits until the cache has it.
inline void copy_text(std::string_view from, char* to) noexcept {
    constexpr std::size_t block = 16;
    constexpr std::size_t most = 256; // beyond, larger stores gain more than waiting loses
    const std::size_t size = from.size();
    if (size < block || size > most) {
        from.copy(to, size);
    } else if (size <= 2 * block) {
        copy_ends<block>(from.data(), to, size);
    } else {
        const std::size_t last = size - 2 * block;
        for (std::size_t at = 0; at < last; at += 2 * block)
            copy_ends<block>(from.data() + at, to + at, 2 * block);
        copy_ends<block>(from.data() + last, to + last, 2 * block);
    }
}

/// Makes `to` a copy of `from`, which lies elsewhere. Most texts fit over the last one; appending
/// costs less than `std::string::assign`, which looks out for overlaps.
[[gnu::noinline]] inline void copy_over(std::string_view from, std::string& to) {
    if (from.size() <= to.size()) {
        to.erase(from.size());
        copy_text(from, to.data());
    } else {
        to.clear();
        to.append(from);
    }
}

/// The same in less time for a name that is as long as the last one, or empty as that was.
[[gnu::always_inline]] inline void copy_name_over(std::string_view from, std::string& to) {
    const std::size_t size = from.size();
    if (size != to.size()) return copy_over(from, to);
    if (size == 0) return;
    if (size - 8 <= 8) return copy_ends<8>(from.data(), to.data(), size);
    if (size - 4 < 4) return copy_ends<4>(from.data(), to.data(), size);
    copy_over(from, to);
}

} // namespace sse::detail
