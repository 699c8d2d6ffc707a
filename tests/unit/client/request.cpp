// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"
#include "unit/client/target_of.hpp"

#include <sse/client/request.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace client_request_test {

using sse::errc;
using sse::detail::make_request;
using sse::detail::request_target;
using sse::detail::take_userinfo;
using sse::http::fields;
using sse::testing::target_of;

namespace {

std::string written(const request_target& target, const fields& headers, std::size_t body_size = 0,
                    std::string_view id = {}) {
    std::string out;
    REQUIRE(sse::http::write_head(make_request(target, headers, body_size, id), out) ==
            errc::success);
    return out;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("request: a plain one is exactly this", "[request]") {
    CHECK(written(target_of("http://example.org/events?a=b"), {}) == "GET /events?a=b HTTP/1.1\r\n"
                                                                     "Host: example.org\r\n"
                                                                     "Accept: text/event-stream\r\n"
                                                                     "Cache-Control: no-cache\r\n"
                                                                     "\r\n");
}

TEST_CASE("request: Host has the port where it is not the default, and brackets", "[request]") {
    CHECK(has(written(target_of("http://example.org:8080/"), {}), "Host: example.org:8080\r\n"));
    CHECK(has(written(target_of("http://[::1]:8080/"), {}), "Host: [::1]:8080\r\n"));
    CHECK(has(written(target_of("http://[::1]/"), {}), "Host: [::1]\r\n"));
}

TEST_CASE("request: fields of the user replace the defaults", "[request]") {
    const std::string text = written(
        target_of("http://a/"), {{"accept", "x/y"}, {"Cache-Control", "max-age=0"}, {"Host", "b"}});
    CHECK(has(text, "accept: x/y\r\n"));
    CHECK(has(text, "Cache-Control: max-age=0\r\n"));
    CHECK(has(text, "Host: b\r\n"));
    CHECK_FALSE(has(text, "event-stream"));
    CHECK_FALSE(has(text, "no-cache"));
    CHECK_FALSE(has(text, "Host: a"));
}

TEST_CASE("request: Last-Event-ID goes out as bytes, and not at all while empty", "[request]") {
    CHECK(has(written(target_of("http://a/"), {}, 0, "\xe2\x82\xac 7"),
              "Last-Event-ID: \xe2\x82\xac 7\r\n"));
    CHECK_FALSE(has(written(target_of("http://a/"), {}), "Last-Event-ID"));
    const std::string both = written(target_of("http://a/"), {{"last-event-id", "old"}}, 0, "new");
    CHECK(has(both, "Last-Event-ID: new\r\n"));
    CHECK_FALSE(has(both, "old"));
    CHECK(has(written(target_of("http://a/"), {{"Last-Event-ID", "mine"}}),
              "Last-Event-ID: mine\r\n"));
}

TEST_CASE("request: an id that no field can carry is left out", "[request]") {
    for (const std::string_view id : {"a\x01", "\x7f", "\x1b[0m", "a\rb", "a\nb"})
        CHECK_FALSE(has(written(target_of("http://a/"), {}, 0, id), "Last-Event-ID"));
    CHECK(has(written(target_of("http://a/"), {}, 0, "a\tb"), "Last-Event-ID: a\tb\r\n"));
}

TEST_CASE("request: a body has its length, and other methods than GET always have one",
          "[request]") {
    const std::string text = written(target_of("http://a/", "POST"), {{"Content-Type", "x/y"}}, 4);
    CHECK(has(text, "Content-Length: 4\r\n"));
    CHECK(has(text, "Content-Type: x/y\r\n"));
    CHECK(has(written(target_of("http://a/", "REPORT"), {}), "Content-Length: 0\r\n"));
    CHECK(has(written(target_of("http://a/", "GET"), {}, 1), "Content-Length: 1\r\n"));
    CHECK_FALSE(has(written(target_of("http://a/", "GET"), {}), "Content-Length"));
}

TEST_CASE("request: framing is not for the user to set", "[request]") {
    const std::string text =
        written(target_of("http://a/", "POST"),
                {{"Content-Length", "99"}, {"Transfer-Encoding", "chunked"}}, 1);
    CHECK(has(text, "Content-Length: 1\r\n"));
    CHECK_FALSE(has(text, "99"));
    CHECK_FALSE(has(text, "chunked"));
}

TEST_CASE("request: without the body there is no content type", "[request]") {
    request_target target = target_of("http://a/");
    target.send_body = false;
    const std::string text = written(target, {{"Content-Type", "x/y"}}, 4);
    CHECK_FALSE(has(text, "Content-"));
    CHECK(text.ends_with("\r\n\r\n"));
}

TEST_CASE("request: without credentials no secret goes out", "[request]") {
    request_target target = target_of("http://a/");
    const fields headers{{"authorization", "secret"},
                         {"Cookie", "secret"},
                         {"Proxy-Authorization", "secret"},
                         {"Host", "secret"},
                         {"X-Other", "kept"}};
    target.send_credentials = false;
    const std::string text = written(target, headers);
    CHECK_FALSE(has(text, "secret"));
    CHECK(has(text, "Host: a\r\n"));
    CHECK(has(text, "X-Other: kept\r\n"));
}

TEST_CASE("request: userinfo becomes Basic credentials and leaves the URL", "[request]") {
    const auto basic = [](std::string_view url, fields headers = {}) {
        request_target target = target_of(url);
        take_userinfo(target.url, headers);
        CHECK(target.url.userinfo.empty());
        const std::string* value = headers.find("Authorization");
        return value != nullptr ? *value : "none";
    };
    CHECK(basic("http://user:pass@a/") == "Basic dXNlcjpwYXNz");
    CHECK(basic("http://user:p%40ss@a/") == "Basic dXNlcjpwQHNz");
    CHECK(basic("http://user@a/") == "Basic dXNlcjo=");
    CHECK(basic("http://a/") == "none");
    CHECK(basic("http://user:pass@a/", {{"Authorization", "Bearer x"}}) == "Bearer x");
}

} // namespace client_request_test
