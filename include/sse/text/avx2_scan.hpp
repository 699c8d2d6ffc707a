// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/avx2.hpp>
#include <sse/text/scan.hpp>
#include <sse/text/stretch_scan.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(SSE_HAS_AVX2)

namespace sse::detail::avx2 {

/// CR and LF at the places that they name; elsewhere nothing that names its own place.
inline constexpr bytes_table line_end_table = [] {
    bytes_table table{};
    table[0] = table[16] = 0xFF;
    for (const std::size_t c : {std::size_t{'\n'}, std::size_t{'\r'}})
        table[c] = table[c + 16] = static_cast<unsigned char>(c);
    return table;
}();

/// Bit i: byte i is CR or LF.
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline std::uint64_t
line_ends(bytes_32 v) noexcept {
    return high_bits(bytes_32(look_up(line_end_table, v) == v));
}

/// Bytes by their signs, so that those above 0x7F count as less than all others.
using signed_32 [[gnu::vector_size(32)]] = signed char;

template <class Vector>
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline Vector lesser(Vector a,
                                                                            Vector b) noexcept {
    return a < b ? a : b;
}

/// The least of the bytes of a block at each place of 32.
template <class Vector>
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline Vector
least_of_block(const char* bytes) noexcept {
    return lesser(Vector(load(bytes)), Vector(load(bytes + sizeof(Vector))));
}

/// The same of four blocks.
template <class Vector>
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline Vector
least_of_four_blocks(const char* bytes) noexcept {
    constexpr std::size_t block = block_scan::size;
    return lesser(lesser(least_of_block<Vector>(bytes), least_of_block<Vector>(bytes + block)),
                  lesser(least_of_block<Vector>(bytes + 2 * block),
                         least_of_block<Vector>(bytes + 3 * block)));
}

/// Whether four blocks hold nothing up to CR, so neither a line end nor a NUL. ASCII is seen to
/// take one operation for 32 bytes; otherwise what they hold is told by `non_ascii`.
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline bool
is_quiet(const char* bytes, bool& non_ascii) noexcept {
    if (high_bits(bytes_32(least_of_four_blocks<signed_32>(bytes) <= '\r')) == 0) return true;
    if (high_bits(bytes_32(least_of_four_blocks<bytes_32>(bytes) <= '\r')) != 0) return false;
    non_ascii = true; // no control, so something else is below: above 0x7F
    return true;
}

/// The least of at least 32 bytes, at each place of 32.
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline bytes_32
least_of(const char* bytes, std::size_t size) noexcept {
    bytes_32 least = load(bytes + size - sizeof least);
    for (; size > sizeof least; size -= sizeof least, bytes += sizeof least)
        least = lesser(least, load(bytes));
    return least;
}

/// Whether at least 32 bytes hold nothing up to CR.
[[nodiscard, gnu::target("avx2")]] inline bool holds_no_control(const char* bytes,
                                                                std::size_t size) noexcept {
    return high_bits(bytes_32(least_of(bytes, size) <= '\r')) == 0;
}

/// Whether one of the bytes is zero, of which there are 32 or as many can be read before them: what
/// they are is looked at as well.
[[nodiscard, gnu::target("avx2")]] inline bool holds_nul(const char* bytes,
                                                         std::size_t size) noexcept {
    constexpr std::size_t step = 4 * block_scan::size;
    bytes_32 least = ~bytes_32{};
    for (; size >= step + sizeof least; size -= step, bytes += step)
        least = lesser(least, least_of_four_blocks<bytes_32>(bytes));
    return high_bits(bytes_32(lesser(least, least_of(bytes, size)) == 0)) != 0;
}

/// How many of the bytes, at least four blocks, are quiet for sure: all, or those up to the start
/// of a line of the cache.
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline std::size_t
skip_quiet(const char* bytes, std::size_t size, bool& non_ascii) noexcept {
    constexpr std::size_t step = 4 * block_scan::size;
    constexpr std::size_t most = std::size_t{16} << 10; // what is looked at twice stays near
    if (!is_quiet(bytes, non_ascii)) return 0;
    std::size_t at = step - reinterpret_cast<std::uintptr_t>(bytes) % block_scan::size;
    for (; size - at >= step; at += step) {
        if (at >= most || !is_quiet(bytes + at, non_ascii)) return at;
    }
    return is_quiet(bytes + size - step, non_ascii) ? size : at;
}

/// Copies 32 bytes, and returns the lesser ones of them and `least`.
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline signed_32
copy_32(const char* from, char* to, signed_32 least) noexcept {
    const bytes_32 v = load(from);
    std::memcpy(to, &v, sizeof v);
    return lesser(least, signed_32(v));
}

/// Copies two blocks, and tells whether all they hold is ASCII above CR. One step behind the other:
/// where stores are not in the order of their addresses, that takes half as long again.
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline bool
copy_if_plain(const char* from, char* to) noexcept {
    signed_32 least = signed_32{} + 0x7F;
    least = copy_32(from, to, least);
    least = copy_32(from + 32, to + 32, least);
    least = copy_32(from + 64, to + 64, least);
    least = copy_32(from + 96, to + 96, least);
    return high_bits(bytes_32(least <= '\r')) == 0;
}

/// The fewest bytes that `copy_plain` takes.
inline constexpr std::size_t least_copy = 2 * block_scan::size;

/// Copies bytes up to one that is a control or not ASCII, or to shortly before it, and returns how
/// many. What is behind them in `to` may change as well.
[[nodiscard, gnu::target("avx2")]] inline std::size_t copy_plain(const char* from, std::size_t size,
                                                                 char* to) noexcept {
    constexpr std::size_t step = least_copy;
    if (!copy_if_plain(from, to)) return 0;
    std::size_t at = step - reinterpret_cast<std::uintptr_t>(from) % block_scan::size;
    for (; size - at >= step; at += step) {
        if (!copy_if_plain(from + at, to + at)) return at;
    }
    return copy_if_plain(from + size - step, to + size - step) ? size : at;
}

/// What the blocks of a stretch amount to, while they are looked at.
struct scanned_blocks {
    stretch_scan& found;
    std::size_t count = 0;                  ///< of blocks that hold line ends
    signed_32 least = signed_32{} + '\x7F'; ///< of the bytes

