// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/syntax.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sse::http {

/// The unreserved characters, which never need encoding: RFC 3986, section 2.3.
[[nodiscard]] constexpr bool is_unreserved(char c) noexcept {
    return is_digit(c) || is_alpha(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// The sub-delims of RFC 3986, section 2.2.
[[nodiscard]] constexpr bool is_sub_delim(char c) noexcept {
    switch (c) {
    case '!':
    case '$':
    case '&':
    case '\'':
    case '(':
    case ')':
    case '*':
    case '+':
    case ',':
    case ';':
    case '=': return true;
    default: return false;
    }
}

namespace detail {

inline constexpr std::array<bool, 256> name_chars =
    char_table([](char c) { return is_unreserved(c) || is_sub_delim(c); });

} // namespace detail

/// One of the characters that a host's name may hold as they are: an unreserved one or a sub-delim.
[[nodiscard]] constexpr bool is_name_char(char c) noexcept {
    return detail::name_chars[static_cast<unsigned char>(c)];
}

/// Whether `text` holds a percent sign and two hexadecimal digits at `at`.
[[nodiscard]] constexpr bool is_percent_triplet(std::string_view text, std::size_t at) noexcept {
    return text.size() - at >= 3 && text[at] == '%' && hex_value(text[at + 1]) >= 0 &&
           hex_value(text[at + 2]) >= 0;
}

/// Appends `%XX`.
inline void append_percent(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(digits[byte >> 4U]);
    out.push_back(digits[byte & 0x0fU]);
}

/// `text` with everything encoded but the unreserved characters: fit for one path segment, or for a
/// name or value in a query.
[[nodiscard]] inline std::string percent_encode(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            result.push_back(c);
        } else {
            append_percent(result, c);
        }
    }
    return result;
}

/// `text` with its triplets decoded, in either case; a plus sign stays one. Nothing if a percent
/// sign is not followed by two hexadecimal digits. The result may hold any byte, NUL too.
[[nodiscard]] inline std::optional<std::string> percent_decode(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result.push_back(text[i]);
            continue;
        }
        if (!is_percent_triplet(text, i)) {
            return std::nullopt;
        }
        result.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
        i += 2;
    }
    return result;
}

} // namespace sse::http
