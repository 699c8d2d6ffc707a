// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/percent.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sse::http {

/// RFC 4648, section 4.
[[nodiscard]] inline std::string base64(std::string_view bytes) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::string_view group = bytes.substr(i, 3);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text.push_back(k <= group.size() ? digits[bits >> (18 - 6 * k) & 63U] : '=');
    }
    return text;
}

/// The value of an Authorization or Proxy-Authorization field for the userinfo of a URL, which is
/// percent-encoded and may lack the password: RFC 7617. Nothing where there is none.
[[nodiscard]] inline std::optional<std::string> basic_credentials(std::string_view userinfo) {
    const auto plain = percent_decode(userinfo);
    if (userinfo.empty() || !plain) return std::nullopt;
    const bool has_colon = plain->find(':') != std::string::npos;
    return "Basic " + base64(has_colon ? *plain : *plain + ":");
}

} // namespace sse::http
