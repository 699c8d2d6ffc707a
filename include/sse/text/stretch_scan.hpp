// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/scan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace sse::detail {

/// What one look at a stretch of blocks finds. Going through the blocks that hold line ends takes
/// no branch for those that do not: with lines of changing lengths, half of such branches would be
/// mispredicted, which costs as much as scanning.
struct stretch_scan {
    static constexpr std::size_t most_blocks = 32;
    static constexpr std::size_t size = most_blocks * block_scan::size; ///< bytes, at most, of them

    /// The blocks that hold line ends: where each begins, and bit i for a CR or LF in its byte i.
    /// The first and the last may be cut.
    std::array<const char*, most_blocks + 3> blocks{};
    std::array<std::uint64_t, most_blocks + 3> line_ends{};
    std::size_t count = 0;     ///< of them
    bool non_ascii = false;    ///< some byte is above 0x7F
    bool nul = false;          ///< some byte is zero
    bool is_long_line = false; ///< no line end for long: there may be none for longer

    constexpr void add(const char* bytes, const block_scan& found) noexcept {
        blocks[count] = bytes;
        line_ends[count] = found.line_ends;
        count += found.line_ends != 0 ? 1 : 0;
        non_ascii |= found.non_ascii;
        nul |= found.nul;
    }
};

/// Scans a stretch of the `left` bytes from `bytes` on, at least a block, by what each machine has
/// that this is compiled for. Returns where the stretch ends.
inline const char* scan_blocks(const char* bytes, std::size_t left, stretch_scan& found) noexcept {
    found.count = 0;
    found.non_ascii = found.nul = false;
    const char* const end = bytes + (left < stretch_scan::size ? left : stretch_scan::size);
    for (; static_cast<std::size_t>(end - bytes) >= block_scan::size; bytes += block_scan::size)
        found.add(bytes, scan_block(bytes));
    if (bytes != end) {
        block_scan last = scan_block(end - block_scan::size);
        last.line_ends &= ~first_bits(block_scan::size - static_cast<std::size_t>(end - bytes));
        found.add(end - block_scan::size, last);
    }
    return end;
}

} // namespace sse::detail
