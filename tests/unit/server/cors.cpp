// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server/cors.hpp>
#include <sse/server/foreign_request.hpp>
#include <sse/server/origin_guard.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace server_cors_test {

using sse::cors_options;
using sse::http::fields;

namespace {

fields answered(const cors_options& cors, std::string_view origin, fields out = {}) {
    sse::detail::add_cors_fields(cors, origin, out);
    return out;
}

} // namespace

TEST_CASE("cors: says nothing unless it is on", "[cors]") {
    CHECK(answered({}, "https://a.example").empty());
}

TEST_CASE("cors: answers vary by Origin wherever they depend on it", "[cors]") {
    const cors_options listed{.origins = {"https://a.example"}};
    CHECK(*answered(listed, "").find("Vary") == "Origin");
    CHECK(*answered(listed, "https://b.example").find("Vary") == "Origin");
    CHECK(answered({.origins = {"*"}}, "https://b.example").find("Vary") == nullptr);
    CHECK(*answered(listed, "", {{"Vary", "Accept"}}).find("Vary") == "Accept, Origin");
    CHECK(*answered(listed, "", {{"Vary", "accept"}, {"Vary", "origin"}}).find("Vary") == "accept");
    CHECK(*answered(listed, "", {{"Vary", "*"}}).find("Vary") == "*");
}

TEST_CASE("cors: credentials are for origins listed by name only", "[cors]") {
    const cors_options both{.origins = {"https://a.example", "*"}, .credentials = true};
    const fields named = answered(both, "https://a.example");
    CHECK(*named.find("Access-Control-Allow-Origin") == "https://a.example");
    CHECK(*named.find("Access-Control-Allow-Credentials") == "true");
    const fields other = answered(both, "https://b.example");
    CHECK(*other.find("Access-Control-Allow-Origin") == "*");
    CHECK(other.find("Access-Control-Allow-Credentials") == nullptr);
    // nobody's Origin is an asterisk
    const cors_options any{.origins = {"*"}, .credentials = true};
    CHECK(answered(any, "*").find("Access-Control-Allow-Credentials") == nullptr);
}

TEST_CASE("cors: lists may be empty", "[cors]") {
    const cors_options bare{
        .origins = {"*"}, .headers = {}, .exposed = {}, .max_age = std::chrono::seconds(0)};
    CHECK(answered(bare, "https://a.example").size() == 1);
    const fields preflight = sse::detail::preflight_fields(bare, "GET");
    CHECK(*preflight.find("Access-Control-Allow-Methods") == "GET");
    CHECK(preflight.find("Access-Control-Allow-Headers") == nullptr);
    CHECK(preflight.find("Access-Control-Max-Age") == nullptr);
}

TEST_CASE("request_field: looks fields up in requests of any library", "[upgrade]") {
    struct by_index {
        std::string_view operator[](std::string_view name) const {
            return name == "A" ? "1" : std::string_view();
        }
    };
    sse::request ours;
    ours.head.method = "HEAD";
    ours.head.minor = 0;
    ours.head.headers = {{"a", "2"}};
    CHECK(sse::request_field(ours, "A") == "2");
    CHECK(sse::request_field(ours, "B").empty());
    CHECK(sse::detail::request_method(ours) == "HEAD");
    CHECK(sse::detail::request_minor(ours) == 0);
    CHECK(sse::request_field(by_index(), "A") == "1");
    CHECK(sse::detail::request_method(by_index()) == "GET");
    CHECK(sse::detail::request_minor(by_index()) == 1);
}

} // namespace server_cors_test