    [[gnu::target("avx2"), gnu::always_inline]] void
    add(const char* bytes, std::uint64_t wanted = ~std::uint64_t{0}) noexcept {
        const bytes_32 a = load(bytes);
        const bytes_32 b = load(bytes + sizeof a);
        const std::uint64_t ends = (line_ends(a) | line_ends(b) << 32) & wanted;
        found.blocks[count] = bytes;
        found.line_ends[count] = ends;
        count += ends != 0 ? 1 : 0;
        least = lesser(least, lesser(signed_32(a), signed_32(b)));
    }
};

/// Scans a stretch of the `left` bytes from `bytes` on, at least a block, and returns where it
/// ends.
[[nodiscard, gnu::target("avx2")]] inline const char*
scan_stretch(const char* bytes, std::size_t left, stretch_scan& found) noexcept {
    constexpr std::size_t quiet = 4 * block_scan::size;
    scanned_blocks blocks{found};
    std::size_t most = stretch_scan::size;
    bool non_ascii = false;
    if (found.is_long_line && left >= quiet) {
        const std::size_t skipped = skip_quiet(bytes, left, non_ascii);
        bytes += skipped;
        left -= skipped;
        if (skipped >= quiet) most = quiet;
    }
    const char* const begin = bytes;
    // a block of 64 bytes that lies in one line of the cache takes half as long
    const std::size_t head = -reinterpret_cast<std::uintptr_t>(bytes) % block_scan::size;
    if (head != 0 && left >= block_scan::size) {
        blocks.add(bytes, first_bits(head));
        bytes += head;
        left -= head;
    }
    const char* end = bytes + (left < most ? left - left % block_scan::size : most);
    left -= static_cast<std::size_t>(end - bytes);
    for (; bytes != end; bytes += block_scan::size)
        blocks.add(bytes);
    if (left != 0 && left < block_scan::size) {
        end += left;
        blocks.add(end - block_scan::size, ~first_bits(block_scan::size - left));
    }
    found.count = blocks.count;
    const bool has_high = high_bits(bytes_32(blocks.least)) != 0;
    found.non_ascii = non_ascii || has_high;
    // a byte above 0x7F is less than a NUL, and may hide one
    found.nul = has_high ? holds_nul(begin, static_cast<std::size_t>(end - begin))
                         : high_bits(bytes_32(blocks.least == 0)) != 0;
    found.is_long_line =
        found.count == 0 || most == quiet || end - found.blocks[found.count - 1] > 512;
    return end;
}

} // namespace sse::detail::avx2

#endif
