// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/scan.hpp>
#include <sse/text/stretch_scan.hpp>
#include <sse/text/utf8_rules.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>

// Vectors of the compiler instead of <immintrin.h>, which alone takes longer to compile than all
// the rest of the layer.
#if defined(__x86_64__) && defined(__GNUC__)
#define SSE_HAS_AVX2 1

namespace sse::detail {

/// Whether this processor has AVX2, asked while running: what is built for all of them uses it.
[[nodiscard]] inline bool has_avx2() noexcept {
#if defined(__AVX2__)
    return true;
#else
    return __builtin_cpu_supports("avx2") != 0;
#endif
}

namespace avx2 {

using bytes_32 [[gnu::vector_size(32)]] = unsigned char;
using chars_32 [[gnu::vector_size(32)]] = char;
/// To look up 16 values in, twice, since that is done in two halves.
using bytes_table = std::array<unsigned char, 32>;

[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline bytes_32
load(const void* bytes) noexcept {
    bytes_32 v;
    std::memcpy(&v, bytes, sizeof v);
    return v;
}

[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline std::uint64_t
high_bits(bytes_32 v) noexcept {
    return static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(chars_32(v)));
}

/// What is at the place that the low half of each byte names; zero for bytes above 0x7F.
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline bytes_32
look_up(const bytes_table& table, bytes_32 places) noexcept {
    return bytes_32(__builtin_ia32_pshufb256(chars_32(load(table.data())), chars_32(places)));
}

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

/// By how much each byte exceeds `limit`; zero where it does not.
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline bytes_32
exceeding(bytes_32 v, unsigned char limit) noexcept {
    const bytes_32 limits = bytes_32{} + limit;
#if defined(__clang__) // which makes one operation of it
    return (v > limits ? v : limits) - limits;
#else
    return bytes_32(__builtin_ia32_psubusb256(chars_32(v), chars_32(limits)));
#endif
}

/// Not zero where a byte may not follow the three before it, which are read as well.
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline bytes_32
utf8_errors(const char* bytes) noexcept {
    const bytes_32 v = load(bytes);
    const bytes_32 before = load(bytes - 1);
    const bytes_32 in_pair = look_up(utf8_first_high, before >> 4) &
                             look_up(utf8_first_low, before & 0x0F) &
                             look_up(utf8_second_high, v >> 4);
    // at the highest bit: whether the one is from 0xE0 up, the other from 0xF0
    const bytes_32 goes_on = exceeding(load(bytes - 2), 0xE0 - utf8_two_continuations) |
                             exceeding(load(bytes - 3), 0xF0 - utf8_two_continuations);
    return in_pair ^ (goes_on & utf8_two_continuations);
}

/// Whether the first bytes, up to as many as can be looked at from here on without `context`, may
/// follow it.
[[nodiscard, gnu::target("avx2")]] inline bool may_start(const char* bytes, std::size_t size,
                                                         const utf8_context& context) noexcept {
    constexpr std::size_t step = sizeof(bytes_32);
    constexpr std::size_t most = step + std::tuple_size_v<utf8_context>;
    char start[std::tuple_size_v<utf8_context> + most] = {context[0], context[1], context[2]};
    char* const at = start + context.size();
    std::memcpy(at, bytes, size < most ? size : most);
    const std::uint64_t errors = high_bits(bytes_32(utf8_errors(at) != 0));
    if (size < step) return (errors & ((std::uint64_t{1} << size) - 1)) == 0;
    const bytes_32 last = utf8_errors(at + (size < most ? size - step : most - step));
    return errors == 0 && high_bits(bytes_32(last != 0)) == 0;
}

/// Whether `bytes` are UTF-8, but for a sequence that goes on behind them. The three bytes before
/// them can be read, unless `context` has these.
[[nodiscard, gnu::target("avx2")]] inline bool is_utf8(const char* bytes, std::size_t size,
                                                       const utf8_context* context) noexcept {
    constexpr std::size_t step = sizeof(bytes_32);
    std::size_t at = 0;
    if (context != nullptr) {
        if (!may_start(bytes, size, *context)) return false;
        if (size <= step + context->size()) return true;
        at = step;
    }
    bytes_32 errors = {};
    for (; size - at >= step; at += step)
        errors |= utf8_errors(bytes + at);
    if (at != size) errors |= utf8_errors(bytes + size - step);
    return high_bits(bytes_32(errors != 0)) == 0;
}

} // namespace avx2
} // namespace sse::detail

#endif
