// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/syntax.hpp>

#include <string_view>

namespace sse::net {

/// Whether `host` is `localhost` or a name below it, in any case, with or without the root's dot.
/// Such names are the loopback addresses and are not looked up (RFC 6761, section 6.3): no name
/// server can lead them elsewhere, and they work on systems that have no list of hosts.
[[nodiscard]] constexpr bool is_localhost(std::string_view host) noexcept {
    constexpr std::string_view name = "localhost";
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.size() < name.size()) return false;
    const std::string_view above = host.substr(0, host.size() - name.size());
    return http::iequals(host.substr(above.size()), name) &&
           (above.empty() || (above.size() > 1 && above.ends_with('.')));
}

} // namespace sse::net
