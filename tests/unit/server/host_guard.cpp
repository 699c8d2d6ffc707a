// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server/host_guard.hpp>

namespace server_host_guard_test {

using sse::detail::is_host_allowed;
using sse::detail::loopback_names;

TEST_CASE("host_guard: the loopback names are served on any port", "[host_guard]") {
    for (const char* host :
         {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:8080"}) {
        CAPTURE(host);
        CHECK(is_host_allowed(host, loopback_names()));
    }
}

TEST_CASE("host_guard: other names are not", "[host_guard]") {
    for (const char* host : {"", "evil.example", "localhost.evil.example", "127.0.0.2", "[::2]",
                             "::1", "localhost:x", "a b", "127.0.0.1.nip.io"}) {
        CAPTURE(host);
        CHECK_FALSE(is_host_allowed(host, loopback_names()));
    }
    CHECK(is_host_allowed("evil.example", {"*"}));
    CHECK(is_host_allowed("", {"*"}));
    CHECK(is_host_allowed("App.Internal:80", {"localhost", "app.internal"}));
}

} // namespace server_host_guard_test
