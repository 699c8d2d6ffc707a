// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/authority.hpp>
#include <sse/http/syntax.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sse::detail {

/// Whether a request for `authority` (a host, perhaps with a port) is for one of `names`. Ports do
/// not count, and `*` allows everything. It keeps pages that point a name of theirs at this
/// machine (DNS rebinding) from reading what is served on the loopback interface.
[[nodiscard]] inline bool is_host_allowed(std::string_view authority,
                                          const std::vector<std::string>& names) {
    const auto parsed = http::parse_authority(authority);
    for (const std::string& name : names) {
        if (name == "*") return true;
        if (!parsed) continue;
        const std::string host =
            parsed->ipv6 ? "[" + std::string(parsed->host) + "]" : std::string(parsed->host);
        if (http::iequals(host, name)) return true;
    }
    return false;
}

/// The names under which the loopback interface is reached.
[[nodiscard]] inline std::vector<std::string> loopback_names() {
    return {"localhost", "127.0.0.1", "[::1]"};
}

} // namespace sse::detail
