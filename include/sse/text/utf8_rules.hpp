// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sse::detail {

/// The last bytes before others: the end of a sequence is at most three bytes behind its start.
using utf8_context = std::array<char, 3>;

/// One way in which two neighbouring bytes are not UTF-8 (Unicode, table 3-7), told by sets of
/// half bytes: bit n of a set stands for the half byte n.
struct utf8_pair_rule {
    std::uint32_t first_high;
    std::uint32_t first_low;
    std::uint32_t second_high;
};

/// Bit i of what the three tables have in common says that rule i is broken. The last rule is
/// broken wherever a continuation follows another one, which is right where a longer sequence
/// goes on.
inline constexpr std::array<utf8_pair_rule, 8> utf8_pair_rules = {{
    {0xF000, 0xFFFF, 0xF0FF}, // a leading byte without a continuation
    {0x00FF, 0xFFFF, 0x0F00}, // ASCII with a continuation
    {0x1000, 0x0003, 0x0F00}, // C0 and C1: overlong
    {0x4000, 0x0001, 0x0300}, // E0 80 to E0 9F: overlong
    {0x4000, 0x2000, 0x0C00}, // ED A0 to ED BF: surrogates
    {0x8000, 0xFFE1, 0x0100}, // F0 80 to F0 8F: overlong; F5 80 and more: too large
    {0x8000, 0xFFF0, 0x0E00}, // F4 90 and more: too large
    {0x0F00, 0xFFFF, 0x0F00}, // two continuations
}};
inline constexpr unsigned char utf8_two_continuations = 0x80;

/// For each half byte the rules that it may break; twice, since vectors of 32 bytes look up in two
/// halves.
using utf8_pair_table = std::array<unsigned char, 32>;

[[nodiscard]] constexpr utf8_pair_table
make_utf8_pair_table(std::uint32_t utf8_pair_rule::*set) noexcept {
    utf8_pair_table table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        for (std::size_t rule = 0; rule < utf8_pair_rules.size(); ++rule) {
            if ((utf8_pair_rules[rule].*set >> (i % 16) & 1U) != 0) {
                table[i] = static_cast<unsigned char>(table[i] | 1U << rule);
            }
        }
    }
    return table;
}

inline constexpr utf8_pair_table utf8_first_high =
    make_utf8_pair_table(&utf8_pair_rule::first_high);
inline constexpr utf8_pair_table utf8_first_low = make_utf8_pair_table(&utf8_pair_rule::first_low);
inline constexpr utf8_pair_table utf8_second_high =
    make_utf8_pair_table(&utf8_pair_rule::second_high);

} // namespace sse::detail
