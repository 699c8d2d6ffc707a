// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/request_head.hpp>
#include <sse/http/response_head.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace sse::http {

enum class body_kind {
    none,        ///< the message ends with its head
    length,      ///< so many bytes follow
    chunked,     ///< chunks follow
    until_close, ///< the body ends with the connection; responses only
};

/// How a body is delimited: RFC 9112, section 6.3.
struct body_framing {
    body_kind kind = body_kind::none;
    std::uint64_t length = 0; ///< bytes, of `body_kind::length`

    friend bool operator==(const body_framing&, const body_framing&) = default;
};

namespace detail {

/// Digits only: no sign, no blank, no overflow.
[[nodiscard]] constexpr bool parse_length(std::string_view digits, std::uint64_t& out) noexcept {
    constexpr auto max = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t value = 0;
    for (const char c : digits) {
        if (!is_digit(c)) {
            return false;
        }
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (value > (max - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    out = value;
    return !digits.empty();
}

/// What all values of all Content-Length lines say; `out` stays where there is none. RFC 9112,
/// section 6.3 lets a recipient take repeated equal values for one; `repeats` says whether to.
[[nodiscard]] inline errc content_length(const fields& headers, bool repeats, body_framing& out) {
    for (const field& line : headers) {
        if (!iequals(line.name, "Content-Length")) {
            continue;
        }
        std::string_view list = line.value;
        while (list.data() != nullptr) {
            std::uint64_t value = 0;
            const bool first = out.kind != body_kind::length;
            if (!parse_length(take_element(list), value) ||
                (!first && (!repeats || value != out.length))) {
                return errc::bad_framing;
            }
            out = {body_kind::length, value};
        }
    }
    return errc::success;
}

/// Exactly one coding, chunked: the only list that RFC 9112 and a recipient that knows no other
/// allow. Empty elements are refused, for others may read them differently. Chunked twice, not last
/// or with parameters is faulty framing (sections 6.1 and 7.1), anything else an unknown coding.
[[nodiscard]] inline errc transfer_coding(const fields& headers) noexcept {
    std::size_t codings = 0;
    std::size_t chunked = 0;
    bool last_is_chunked = false;
    for (const field& line : headers) {
        std::string_view list = line.value;
        while (iequals(line.name, "Transfer-Encoding") && list.data() != nullptr) {
            const std::string_view element = take_element(list);
            const std::string_view name = trim(element.substr(0, element.find(';')));
            last_is_chunked = iequals(name, "chunked");
            if (!is_token(name) || (last_is_chunked && name.size() != element.size())) {
                return errc::bad_framing;
            }
            chunked += last_is_chunked ? 1U : 0U;
            ++codings;
        }
    }
    if (chunked > 1 || (chunked == 1 && !last_is_chunked)) {
        return errc::bad_framing;
    }
    return codings == chunked ? errc::success : errc::unknown_coding;
}

} // namespace detail

/// How the body of a request is delimited.
/// Errors: `bad_framing` for Content-Length that is not one number, for Transfer-Encoding in
/// HTTP/1.0, with Content-Length or not ending in one chunked; `unknown_coding` for codings other
/// than chunked. After an error nothing on the connection can be read as a message any more.
[[nodiscard]] inline errc request_body(const request_head& head, body_framing& out) {
    out = {};
    if (!head.headers.contains("Transfer-Encoding")) {
        return detail::content_length(head.headers, false, out);
    }
    if (head.headers.contains("Content-Length") || head.minor < 1) {
        return errc::bad_framing;
    }
    out.kind = body_kind::chunked;
    return detail::transfer_coding(head.headers);
}

/// How the body of a response to `request_method` is delimited. HEAD, 1xx, 204, 304 and a 2xx to
/// CONNECT have none, whatever their fields say; Transfer-Encoding overrides Content-Length;
/// Content-Length may be repeated if all values are equal.
/// Errors: `bad_framing` for an invalid Content-Length, for Transfer-Encoding in HTTP/1.0, for
/// chunked that is not last or repeated; `unknown_coding` for codings other than chunked.
[[nodiscard]] inline errc response_body(std::string_view request_method, const response_head& head,
                                        body_framing& out) {
    out = {};
    const int status = head.status;
    if (request_method == "HEAD" || status < 200 || status == 204 || status == 304 ||
        (request_method == "CONNECT" && status < 300)) {
        return errc::success;
    }
    if (head.headers.contains("Transfer-Encoding")) {
        out.kind = body_kind::chunked;
        return head.minor < 1 ? errc::bad_framing : detail::transfer_coding(head.headers);
    }
    out.kind = body_kind::until_close;
    return detail::content_length(head.headers, true, out);
}

} // namespace sse::http
