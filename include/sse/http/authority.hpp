// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/percent.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sse::http {

/// Whether `text` is an IPv4 address: four decimal numbers up to 255 without leading zeros.
[[nodiscard]] constexpr bool is_ipv4(std::string_view text) noexcept {
    int parts = 0;
    while (parts < 4) {
        int value = 0;
        std::size_t digits = 0;
        while (digits < text.size() && digits < 3 && is_digit(text[digits])) {
            value = value * 10 + (text[digits] - '0');
            ++digits;
        }
        if (digits == 0 || value > 255 || (digits > 1 && text[0] == '0')) {
            return false;
        }
        text.remove_prefix(digits);
        if (++parts < 4) {
            if (text.empty() || text[0] != '.') {
                return false;
            }
            text.remove_prefix(1);
        }
    }
    return text.empty();
}

/// Whether `text` is an IPv6 address without brackets and without a zone: RFC 3986, section 3.2.2.
[[nodiscard]] constexpr bool is_ipv6(std::string_view text) noexcept {
    int groups = 0;
    bool compressed = text.substr(0, 2) == "::";
    if (compressed) {
        text.remove_prefix(2);
    }
    while (!text.empty()) {
        std::size_t digits = 0;
        while (digits < text.size() && digits < 4 && hex_value(text[digits]) >= 0) {
            ++digits;
        }
        const std::string_view rest = text.substr(digits);
        if (!rest.empty() && rest[0] == '.') {
            groups += 2;
            return is_ipv4(text) && (compressed ? groups < 8 : groups == 8);
        }
        if (digits == 0 || ++groups > 8) {
            return false;
        }
        if (rest.empty()) {
            break;
        }
        const bool gap = rest.substr(0, 2) == "::";
        if (rest[0] != ':' || rest.size() == 1 || (gap && compressed)) {
            return false;
        }
        compressed = compressed || gap;
        text = rest.substr(gap ? 2 : 1);
    }
    return compressed ? groups < 8 : groups == 8;
}

/// A host and perhaps a port, as in a Host field, an absolute request target or CONNECT's.
/// Lifetime: borrows from the text that was parsed.
struct authority {
    std::string_view host; ///< an IPv6 address without its brackets
    std::optional<std::uint16_t> port;
    bool ipv6 = false;
};

/// A port: decimal digits, 0 to 65535.
[[nodiscard]] constexpr std::optional<std::uint16_t> parse_port(std::string_view digits) noexcept {
    unsigned value = 0;
    for (const char c : digits) {
        if (!is_digit(c)) {
            return std::nullopt;
        }
        value = value * 10U + static_cast<unsigned>(c - '0');
        if (value > 65535U) {
            return std::nullopt;
        }
    }
    if (digits.empty()) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(value);
}

/// Parses `host [":" port]` by the grammar of RFC 3986 (section 3.2.2). The host must not be empty,
/// as RFC 9110 (section 4.2.1) asks of http; an empty port counts as none. Userinfo, zones of IPv6
/// addresses and IPvFuture are refused.
[[nodiscard]] constexpr std::optional<authority> parse_authority(std::string_view text) noexcept {
    authority result;
    std::size_t end = 0;
    if (!text.empty() && text[0] == '[') {
        const std::size_t bracket = text.find(']');
        if (bracket == std::string_view::npos || !is_ipv6(text.substr(1, bracket - 1))) {
            return std::nullopt;
        }
        result.host = text.substr(1, bracket - 1);
        result.ipv6 = true;
        end = bracket + 1;
    } else {
        while (end < text.size() && text[end] != ':') {
            if (is_name_char(text[end])) {
                ++end;
            } else if (is_percent_triplet(text, end)) {
                end += 3;
            } else {
                return std::nullopt;
            }
        }
        result.host = text.substr(0, end);
    }
    if (result.host.empty() || (end < text.size() && text[end] != ':')) {
        return std::nullopt;
    }
    if (end + 1 < text.size()) {
        result.port = parse_port(text.substr(end + 1));
        if (!result.port) {
            return std::nullopt;
        }
    }
    return result;
}

} // namespace sse::http
