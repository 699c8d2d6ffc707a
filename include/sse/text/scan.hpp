// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#endif

namespace sse::detail {

/// What one look at a block of bytes finds.
struct block_scan {
    static constexpr std::size_t size = 64; ///< bytes in a block

    std::uint64_t line_ends = 0; ///< bit i: byte i is CR or LF
    std::uint32_t non_ascii = 0; ///< not zero: some byte is above 0x7F
};

/// Byte by byte: for constant evaluation, for the last bytes, and the definition of the rest.
[[nodiscard]] constexpr block_scan scan_bytes(const char* bytes, std::size_t size) noexcept {
    block_scan found;
    for (std::size_t i = 0; i < size; ++i) {
        const char c = bytes[i];
        if (c == '\n' || c == '\r') found.line_ends |= std::uint64_t{1} << i;
        found.non_ascii |= static_cast<unsigned char>(c) & 0x80U;
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
    for (std::size_t at = 0; at < block_scan::size; at += sizeof seen) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + at, sizeof word);
        seen |= word;
        const std::uint64_t ends = equal_bytes(word, '\n') | equal_bytes(word, '\r');
        // gathers the highest bit of each byte into the highest byte
        found.line_ends |= (((ends >> 7) * 0x0102040810204080U) >> 56) << at;
    }
    found.non_ascii = (seen & 0x8080808080808080U) != 0 ? 1 : 0;
    return found;
}

#if defined(__SSE2__) || defined(_M_X64)

/// All bits of each of 16 bytes that is CR or LF.
[[nodiscard]] inline __m128i find_line_ends(__m128i bytes) noexcept {
    return _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')),
                        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')));
}

/// The highest bit of each of 16 bytes.
[[nodiscard]] inline std::uint64_t high_bits(__m128i bytes) noexcept {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
}

[[nodiscard]] inline __m128i load_16(const char* bytes) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
}

/// Scans `block_scan::size` bytes. Most blocks of long lines hold nothing below a space, which
/// takes less to see than that they hold no line end.
[[nodiscard]] inline block_scan scan_block(const char* bytes) noexcept {
    const __m128i a = load_16(bytes);
    const __m128i b = load_16(bytes + 16);
    const __m128i c = load_16(bytes + 32);
    const __m128i d = load_16(bytes + 48);
    const __m128i all = _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
    const __m128i least = _mm_min_epu8(_mm_min_epu8(a, b), _mm_min_epu8(c, d));
    const __m128i up_to_cr = _mm_cmpeq_epi8(_mm_min_epu8(least, _mm_set1_epi8('\r')), least);
    block_scan found{0, static_cast<std::uint32_t>(high_bits(all))};
    if (high_bits(up_to_cr) != 0) {
        found.line_ends = high_bits(find_line_ends(a)) | high_bits(find_line_ends(b)) << 16 |
                          high_bits(find_line_ends(c)) << 32 | high_bits(find_line_ends(d)) << 48;
    }
    return found;
}

/// Scans the last `size` bytes, fewer than a block.
[[nodiscard, gnu::noinline]] inline block_scan scan_tail(const char* bytes,
                                                         std::size_t size) noexcept {
    block_scan found;
    std::size_t at = 0;
    for (; size - at >= 16; at += 16) {
        const __m128i v = load_16(bytes + at);
        found.line_ends |= high_bits(find_line_ends(v)) << at;
        found.non_ascii |= static_cast<std::uint32_t>(high_bits(v));
    }
    if (at == size) return found;
    const block_scan rest = scan_bytes(bytes + at, size - at);
    return {found.line_ends | rest.line_ends << at, found.non_ascii | rest.non_ascii};
}

#else

/// Scans `block_scan::size` bytes.
[[nodiscard]] inline block_scan scan_block(const char* bytes) noexcept { return scan_words(bytes); }

/// Scans the last `size` bytes, fewer than a block.
[[nodiscard, gnu::noinline]] inline block_scan scan_tail(const char* bytes,
                                                         std::size_t size) noexcept {
    return scan_bytes(bytes, size);
}

#endif

/// Finds the line ends of a text, each once, a block of bytes at a time. All scanning for line
/// ends goes through here.
class line_scanner {
public:
    /// Goes on with `bytes`, which are borrowed.
    constexpr void start(std::string_view bytes) noexcept {
        next_block_ = bytes.data();
        end_ = bytes.data() + bytes.size();
        line_ends_ = 0;
    }

    /// The next CR or LF, or null when there is none.
    [[nodiscard, gnu::always_inline]] constexpr const char* next() noexcept {
        while (line_ends_ == 0) {
            if (next_block_ == end_) return nullptr;
            load();
        }
        const char* const at = block_ + std::countr_zero(line_ends_);
        line_ends_ &= line_ends_ - 1;
        return at;
    }

    /// Whether a byte above 0x7F may lie between the last `settle` and the last line end.
    [[nodiscard]] constexpr bool non_ascii() const noexcept { return non_ascii_ != 0; }

    /// Forgets such bytes of all blocks but the one that was looked at last.
    constexpr void settle() noexcept { non_ascii_ = block_non_ascii_; }

    [[nodiscard]] constexpr const char* end() const noexcept { return end_; }

private:
    [[gnu::always_inline]] constexpr void load() noexcept {
        const auto left = static_cast<std::size_t>(end_ - next_block_);
        const std::size_t size = left < block_scan::size ? left : block_scan::size;
        block_ = next_block_;
        next_block_ += size;
        const block_scan found = std::is_constant_evaluated() ? scan_bytes(block_, size)
                                 : size == block_scan::size   ? scan_block(block_)
                                                              : scan_tail(block_, size);
        line_ends_ = found.line_ends;
        block_non_ascii_ = found.non_ascii;
        non_ascii_ |= found.non_ascii;
    }

    const char* block_ = nullptr;
    const char* next_block_ = nullptr;
    const char* end_ = nullptr;
    std::uint64_t line_ends_ = 0;
    std::uint32_t block_non_ascii_ = 0;
    std::uint32_t non_ascii_ = 0;
};

} // namespace sse::detail
