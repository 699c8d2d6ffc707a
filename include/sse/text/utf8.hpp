// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/avx2_utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace sse {

/// What a parser does with bytes that are not UTF-8 (HTML, 9.2.5: "streams must be decoded using
/// the UTF-8 decode algorithm").
enum class utf8_policy : unsigned char {
    replace, ///< as the standard says: U+FFFD for each maximal subpart
    pass,    ///< hands the bytes out as they came
    reject,  ///< ends with `errc::invalid_utf8`
};

namespace detail {

/// What follows a leading byte (Unicode, table 3-7).
struct utf8_sequence {
    std::size_t size = 0;       ///< bytes in all; zero: no leading byte
    unsigned char lower = 0x80; ///< least second byte
    unsigned char upper = 0xBF; ///< greatest second byte
};

[[nodiscard]] constexpr utf8_sequence utf8_sequence_of(unsigned char lead) noexcept {
    if (lead < 0x80) return {1};
    if (lead < 0xC2) return {};
    if (lead < 0xE0) return {2};
    if (lead == 0xE0) return {3, 0xA0, 0xBF};
    if (lead == 0xED) return {3, 0x80, 0x9F}; // no surrogates
    if (lead < 0xF0) return {3};
    if (lead == 0xF0) return {4, 0x90, 0xBF};
    if (lead < 0xF4) return {4};
    if (lead == 0xF4) return {4, 0x80, 0x8F};
    return {};
}

/// One step of decoding: `size` bytes that are either a whole sequence or one maximal subpart of
/// an ill-formed one, which becomes one U+FFFD (Encoding, "UTF-8 decoder").
struct utf8_step {
    std::size_t size = 0;
    bool valid = false;
};

[[nodiscard]] constexpr utf8_step utf8_next(std::string_view text) noexcept {
    const utf8_sequence sequence = utf8_sequence_of(static_cast<unsigned char>(text[0]));
    if (sequence.size <= 1) return {1, sequence.size == 1};
    for (std::size_t i = 1; i < sequence.size; ++i) {
        if (i == text.size()) return {i, false};
        const auto c = static_cast<unsigned char>(text[i]);
        const unsigned char lower = i == 1 ? sequence.lower : static_cast<unsigned char>(0x80);
        const unsigned char upper = i == 1 ? sequence.upper : static_cast<unsigned char>(0xBF);
        if (c < lower || c > upper) return {i, false};
    }
    return {sequence.size, true};
}

/// How many bytes at the start of `text` are ASCII.
[[nodiscard]] constexpr std::size_t ascii_prefix(std::string_view text) noexcept {
    std::size_t at = 0;
    if (!std::is_constant_evaluated()) {
        for (std::uint64_t word = 0; text.size() - at >= sizeof word; at += sizeof word) {
            std::memcpy(&word, text.data() + at, sizeof word);
            if ((word & 0x8080808080808080U) != 0) break;
        }
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80)
        ++at;
    return at;
}

/// How many bytes at the start of `text` are well-formed UTF-8.
[[nodiscard]] constexpr std::size_t utf8_valid_prefix(std::string_view text) noexcept {
    const auto continues = [text](std::size_t i) {
        return (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
    };
    std::size_t at = ascii_prefix(text);
    while (at < text.size()) {
        const auto lead = static_cast<unsigned char>(text[at]);
        if (lead < 0x80) {
            at += ascii_prefix(text.substr(at));
        } else if (lead > 0xE0 && lead < 0xED && text.size() - at > 2 && continues(at + 1) &&
                   continues(at + 2)) {
            at += 3; // most of the world's text that is neither ASCII nor Latin
        } else {
            const utf8_step step = utf8_next(text.substr(at));
            if (!step.valid) break;
            at += step.size;
        }
    }
    return at;
}

/// Whether `text` is well-formed UTF-8.
[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
#if defined(SSE_HAS_AVX2)
    constexpr std::size_t worth_it = 64;
    if (!std::is_constant_evaluated() && text.size() >= worth_it && has_avx2()) {
        // what is checked elsewhere ends with the last byte that begins a sequence
        std::size_t last = text.size() - 1;
        while (text.size() - last < 4 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80)
            --last;
        constexpr utf8_context nothing{};
        return avx2::is_utf8(text.data(), text.size(), &nothing) &&
               utf8_valid_prefix(text.substr(last)) == text.size() - last;
    }
#endif
    return utf8_valid_prefix(text) == text.size();
}

/// Appends `text` with U+FFFD in place of whatever is not UTF-8; false when `out` is full.
template <class Storage>
[[nodiscard]] constexpr bool utf8_append_replaced(std::string_view text, Storage& out) {
    while (!text.empty()) {
        const std::size_t valid = utf8_valid_prefix(text);
        if (!out.append(text.substr(0, valid))) return false;
        text.remove_prefix(valid);
        if (text.empty()) break;
        if (!out.append("\xEF\xBF\xBD")) return false;
        text.remove_prefix(utf8_next(text).size);
    }
    return true;
}

} // namespace detail
} // namespace sse
