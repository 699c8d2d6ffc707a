// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server/origin_guard.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server_origin_guard_test {

namespace {

const std::vector<std::string> loopback{"localhost", "127.0.0.1", "[::1]"};

sse::request asked(std::string method, std::vector<std::string> origins) {
    sse::request rq;
    rq.head.method = std::move(method);
    for (const std::string& origin : origins)
        rq.head.headers.add("Origin", origin);
    return rq;
}

bool allowed(std::string_view origin, const std::vector<std::string>& names = loopback,
             const sse::cors_options& cors = {}) {
    return sse::detail::is_origin_allowed(asked("POST", {std::string(origin)}), names, cors);
}

} // namespace

TEST_CASE("origin_guard: pages of the names that are served may change something",
          "[origin_guard]") {
    for (const char* origin : {"http://localhost", "http://localhost:8080", "https://LOCALHOST:1",
                               "http://127.0.0.1", "http://[::1]:8080"}) {
        CAPTURE(origin);
        CHECK(allowed(origin));
    }
    CHECK(allowed("https://app.example", {"app.example"}));
    CHECK(allowed("null", {"*"}));
}

TEST_CASE("origin_guard: pages of other names may not, however they look", "[origin_guard]") {
    for (const char* origin :
         {"", "null", "localhost", "http://", "http://evil.example",
          "http://localhost.evil.example", "http://localhost@evil.example",
          "http://evil.example#localhost", "http://localhost/x", "http://localhost evil",
          "http://127.0.0.1.evil.example", "://", "http://[::2]"}) {
        CAPTURE(origin);
        CHECK_FALSE(allowed(origin));
    }
    CHECK_FALSE(sse::detail::is_origin_allowed(
        asked("POST", {"http://localhost", "http://evil.example"}), loopback, {}));
}

TEST_CASE("origin_guard: who may read the answers may ask as well", "[origin_guard]") {
    const sse::cors_options cors{.origins = {"https://app.example"}};
    CHECK(allowed("https://app.example", loopback, cors));
    CHECK_FALSE(allowed("http://app.example", loopback, cors)); // letter for letter
    CHECK_FALSE(allowed("https://app.example:8443", loopback, cors));
    CHECK(allowed("https://evil.example", loopback, {.origins = {"*"}}));
}

TEST_CASE("origin_guard: what changes nothing, and what is of no page, is let through",
          "[origin_guard]") {
    for (const char* method : {"GET", "HEAD", "OPTIONS"}) {
        CAPTURE(method);
        CHECK(sse::detail::is_origin_allowed(asked(method, {"http://evil.example"}), loopback, {}));
    }
    for (const char* method : {"POST", "PUT", "DELETE", "get", "QUERY"}) {
        CAPTURE(method);
        CHECK(sse::detail::is_origin_allowed(asked(method, {}), loopback, {}));
        CHECK_FALSE(
            sse::detail::is_origin_allowed(asked(method, {"http://evil.example"}), loopback, {}));
    }
    CHECK(allowed("http://evil.example", {})); // no names are checked
}

} // namespace server_origin_guard_test
