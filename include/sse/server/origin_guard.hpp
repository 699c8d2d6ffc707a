// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/server/cors.hpp>
#include <sse/server/host_guard.hpp>
#include <sse/server/request.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sse::detail {

/// Whether `rq` may do what it is to do, as far as its Origin goes. Browsers send requests of any
/// page to any server and only keep the answers from the page, so what changes something has to be
/// refused: unless it is from a page of one of `names`, on any port, or of an origin that may read
/// the answers as well. Where no names are given everything is allowed.
[[nodiscard]] inline bool is_origin_allowed(const request& rq,
                                            const std::vector<std::string>& names,
                                            const cors_options& cors) {
    if (names.empty()) return true;
    const std::string_view method = rq.method();
    const bool safe = method == "GET" || method == "HEAD" || method == "OPTIONS";
    const std::string* origin = rq.head.headers.find("Origin");
    if (safe || origin == nullptr) return true;
    if (rq.head.headers.count("Origin") != 1) return false;
    const std::size_t scheme = origin->find("://");
    const std::string_view host = scheme == std::string::npos
                                      ? std::string_view()
                                      : std::string_view(*origin).substr(scheme + 3);
    return is_host_allowed(host, names) || allows_origin(cors, *origin);
}

} // namespace sse::detail
