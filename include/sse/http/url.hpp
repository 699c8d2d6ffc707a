// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/authority.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace sse::http {

/// The longest text that is taken for a URL or a reference, in bytes.
inline constexpr std::size_t max_url_size = 16 * 1024;

/// An absolute http or https URL, without fragment, ready for a request.
struct url {
    std::string scheme = "http"; ///< `http` or `https`
    std::string userinfo{};      ///< percent-encoded, perhaps empty
    std::string host{};          ///< lower case, an IPv6 address without brackets
    std::string target = "/";    ///< path and query, percent-encoded, starts with a slash
    std::uint16_t port = 80;     ///< the scheme's default if the text had none

    [[nodiscard]] bool secure() const noexcept { return scheme == "https"; }

    /// The value of a Host field: the port only where it is not the scheme's default.
    [[nodiscard]] std::string authority() const {
        const bool ipv6 = host.find(':') != std::string::npos;
        std::string text = ipv6 ? "[" + host + "]" : host;
        if (port != (secure() ? 443 : 80)) {
            text.append(":").append(std::to_string(port));
        }
        return text;
    }

    /// Scheme, host and port: RFC 6454, section 6.2. Holds no credentials.
    [[nodiscard]] std::string origin() const { return scheme + "://" + authority(); }

    /// The whole URL. Holds the credentials, if there are any.
    [[nodiscard]] std::string to_string() const {
        return scheme + "://" + (userinfo.empty() ? std::string() : userinfo + "@") + authority() +
               target;
    }

    friend bool operator==(const url&, const url&) = default;
};

namespace detail {

/// Controls are refused rather than encoded: no honest URL has them, and a line end in one is an
/// attack.
[[nodiscard]] constexpr bool has_control(std::string_view text) noexcept {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            return true;
        }
    }
    return false;
}

/// Appends `text` with every character encoded that is neither unreserved, a sub-delim nor in
/// `extra`. Triplets stay as they are; a percent sign that begins none becomes %25.
inline void append_encoded(std::string_view text, std::string_view extra, std::string& out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool kept = is_unreserved(c) || is_sub_delim(c) ||
                          extra.find(c) != std::string_view::npos || is_percent_triplet(text, i);
        if (kept) {
            out.push_back(c);
        } else {
            append_percent(out, c);
        }
    }
}

/// RFC 3986, section 5.2.4. `path` starts with a slash.
[[nodiscard]] inline std::string remove_dot_segments(std::string_view path) {
    std::string out;
    while (!path.empty()) {
        const std::size_t next = path.find('/', 1);
        const std::string_view segment = path.substr(0, next);
        path = next == std::string_view::npos ? std::string_view() : path.substr(next);
        const bool up = segment == "/..";
        if (up) {
            const std::size_t parent = out.rfind('/');
            out.resize(parent == std::string::npos ? 0 : parent);
        }
        if (!up && segment != "/.") {
            out.append(segment);
        } else if (path.empty()) {
            out.push_back('/');
        }
    }
    return out;
}

/// The request target of a path that starts with a slash and a query with its question mark, if
/// any.
[[nodiscard]] inline std::string make_target(std::string_view path, std::string_view query) {
    std::string encoded;
    append_encoded(path, "/:@", encoded);
    std::string target = remove_dot_segments(encoded);
    append_encoded(query, "/:@?", target);
    return target;
}

/// Whether `text` is a host name to look up: letters, digits, hyphens and underscores in labels of
/// 1 to 63, 253 in all, one dot at the end allowed. A name whose last label is a number has to be
/// an IPv4 address, so that no other notation of an address slips through.
[[nodiscard]] constexpr bool is_host_name(std::string_view text) noexcept {
    const std::string_view name = text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
    if (name.size() > 253) {
        return false;
    }
    std::string_view rest = name;
    std::string_view label;
    while (rest.data() != nullptr) {
        const std::size_t dot = rest.find('.');
        label = rest.substr(0, dot);
        rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
        if (label.empty() || label.size() > 63) {
            return false;
        }
        for (const char c : label) {
            if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '_') {
                return false;
            }
        }
    }
    const bool hexadecimal = label.starts_with("0x") || label.starts_with("0X");
    const bool number = label.find_first_not_of("0123456789") == std::string_view::npos;
    return (!number && !hexadecimal) || is_ipv4(text);
}

