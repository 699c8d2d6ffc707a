// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

/// HTTP/1.1 messages, URLs and what belongs to them, without any I/O: RFC 9110, 9112 and 3986.
namespace sse::http {

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

[[nodiscard]] constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool is_alpha(char c) noexcept {
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

/// The value of a hexadecimal digit in either case, or -1.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) {
        return c - '0';
    }
    const char low = to_lower(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// SP or HTAB: the whitespace of RFC 9110, section 5.6.3.
[[nodiscard]] constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// VCHAR: a printable ASCII character other than the space.
[[nodiscard]] constexpr bool is_visible(char c) noexcept { return c > ' ' && c < '\x7f'; }

/// A byte that a field value or a reason phrase may hold: HTAB, SP, VCHAR, and obs-text, which is
/// any byte from 0x80 on (RFC 9110, section 5.5). CR, LF, NUL and the other controls are not.
[[nodiscard]] constexpr bool is_field_char(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

namespace detail {

[[nodiscard]] constexpr std::array<bool, 256> token_table() noexcept {
    std::array<bool, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        const char c = static_cast<char>(i);
        table[i] = is_digit(c) || is_alpha(c);
    }
    for (const char c : std::string_view("!#$%&'*+-.^_`|~")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}

inline constexpr std::array<bool, 256> token_chars = token_table();

} // namespace detail

/// A character of a token: RFC 9110, section 5.6.2.
[[nodiscard]] constexpr bool is_token_char(char c) noexcept {
    return detail::token_chars[static_cast<unsigned char>(c)];
}

/// Whether `text` is a token: a method, a field name.
[[nodiscard]] constexpr bool is_token(std::string_view text) noexcept {
    for (const char c : text) {
        if (!is_token_char(c)) {
            return false;
        }
    }
    return !text.empty();
}

/// Whether `text` may be written as the value of a field. Blanks at both ends are allowed, though
/// every recipient strips them.
[[nodiscard]] constexpr bool is_field_value(std::string_view text) noexcept {
    for (const char c : text) {
        if (!is_field_char(c)) {
            return false;
        }
    }
    return true;
}

/// Equality without regard to ASCII case.
[[nodiscard]] constexpr bool iequals(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) {
        return false;
    }
    if (a == b) { // as most write it
        return true;
    }
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i] && to_lower(a[i]) != to_lower(b[i])) {
            return false;
        }
    }
    return true;
}

/// `text` without SP and HTAB at both ends.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

/// `text` with its ASCII letters in lower case.
[[nodiscard]] inline std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        c = to_lower(c);
    }
    return result;
}

/// Takes the part before the first comma off `list`, trimmed; `list` keeps what is behind the
/// comma. Elements may be empty. After the last one `list.data()` is null. Lifetime: the element
/// borrows from `list`.
[[nodiscard]] constexpr std::string_view take_element(std::string_view& list) noexcept {
    const std::size_t comma = list.find(',');
    const std::string_view element = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    return trim(element);
}

} // namespace sse::http
