// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sse::conformance {

inline constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Standard base64 (RFC 4648, section 4), with padding.
inline void base64_encode(std::string_view bytes, std::string& out) {
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : bytes) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (held += 8; held >= 6; held -= 6)
            out += base64_alphabet[bits >> (held - 6) & 63];
    }
    if (held > 0) out += base64_alphabet[bits << (6 - held) & 63];
    while (out.size() % 4 != 0)
        out += '=';
}

/// Decodes standard base64; false for a character outside the alphabet.
[[nodiscard]] inline bool base64_decode(std::string_view text, std::string& out) {
    while (text.ends_with('='))
        text.remove_suffix(1);
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : text) {
        const auto digit = base64_alphabet.find(c);
        if (digit == std::string_view::npos) return false;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out += static_cast<char>(bits >> held & 0xFF);
        }
    }
    return true;
}

} // namespace sse::conformance