/// Parses what follows "//" up to the path into `out`, whose scheme is set.
[[nodiscard]] inline errc parse_url_authority(std::string_view text, url& out) {
    const std::size_t at = text.rfind('@');
    if (at != std::string_view::npos) {
        const std::string_view userinfo = text.substr(0, at);
        if (userinfo.find_first_of("@\\") != std::string_view::npos) {
            return errc::invalid_url;
        }
        append_encoded(userinfo, ":", out.userinfo);
        text.remove_prefix(at + 1);
    }
    const auto parsed = parse_authority(text);
    if (!parsed || (!parsed->ipv6 && !is_host_name(parsed->host)) || parsed->port == 0) {
        return errc::invalid_url;
    }
    out.host = lower(parsed->host);
    out.port = parsed->port.value_or(static_cast<std::uint16_t>(out.secure() ? 443 : 80));
    return errc::success;
}

/// A reference taken apart as in RFC 3986, appendix B. Absent parts have null data.
struct url_reference {
    std::string_view scheme;
    std::string_view authority;
    std::string_view path;
    std::string_view query; // with its question mark
};

[[nodiscard]] constexpr bool is_scheme(std::string_view text) noexcept {
    for (const char c : text) {
        if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') {
            return false;
        }
    }
    return !text.empty() && is_alpha(text[0]);
}

[[nodiscard]] constexpr url_reference split_reference(std::string_view text) noexcept {
    url_reference parts;
    text = text.substr(0, text.find('#'));
    const std::size_t end = text.find_first_of(":/?");
    if (end != std::string_view::npos && text[end] == ':' && is_scheme(text.substr(0, end))) {
        parts.scheme = text.substr(0, end);
        text.remove_prefix(end + 1);
    }
    if (text.starts_with("//")) {
        text.remove_prefix(2);
        parts.authority = text.substr(0, text.find_first_of("/?"));
        text.remove_prefix(parts.authority.size());
    }
    parts.path = text.substr(0, text.find('?'));
    parts.query = text.substr(parts.path.size());
    return parts;
}

/// The target that a reference without authority has against `base`: RFC 3986, section 5.2.2.
[[nodiscard]] inline std::string resolve_target(std::string_view base, const url_reference& ref) {
    const std::size_t question = base.find('?');
    const std::string_view path = base.substr(0, question);
    if (ref.path.empty()) {
        return ref.query.empty() ? std::string(base) : make_target(path, ref.query);
    }
    if (ref.path[0] == '/') {
        return make_target(ref.path, ref.query);
    }
    std::string merged(path.substr(0, path.rfind('/') + 1));
    merged.append(ref.path);
    return make_target(merged, ref.query);
}

} // namespace detail

/// Resolves `reference`, such as a Location field's value, against `base`: RFC 3986, section 5.2,
/// with the fragment dropped.
///
/// Blanks, bytes from 0x80 on and ASCII that RFC 3986 does not allow are percent-encoded in
/// userinfo, path and query, and so is a percent sign without two hexadecimal digits; triplets stay
/// as they are. Refused are control characters, other schemes, an empty or internationalised host
/// (give it in its `xn--` form), zones of IPv6 addresses, other notations of IPv4 addresses, port
/// 0, and more than `max_url_size` bytes. A reference without authority keeps the base's userinfo.
/// Errors: `invalid_url`; `out` is then untouched. `out` may be `base`.
[[nodiscard]] inline errc resolve_url(const url& base, std::string_view reference, url& out) {
    if (reference.size() > max_url_size || detail::has_control(reference)) {
        return errc::invalid_url;
    }
    const detail::url_reference ref = detail::split_reference(reference);
    url result;
    result.scheme = ref.scheme.empty() ? base.scheme : lower(ref.scheme);
    if (ref.authority.data() == nullptr) {
        if (!ref.scheme.empty()) {
            return errc::invalid_url;
        }
        result = base;
        result.target = detail::resolve_target(base.target, ref);
    } else {
        const bool known = result.scheme == "http" || result.scheme == "https";
        if (!known || detail::parse_url_authority(ref.authority, result) != errc::success) {
            return errc::invalid_url;
        }
        result.target = detail::make_target(ref.path.empty() ? "/" : ref.path, ref.query);
    }
    if (result.target.size() > max_url_size) {
        return errc::invalid_url;
    }
    out = std::move(result);
    return errc::success;
}

/// Parses an absolute URL, by the rules of `resolve_url`.
/// Errors: `invalid_url`; `out` is then untouched.
[[nodiscard]] inline errc parse_url(std::string_view text, url& out) {
    const detail::url_reference parts = detail::split_reference(text);
    return parts.scheme.empty() ? errc::invalid_url : resolve_url(url{}, text, out);
}

} // namespace sse::http
