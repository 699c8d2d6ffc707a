// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/date.hpp>
#include <sse/http/fields.hpp>
#include <sse/http/media_type.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace sse::detail {

/// What a response head means for an event source (HTML, 9.2.3).
enum class verdict {
    accept,     ///< an event stream begins
    redirect,   ///< go on at its `Location`
    no_content, ///< 204: the server asks not to come again
    bad_status, ///< any other status
    bad_type,   ///< 200 with another content type
};

[[nodiscard]] constexpr bool is_redirect(int status) noexcept {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

[[nodiscard]] inline verdict judge(int status, const http::fields& headers) {
    if (is_redirect(status)) return verdict::redirect;
    if (status == 204) return verdict::no_content;
    if (status != 200) return verdict::bad_status;
    return http::is_event_stream(headers.joined("Content-Type")) ? verdict::accept
                                                                 : verdict::bad_type;
}

/// The delay that `Retry-After` asks for, as seconds or as a date (RFC 9110, 10.2.3); a date counts
/// against the server's own `Date` where there is one, otherwise against `now`. Zero when it is
/// absent, malformed or past; at most ten years.
[[nodiscard]] inline std::chrono::milliseconds
retry_after(const http::fields& headers, std::chrono::system_clock::time_point now) {
    constexpr std::chrono::seconds longest = std::chrono::hours{24 * 3653};
    const std::string* const value = headers.find("Retry-After");
    if (value == nullptr) return {};
    if (const auto date = http::parse_http_date(*value)) {
        const std::string* const sent = headers.find("Date");
        const auto theirs = sent != nullptr ? http::parse_http_date(*sent) : std::nullopt;
        const auto start = theirs.value_or(std::chrono::floor<std::chrono::seconds>(now));
        return *date <= start ? std::chrono::seconds{0} : std::min(*date - start, longest);
    }
    std::int64_t total = 0;
    for (const char c : *value) {
        if (!http::is_digit(c)) return {};
        total = std::min<std::int64_t>(total * 10 + (c - '0'), longest.count());
    }
    return std::chrono::seconds{total};
}

} // namespace sse::detail
