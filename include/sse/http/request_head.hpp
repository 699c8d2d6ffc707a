// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/field_block.hpp>
#include <sse/http/fields.hpp>
#include <sse/http/head_limits.hpp>
#include <sse/http/target.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace sse::http {

/// The head of a request: HTTP/1.minor.
struct request_head {
    std::string method = "GET";
    std::string target = "/";
    int minor = 1;
    fields headers{};

    /// Whether the sender lets the connection stay open behind this request.
    [[nodiscard]] bool keep_alive() const noexcept { return detail::persists(minor, headers); }

    /// Whether the sender waits for 100 (Continue) before it sends the body: RFC 9110,
    /// section 10.1.1.
    [[nodiscard]] bool expects_continue() const noexcept {
        return minor >= 1 && headers.list_contains("Expect", "100-continue");
    }

    /// The target taken apart. Lifetime: borrows from `target`.
    [[nodiscard]] target_parts parts() const noexcept { return split_target(target); }

    /// The host, perhaps with a port, that the request is for: that of the target if it has one,
    /// which wins over Host (RFC 9112, section 3.2.2), or else Host's, or empty in HTTP/1.0.
    /// Lifetime: borrows from the head.
    [[nodiscard]] std::string_view authority() const noexcept {
        const std::string_view own = parts().authority;
        if (!own.empty()) {
            return own;
        }
        const std::string* host = headers.find("Host");
        return host != nullptr ? std::string_view(*host) : std::string_view();
    }
};

namespace detail {

[[nodiscard]] inline errc parse_request_line(std::string_view line, request_head& out) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !is_token({line.data(), space})) {
        return errc::bad_start_line;
    }
    const std::string_view method(line.data(), space);
    line.remove_prefix(space + 1);
    const std::size_t end = line.find(' ');
    if (end == std::string_view::npos) {
        return errc::bad_start_line;
    }
    out.method.clear();
    out.method.append(method);
    out.target.clear();
    out.target.append(line.data(), end);
    line.remove_prefix(end + 1);
    target_parts parts;
    const errc e = parse_target(method, out.target, parts);
    return e != errc::success ? e : parse_version(line, out.minor);
}

/// RFC 9112, section 3.2: exactly one Host from HTTP/1.1 on, and a valid one wherever it is.
[[nodiscard]] inline errc check_host(const request_head& head) noexcept {
    const std::string* host = nullptr;
    for (const field& line : head.headers) {
        if (!iequals(line.name, "Host")) {
            continue;
        }
        if (host != nullptr) {
            return errc::bad_host;
        }
        host = &line.value;
    }
    const bool valid = host == nullptr ? head.minor < 1 : parse_authority(*host).has_value();
    return valid ? errc::success : errc::bad_host;
}

} // namespace detail

/// Parses the head of a request, from its first byte to its blank line, by the grammar of RFC 9112:
/// single spaces in the request line, CR LF behind each line, no continuation lines, no blank
/// before a colon, no controls, Host exactly once and valid. Framing is for `request_body`.
/// Errors: `bad_start_line`, `bad_version`, `bad_field`, `bad_host`, `start_line_too_long`,
/// `head_too_large`, `too_many_fields`; `out` is then unspecified.
[[nodiscard]] inline errc parse_request_head(std::string_view text, const head_limits& limits,
                                             request_head& out) {
    std::string_view line;
    errc e = detail::take_start_line(text, head_kind::request, limits, line);
    if (e == errc::success) {
        e = detail::parse_request_line(line, out);
    }
    if (e == errc::success) {
        e = detail::parse_field_block(text, head_kind::request, limits.fields, out.headers);
    }
    return e != errc::success ? e : detail::check_host(out);
}

/// Appends the head to `out`, blank line included.
/// Errors: `bad_start_line` or `bad_field` for what the grammar does not allow; nothing is written
/// then.
[[nodiscard]] inline errc write_head(const request_head& head, std::string& out) {
    target_parts parts;
    if (!is_token(head.method) || head.minor < 0 || head.minor > 9 ||
        parse_target(head.method, head.target, parts) != errc::success) {
        return errc::bad_start_line;
    }
    if (!detail::is_writable(head.headers)) {
        return errc::bad_field;
    }
    out.append(head.method).append(" ").append(head.target).append(" HTTP/1.");
    out.append(1, static_cast<char>('0' + head.minor)).append("\r\n");
    detail::append_fields(head.headers, out);
    return errc::success;
}

} // namespace sse::http
