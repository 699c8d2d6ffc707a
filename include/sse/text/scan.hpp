// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace sse::detail {

/// What one look at a block of bytes finds.
struct block_scan {
    static constexpr std::size_t size = 64; ///< bytes in a block

    std::uint64_t line_ends = 0; ///< bit i: byte i is CR or LF
    bool non_ascii = false;      ///< some byte is above 0x7F
    bool nul = false;            ///< some byte is zero
};

/// Byte by byte: for constant evaluation, and the definition of the rest.
[[nodiscard]] constexpr block_scan scan_bytes(const char* bytes, std::size_t size) noexcept {
    block_scan found;
    for (std::size_t i = 0; i < size; ++i) {
        const char c = bytes[i];
        if (c == '\n' || c == '\r') found.line_ends |= std::uint64_t{1} << i;
        found.non_ascii |= (static_cast<unsigned char>(c) & 0x80U) != 0;
        found.nul |= c == '\0';
    }
    return found;
}

/// The highest bit of each of the eight bytes of `word` that equals `wanted`, exactly: nothing is
/// carried from byte to byte.
[[nodiscard]] constexpr std::uint64_t equal_bytes(std::uint64_t word, char wanted) noexcept {
    constexpr std::uint64_t low = 0x7F7F7F7F7F7F7F7FU;
    constexpr std::uint64_t each = 0x0101010101010101U;
    const std::uint64_t x = word ^ (each * static_cast<unsigned char>(wanted));
    return ~(((x & low) + low) | x | low);
}

/// Eight bytes at a time: a whole block on machines without a vector version below.
[[nodiscard]] inline block_scan scan_words(const char* bytes) noexcept {
    if constexpr (std::endian::native != std::endian::little) {
        return scan_bytes(bytes, block_scan::size);
    }
    block_scan found;
    std::uint64_t seen = 0;
    std::uint64_t nuls = 0;
    for (std::size_t at = 0; at < block_scan::size; at += sizeof seen) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + at, sizeof word);
        seen |= word;
        nuls |= equal_bytes(word, '\0');
        const std::uint64_t ends = equal_bytes(word, '\n') | equal_bytes(word, '\r');
        // gathers the highest bit of each byte into the highest byte
        found.line_ends |= (((ends >> 7) * 0x0102040810204080U) >> 56) << at;
    }
    found.non_ascii = (seen & 0x8080808080808080U) != 0;
    found.nul = nuls != 0;
    return found;
}

/// Whether there is a NUL in a text.
[[nodiscard]] constexpr bool holds_nul(std::string_view text) noexcept {
    if (std::is_constant_evaluated() || text.size() < sizeof(std::uint64_t)) {
        return text.find('\0') != std::string_view::npos;
    }
    const auto starts_with_nul = [text](std::size_t at) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, sizeof word);
        return equal_bytes(word, '\0') != 0;
    };
    const std::size_t last = text.size() - sizeof(std::uint64_t);
    for (std::size_t at = 0; at < last; at += sizeof(std::uint64_t)) {
        if (starts_with_nul(at)) return true;
    }
    return starts_with_nul(last);
}

// Vectors of the compiler: <emmintrin.h> would be a twentieth of the time that the layer compiles.
#if defined(__SSE2__) && defined(__GNUC__)

using bytes_16 [[gnu::vector_size(16)]] = unsigned char;
using chars_16 [[gnu::vector_size(16)]] = char;

[[nodiscard]] inline bytes_16 load_16(const char* bytes) noexcept {
    bytes_16 v;
    std::memcpy(&v, bytes, sizeof v);
    return v;
}

/// The highest bit of each of 16 bytes.
[[nodiscard]] inline std::uint64_t high_bits(bytes_16 v) noexcept {
    return static_cast<std::uint32_t>(__builtin_ia32_pmovmskb128(chars_16(v)));
}

/// Bit i: byte i is CR or LF.
[[nodiscard]] inline std::uint64_t line_ends(bytes_16 v) noexcept {
    return high_bits(bytes_16((v == '\n') | (v == '\r')));
}

[[nodiscard]] inline bytes_16 lesser(bytes_16 a, bytes_16 b) noexcept { return a < b ? a : b; }

/// Scans `block_scan::size` bytes. Most blocks of long lines hold nothing up to CR, which takes
/// less to see than that they hold no line end.
[[nodiscard]] inline block_scan scan_block(const char* bytes) noexcept {
    const bytes_16 a = load_16(bytes);
    const bytes_16 b = load_16(bytes + 16);
    const bytes_16 c = load_16(bytes + 32);
    const bytes_16 d = load_16(bytes + 48);
    const bytes_16 least = lesser(lesser(a, b), lesser(c, d));
    block_scan found{0, high_bits(a | b | c | d) != 0};
    if (high_bits(bytes_16(least <= '\r')) != 0) {
        found.nul = high_bits(bytes_16(least == 0)) != 0;
        found.line_ends =
            line_ends(a) | line_ends(b) << 16 | line_ends(c) << 32 | line_ends(d) << 48;
    }
    return found;
}

#elif defined(__aarch64__)

/// All bits of each of 16 bytes that is CR or LF.
[[nodiscard]] inline uint8x16_t find_line_ends(uint8x16_t bytes) noexcept {
    return vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('\n')), vceqq_u8(bytes, vdupq_n_u8('\r')));
}

/// Scans `block_scan::size` bytes.
[[nodiscard]] inline block_scan scan_block(const char* bytes) noexcept {
    const auto* const at = reinterpret_cast<const std::uint8_t*>(bytes);
    const uint8x16_t a = vld1q_u8(at);
    const uint8x16_t b = vld1q_u8(at + 16);
    const uint8x16_t c = vld1q_u8(at + 32);
    const uint8x16_t d = vld1q_u8(at + 48);
    // each byte of a compared vector keeps the one bit that is its place; adding neighbours three
    // times makes eight bytes one
    const std::uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t place = vld1q_u8(places);
    const uint8x16_t ab =
        vpaddq_u8(vandq_u8(find_line_ends(a), place), vandq_u8(find_line_ends(b), place));
    const uint8x16_t cd =
        vpaddq_u8(vandq_u8(find_line_ends(c), place), vandq_u8(find_line_ends(d), place));
    const uint8x16_t abcd = vpaddq_u8(ab, cd);
    const uint8x16_t bits = vpaddq_u8(abcd, abcd);
    const uint8x16_t all = vorrq_u8(vorrq_u8(a, b), vorrq_u8(c, d));
    const uint8x16_t least = vminq_u8(vminq_u8(a, b), vminq_u8(c, d));
    return {vgetq_lane_u64(vreinterpretq_u64_u8(bits), 0), vmaxvq_u8(all) > 0x7F,
            vminvq_u8(least) == 0};
}

#else

/// Scans `block_scan::size` bytes.
[[nodiscard]] inline block_scan scan_block(const char* bytes) noexcept { return scan_words(bytes); }

#endif

/// The first `size` bits of a block, fewer than all.
[[nodiscard]] constexpr std::uint64_t first_bits(std::size_t size) noexcept {
    return (std::uint64_t{1} << size) - 1;
}

/// Scans `size` bytes, fewer than a block.
[[nodiscard]] inline block_scan scan_short(const char* bytes, std::size_t size) noexcept {
    char block[block_scan::size];
    std::memset(block, 'x', sizeof block);
    std::memcpy(block, bytes, size);
    return scan_block(block);
}

} // namespace sse::detail
