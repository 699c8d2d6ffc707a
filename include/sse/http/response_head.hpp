// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/field_block.hpp>
#include <sse/http/fields.hpp>
#include <sse/http/head_limits.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <cstring>
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

/// Appends a response's head to a text, line by line. What the grammar does not allow is an error
/// of the whole head, and takes all of it back.
class response_head_writer {
public:
    /// Begins with the status line. Lifetime: `out` has to stay.
    response_head_writer(int status, int minor, std::string_view reason, std::string& out)
        : out_(out), begin_(out.size()) {
        if (status < 100 || status > 999 || minor < 0 || minor > 9 || !is_field_value(reason)) {
            error_ = errc::bad_start_line;
            return;
        }
        char line[] = "HTTP/1.x nnn ";
        line[7] = digit(minor);
        line[9] = digit(status / 100);
        line[10] = digit(status / 10);
        line[11] = digit(status);
        append({line, sizeof line - 1}, reason);
    }

    /// Appends a field line.
    void add(std::string_view name, std::string_view value) {
        if (error_ != errc::success) return;
        if (is_token(name) && is_field_value(value)) return put(name, value);
        error_ = errc::bad_field;
    }

    /// The same, for a field that is known to be right.
    void put(std::string_view name, std::string_view value) {
        out_.append(name);
        append(": ", value);
    }

    /// The same, for a line that is complete.
    void put_line(std::string_view line) { out_.append(line); }

    /// Appends the blank line. Errors: `bad_start_line`, `bad_field`; nothing is left of the head
    /// then.
    [[nodiscard]] errc end() {
        if (error_ != errc::success)
            out_.resize(begin_);
        else
            out_.append("\r\n", 2);
        return error_;
    }

private:
    /// Appends the rest of a line, short ones at once.
    void append(std::string_view before, std::string_view text) {
        char line[64];
        const std::size_t size = before.size() + text.size();
        if (size > sizeof line - 2) {
            out_.append(before).append(text).append("\r\n", 2);
            return;
        }
        std::memcpy(line, before.data(), before.size());
        std::memcpy(line + before.size(), text.data(), text.size());
        std::memcpy(line + size, "\r\n", 2);
        out_.append(line, size + 2);
    }

    [[nodiscard]] static constexpr char digit(int n) noexcept {
        return static_cast<char>('0' + n % 10);
    }

    std::string& out_;
    std::size_t begin_;
    errc error_ = errc::success;
};

/// Appends the head to `out`, blank line included.
/// Errors: `bad_start_line` or `bad_field` for what the grammar does not allow; nothing is written
/// then.
[[nodiscard]] inline errc write_head(const response_head& head, std::string& out) {
    response_head_writer writer(head.status, head.minor, head.reason, out);
    for (const field& line : head.headers)
        writer.add(line.name, line.value);
    return writer.end();
}

} // namespace sse::http
