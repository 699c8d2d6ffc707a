// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/http/syntax.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::http {

/// A MIME type as the WHATWG MIME Sniffing standard parses it.
struct media_type {
    std::string essence;                                         ///< `type/subtype` in lower case
    std::vector<std::pair<std::string, std::string>> parameters; ///< names in lower case

    /// The value of the parameter `name` (lower case), or null.
    [[nodiscard]] const std::string* parameter(std::string_view name) const noexcept {
        for (const auto& p : parameters) {
            if (p.first == name) {
                return &p.second;
            }
        }
        return nullptr;
    }
};

namespace detail {

/// Takes a quoted string off `text`, which begins with its opening quote; returns what it stands
/// for. One that is not closed runs to the end: WHATWG Fetch, "collect an HTTP quoted string".
[[nodiscard]] inline std::string take_quoted(std::string_view& text) {
    std::string value;
    std::size_t i = 1;
    for (; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            ++i;
        }
        value.push_back(text[i]);
    }
    text.remove_prefix(i < text.size() ? i + 1 : i);
    return value;
}

/// HTTP whitespace: SP, HTAB, CR, LF.
[[nodiscard]] constexpr std::string_view trim_start(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

[[nodiscard]] constexpr std::string_view trim_end(std::string_view text) noexcept {
    return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

/// Takes one parameter off `text`, which is behind a semicolon, up to and with the next one.
inline void take_parameter(std::string_view& text, media_type& out) {
    text = trim_start(text);
    const std::size_t end = text.find_first_of(";=");
    const std::string name = lower(text.substr(0, end));
    const bool has_value = end != std::string_view::npos && text[end] == '=';
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!has_value) {
        return;
    }
    std::string value;
    const bool quoted = text.starts_with('"');
    if (quoted) {
        value = take_quoted(text);
    }
    const std::size_t semicolon = text.find(';');
    if (!quoted) {
        value = trim_end(text.substr(0, semicolon));
    }
    text.remove_prefix(semicolon == std::string_view::npos ? text.size() : semicolon + 1);
    if (is_token(name) && (quoted || !value.empty()) && is_field_value(value) &&
        out.parameter(name) == nullptr) {
        out.parameters.emplace_back(name, std::move(value));
    }
}

/// Takes the part before the first comma outside a quoted string off `list`: WHATWG Fetch, "get,
/// decode, and split".
[[nodiscard]] constexpr std::string_view take_quoted_element(std::string_view& list) noexcept {
    bool quoted = false;
    std::size_t i = 0;
    for (; i < list.size() && (quoted || list[i] != ','); ++i) {
        if (list[i] == '"') {
            quoted = !quoted;
        } else if (quoted && list[i] == '\\') {
            ++i;
        }
    }
    const std::string_view element = list.substr(0, i);
    list = i < list.size() ? list.substr(i + 1) : std::string_view();
    return element;
}

} // namespace detail

/// Parses one MIME type: WHATWG MIME Sniffing, section 4.4. Parameters that are invalid or repeated
/// are dropped, as the standard has it. False, with `out` empty, if it is none.
[[nodiscard]] inline bool parse_media_type(std::string_view text, media_type& out) {
    out = {};
    text = detail::trim_end(detail::trim_start(text));
    const std::size_t semicolon = text.find(';');
    const std::string_view essence = detail::trim_end(text.substr(0, semicolon));
    const std::size_t slash = essence.find('/');
    if (slash == std::string_view::npos || !is_token(essence.substr(0, slash)) ||
        !is_token(essence.substr(slash + 1))) {
        return false;
    }
    out.essence = lower(essence);
    text.remove_prefix(semicolon == std::string_view::npos ? text.size() : semicolon + 1);
    while (!text.empty()) {
        detail::take_parameter(text, out);
    }
    return true;
}

/// Takes the MIME type out of the value of Content-Type, or of several joined by commas: the last
/// one that is valid and not `*/*`, as WHATWG Fetch ("extract a MIME type") has it. False if there
/// is none.
[[nodiscard]] inline bool extract_media_type(std::string_view values, media_type& out) {
    out = {};
    while (values.data() != nullptr) {
        media_type candidate;
        if (parse_media_type(detail::take_quoted_element(values), candidate) &&
            candidate.essence != "*/*") {
            out = std::move(candidate);
        }
    }
    return !out.essence.empty();
}

/// Whether a value of Content-Type means an event stream: the essence decides, not letter case or
/// parameters. Give it `fields::joined` where the field may be repeated.
[[nodiscard]] inline bool is_event_stream(std::string_view content_type) {
    media_type type;
    return extract_media_type(content_type, type) && type.essence == "text/event-stream";
}

} // namespace sse::http
