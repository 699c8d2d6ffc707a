// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/authority.hpp>
#include <sse/text/error.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace sse::http {

/// The forms of a request target: RFC 9112, section 3.2.
enum class target_form {
    origin,    ///< `/path?query`
    absolute,  ///< `http://host/path?query`
    authority, ///< `host:port`, of CONNECT only
    asterisk,  ///< `*`, of OPTIONS only
};

/// A request target taken apart; the pieces are as they were written, percent-encoded.
/// Lifetime: borrows from the target.
struct target_parts {
    target_form form = target_form::origin;
    std::string_view authority; ///< of the absolute and the authority form, or else empty
    std::string_view path;      ///< starts with a slash, but for the asterisk and authority forms
    std::string_view query;     ///< without the question mark
};

namespace detail {

/// What may stand in a target. Beyond RFC 3986 these are the characters that the URL standard
/// leaves as they are, so that browsers send them: brackets, braces, bar, backslash, caret,
/// backtick and percent signs without two digits; and `#`, which no browser sends, so that a hub's
/// patterns can be written as they are. Controls, blanks, bytes from 0x80 on, `"`, `<`, `>` are
/// out.
[[nodiscard]] constexpr bool is_target_char(char c) noexcept {
    return is_visible(c) && c != '"' && c != '<' && c != '>';
}

inline constexpr std::array<bool, 256> target_chars = char_table(is_target_char);

[[nodiscard]] constexpr std::size_t http_scheme_size(std::string_view target) noexcept {
    for (const std::string_view scheme :
         {std::string_view("http://"), std::string_view("https://")}) {
        if (iequals(target.substr(0, scheme.size()), scheme)) {
            return scheme.size();
        }
    }
    return 0;
}

} // namespace detail

/// Takes apart a target that `parse_target` or a head's parser has accepted.
[[nodiscard]] constexpr target_parts split_target(std::string_view target) noexcept {
    target_parts parts;
    if (target.size() == 1 && target[0] == '*') {
        parts.form = target_form::asterisk;
        parts.path = target;
        return parts;
    }
    if (target.empty() || target[0] != '/') {
        const std::size_t scheme = detail::http_scheme_size(target);
        parts.form = scheme == 0 ? target_form::authority : target_form::absolute;
        const std::string_view rest = target.substr(scheme);
        const std::size_t end = scheme == 0 ? rest.size() : rest.find_first_of("/?");
        parts.authority = rest.substr(0, end);
        target = end < rest.size() ? rest.substr(end) : std::string_view();
    }
    const std::size_t question = target.find('?');
    parts.path = target.substr(0, question);
    if (question != std::string_view::npos) {
        parts.query = target.substr(question + 1);
    }
    if (parts.path.empty() && parts.form == target_form::absolute) {
        parts.path = "/";
    }
    return parts;
}

/// Parses the target of a request by the form that `method` allows. Userinfo in an absolute target
/// is refused, as RFC 9110 (section 4.2.4) advises, and so are schemes other than http and https.
/// Errors: `errc::bad_start_line`.
[[nodiscard]] constexpr errc parse_target(std::string_view method, std::string_view target,
                                          target_parts& out) noexcept {
    for (const char c : target) {
        if (!detail::target_chars[static_cast<unsigned char>(c)]) {
            return errc::bad_start_line;
        }
    }
    if (target.empty()) {
        return errc::bad_start_line;
    }
    out = split_target(target);
    bool valid = false;
    switch (out.form) {
    case target_form::origin: valid = method != "CONNECT"; break;
    case target_form::asterisk: valid = method == "OPTIONS"; break;
    case target_form::absolute:
        valid = method != "CONNECT" && parse_authority(out.authority).has_value();
        break;
    case target_form::authority: {
        const auto parsed = parse_authority(out.authority);
        valid = method == "CONNECT" && parsed && parsed->port;
        break;
    }
    }
    return valid ? errc::success : errc::bad_start_line;
}

} // namespace sse::http
