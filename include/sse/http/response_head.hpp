// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/field_block.hpp>
#include <sse/http/fields.hpp>
#include <sse/http/head_limits.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace sse::http {

/// The head of a response: HTTP/1.minor.
struct response_head {
    int status = 200;
    int minor = 1;
    std::string reason{};
    fields headers{};

    /// Whether the sender lets the connection stay open behind this response. A body that ends with
    /// the connection (`body_kind::until_close`) ends it anyway.
    [[nodiscard]] bool keep_alive() const noexcept { return detail::persists(minor, headers); }
};

namespace detail {

/// RFC 9112, section 4. The space in front of an absent reason may be absent too, as many servers
/// have it.
[[nodiscard]] inline errc parse_status_line(std::string_view line, response_head& out) {
    const errc e = parse_version(line.substr(0, 8), out.minor);
    if (e != errc::success) {
        return e;
    }
    line.remove_prefix(8);
    if (line.size() < 4 || line[0] != ' ' || line[1] < '1' || line[1] > '9' || !is_digit(line[2]) ||
        !is_digit(line[3]) || (line.size() > 4 && line[4] != ' ')) {
        return errc::bad_start_line;
    }
    out.status = (line[1] - '0') * 100 + (line[2] - '0') * 10 + (line[3] - '0');
    out.reason = line.size() > 4 ? line.substr(5) : std::string_view();
    return is_field_value(out.reason) ? errc::success : errc::bad_start_line;
}

} // namespace detail

/// Parses the head of a response, from its first byte to its blank line: RFC 9112, sections 4 and
/// 5, with the tolerance that it grants a user agent: a lone LF ends a line, a continuation line is
/// joined to the one before by a space. Interim (1xx) responses are heads of their own. Framing is
/// for `response_body`.
/// Errors: `bad_start_line`, `bad_version`, `bad_field`, `start_line_too_long`, `head_too_large`,
/// `too_many_fields`; `out` is then unspecified.
[[nodiscard]] inline errc parse_response_head(std::string_view text, const head_limits& limits,
                                              response_head& out) {
    std::string_view line;
    errc e = detail::take_start_line(text, head_kind::response, limits, line);
    if (e == errc::success) {
        e = detail::parse_status_line(line, out);
    }
    if (e == errc::success) {
        e = detail::parse_field_block(text, head_kind::response, limits.fields, out.headers);
    }
    return e;
}

/// Appends the head to `out`, blank line included.
/// Errors: `bad_start_line` or `bad_field` for what the grammar does not allow; nothing is written
/// then.
[[nodiscard]] inline errc write_head(const response_head& head, std::string& out) {
    if (head.status < 100 || head.status > 999 || head.minor < 0 || head.minor > 9 ||
        !is_field_value(head.reason)) {
        return errc::bad_start_line;
    }
    if (!detail::is_writable(head.headers)) {
        return errc::bad_field;
    }
    out.append("HTTP/1.").append(1, static_cast<char>('0' + head.minor)).append(" ");
    for (const int digit : {head.status / 100, head.status / 10 % 10, head.status % 10}) {
        out.push_back(static_cast<char>('0' + digit));
    }
    out.append(" ").append(head.reason).append("\r\n");
    detail::append_fields(head.headers, out);
    return errc::success;
}

} // namespace sse::http
