// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

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

/// What `is` says of each character.
template <class Predicate>
[[nodiscard]] constexpr std::array<bool, 256> char_table(Predicate is) noexcept {
    std::array<bool, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = is(static_cast<char>(i));
    return table;
}

/// Digits, letters and the characters of `others`. Compiles in a fraction of the time that a search
/// for each character takes.
[[nodiscard]] constexpr std::array<bool, 256> alphanumeric_and(std::string_view others) noexcept {
    std::array<bool, 256> table = char_table([](char c) { return is_digit(c) || is_alpha(c); });
    for (const char c : others)
        table[static_cast<unsigned char>(c)] = true;
    return table;
}

inline constexpr std::array<bool, 256> token_chars = alphanumeric_and("!#$%&'*+-.^_`|~");

inline constexpr std::array<bool, 256> field_chars = char_table(is_field_char);

/// Whether eight bytes are spaces and printable ASCII.
[[nodiscard]] inline bool are_plain(const char* bytes) noexcept {
    constexpr std::uint64_t each = 0x0101010101010101;
    std::uint64_t w = 0;
    std::memcpy(&w, bytes, sizeof w);
    // from 0x80 on; DEL, which one more takes there; what is less than a space, and borrows
    return ((w | (w + each) | (w - 0x20 * each)) & (0x80 * each)) == 0;
}

/// How many bytes at the front of `text` are seen by eights to be spaces and printable ASCII, as
/// nearly all are that a head holds. What is behind has to be looked at one by one.
[[nodiscard]] constexpr std::size_t plain_size(std::string_view text) noexcept {
    if (std::is_constant_evaluated() || text.size() < 8) return 0;
    std::size_t at = 0;
    for (; text.size() - at > 8; at += 8) {
        if (!are_plain(text.data() + at)) return at;
    }
    return are_plain(text.data() + text.size() - 8) ? text.size() : at;
}

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
    for (std::size_t i = detail::plain_size(text); i < text.size(); ++i) {
        if (!detail::field_chars[static_cast<unsigned char>(text[i])]) {
            return false;
        }
    }
    return true;
}

namespace detail {

[[nodiscard]] constexpr bool iequals_of_one_size(std::string_view a, std::string_view b) noexcept {
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

} // namespace detail

/// Equality without regard to ASCII case.
[[nodiscard]] constexpr bool iequals(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && detail::iequals_of_one_size(a, b);
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
