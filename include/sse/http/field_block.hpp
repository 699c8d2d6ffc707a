// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/http/head_limits.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <string_view>

namespace sse::http::detail {

/// Takes the next line off `text`, without its line end. False if there is no line end, or a lone
/// LF in a request. A CR elsewhere stays in the line, where no grammar allows it.
[[nodiscard]] constexpr bool take_line(std::string_view& text, head_kind kind,
                                       std::string_view& line) noexcept {
    const std::size_t lf = text.find('\n');
    if (lf == std::string_view::npos) {
        return false;
    }
    const bool crlf = lf != 0 && text[lf - 1] == '\r';
    line = {text.data(), lf - (crlf ? 1 : 0)};
    text.remove_prefix(lf + 1);
    return crlf || kind == head_kind::response;
}

/// Parses `name ":" OWS value OWS`: RFC 9112, section 5. A blank before the colon is an error.
[[nodiscard]] inline errc parse_field_line(std::string_view line, fields& out) {
    std::size_t colon = 0;
    while (colon < line.size() && is_token_char(line[colon]))
        ++colon;
    if (colon == 0 || colon == line.size() || line[colon] != ':') {
        return errc::bad_field;
    }
    const std::string_view value = trim({line.data() + colon + 1, line.size() - colon - 1});
    if (!is_field_value(value)) {
        return errc::bad_field;
    }
    out.add({line.data(), colon}, value);
    return errc::success;
}

/// Joins a continuation line (obs-fold) to the field before it by one space, as RFC 9112
/// (section 5.2) asks of user agents.
[[nodiscard]] inline errc unfold(std::string_view line, fields& out) {
    const std::string_view more = trim(line);
    if (out.empty() || !is_field_value(more)) {
        return errc::bad_field;
    }
    if (!more.empty()) {
        out.append_to_last(out.back().value.empty() ? "" : " ");
        out.append_to_last(more);
    }
    return errc::success;
}

/// Parses the field lines behind a start line, up to the blank line that has to end `text`.
/// Continuation lines are refused in requests and unfolded in responses.
/// Errors: `bad_field`, `too_many_fields`.
[[nodiscard]] inline errc parse_field_block(std::string_view text, head_kind kind,
                                            std::size_t max_fields, fields& out) {
    out.clear();
    out.reserve(8);
    std::string_view line;
    for (std::size_t lines = 0; take_line(text, kind, line); ++lines) {
        if (line.empty()) {
            return text.empty() ? errc::success : errc::bad_field;
        }
        if (max_fields != 0 && lines == max_fields) {
            return errc::too_many_fields;
        }
        errc e = errc::bad_field;
        if (!is_blank(line[0])) {
            e = parse_field_line(line, out);
        } else if (kind == head_kind::response) {
            e = unfold(line, out);
        }
        if (e != errc::success) {
            return e;
        }
    }
    return errc::bad_field;
}

/// Whether every field may be written as it is.
[[nodiscard]] inline bool is_writable(const fields& lines) noexcept {
    for (const field& line : lines) {
        if (!is_token(line.name) || !is_field_value(line.value)) {
            return false;
        }
    }
    return true;
}

inline void append_fields(const fields& lines, std::string& out) {
    for (const field& line : lines) {
        out.append(line.name).append(": ").append(line.value).append("\r\n");
    }
    out.append("\r\n");
}

/// Takes the start line off `text` and checks the limits that do not need the fields.
[[nodiscard]] constexpr errc take_start_line(std::string_view& text, head_kind kind,
                                             const head_limits& limits,
                                             std::string_view& line) noexcept {
    if (limits.head != 0 && text.size() > limits.head) {
        return errc::head_too_large;
    }
    if (!take_line(text, kind, line)) {
        return errc::bad_start_line;
    }
    const bool too_long = limits.start_line != 0 && line.size() > limits.start_line;
    return too_long ? errc::start_line_too_long : errc::success;
}

/// Parses "HTTP/1.x". Errors: `bad_start_line` if it is no version, `bad_version` if it is another.
[[nodiscard]] constexpr errc parse_version(std::string_view text, int& minor) noexcept {
    if (text.size() != 8 || !text.starts_with("HTTP/") || !is_digit(text[5]) || text[6] != '.' ||
        !is_digit(text[7])) {
        return errc::bad_start_line;
    }
    minor = text[7] - '0';
    return text[5] == '1' ? errc::success : errc::bad_version;
}

/// Whether the connection stays open behind a message: RFC 9112, section 9.3.
[[nodiscard]] inline bool persists(int minor, const fields& headers) noexcept {
    if (headers.list_contains("Connection", "close")) {
        return false;
    }
    return minor >= 1 || headers.list_contains("Connection", "keep-alive");
}

} // namespace sse::http::detail
