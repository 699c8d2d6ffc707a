// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/basic_credentials.hpp>
#include <sse/http/url.hpp>
#include <sse/text/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace sse::net {

/// An HTTP proxy that opens tunnels (CONNECT).
struct proxy {
    std::string host{}; ///< name or address, without brackets; empty: there is no proxy
    std::uint16_t port = 80;
    std::string authorization{}; ///< value of Proxy-Authorization; empty: none is sent
};

/// Parses a proxy's URL: `http://user:password@host:port`, credentials percent-encoded and
/// optional. Nothing may follow but a slash.
/// Errors: `invalid_url`, also for https: the way to the proxy itself is not encrypted. `out` is
/// then untouched.
[[nodiscard]] inline errc parse_proxy(std::string_view text, proxy& out) {
    http::url url;
    if (http::parse_url(text, url) != errc::success || url.secure() || url.target != "/")
        return errc::invalid_url;
    const auto credentials = http::basic_credentials(url.userinfo);
    if (!url.userinfo.empty() && !credentials) return errc::invalid_url;
    out = {url.host, url.port, credentials.value_or("")};
    return errc::success;
}

} // namespace sse::net
