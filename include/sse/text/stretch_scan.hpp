// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/scan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace sse::detail {

/// A block that holds line ends.
struct line_end_block {
    const char* bytes = nullptr;
    std::uint64_t line_ends = 0; ///< bit i: byte i is CR or LF
};

/// What one look at a stretch of blocks finds. Going through the blocks that hold line ends takes
/// no branch for those that do not: with lines of changing lengths, half of such branches would be
/// mispredicted, which costs as much as scanning.
struct stretch_scan {
    static constexpr std::size_t most_blocks = 16;
    static constexpr std::size_t size = most_blocks * block_scan::size; ///< bytes, at most

    std::array<line_end_block, most_blocks> blocks{};
    std::size_t count = 0;  ///< of blocks that hold line ends
    bool non_ascii = false; ///< some byte is above 0x7F

    constexpr void add(const char* bytes, const block_scan& found) noexcept {
        if (found.line_ends != 0) blocks[count++] = {bytes, found.line_ends};
        non_ascii |= found.non_ascii != 0;
    }
};

/// Scans `count` whole blocks, by what each machine has that this is compiled for.
inline void scan_blocks(const char* bytes, std::size_t count, stretch_scan& found) noexcept {
    line_end_block* block = found.blocks.data();
    std::uint32_t non_ascii = 0;
    for (std::size_t i = 0; i != count; ++i, bytes += block_scan::size) {
        const block_scan b = scan_block(bytes);
        *block = {bytes, b.line_ends};
        block += b.line_ends != 0 ? 1 : 0;
        non_ascii |= b.non_ascii;
    }
    found.count = static_cast<std::size_t>(block - found.blocks.data());
    found.non_ascii = non_ascii != 0;
}

} // namespace sse::detail
