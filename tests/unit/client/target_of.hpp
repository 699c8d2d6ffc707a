// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "support/catch.hpp"

#include <sse/client/redirect.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace sse::testing {

/// Where a request for `url` goes.
[[nodiscard]] inline sse::detail::request_target target_of(std::string_view url,
                                                           std::string method = "GET") {
    sse::detail::request_target target;
    REQUIRE(http::parse_url(url, target.url) == errc::success);
    target.method = std::move(method);
    return target;
}

} // namespace sse::testing
