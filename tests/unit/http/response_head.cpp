// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/response_head.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace http_response_head_test {

using namespace sse::http;
using namespace std::literals;
using sse::errc;

namespace {

errc error_of(std::string_view text) {
    response_head head;
    return parse_response_head(text, head_limits{}, head);
}

response_head parsed(std::string_view text) {
    response_head head;
    INFO(text);
    REQUIRE(parse_response_head(text, head_limits{}, head) == errc::success);
    return head;
}

} // namespace

TEST_CASE("response_head: a server's answer is read", "[http]") {
    const response_head head = parsed("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                      "cache-control:no-cache\r\n\r\n");
    CHECK(head.status == 200);
    CHECK(head.minor == 1);
    CHECK(head.reason == "OK");
    CHECK(head.headers == fields{{"Content-Type", "text/event-stream"}, //
                                 {"cache-control", "no-cache"}});
}

TEST_CASE("response_head: the reason may be empty, absent, long or not ASCII", "[http]") {
    const std::pair<std::string_view, std::string_view> table[] = {
        {"HTTP/1.1 204 ", ""},
        {"HTTP/1.1 204", ""},
        {"HTTP/1.0 404 Not Found Here", "Not Found Here"},
        {"HTTP/1.1 200  two", " two"},
        {"HTTP/1.1 999 \xc3\xbc\tx", "\xc3\xbc\tx"},
    };
    for (const auto& [line, reason] : table) {
        CHECK(parsed(std::string(line) + "\r\n\r\n").reason == reason);
    }
}

TEST_CASE("response_head: the status line follows the grammar to the byte", "[http]") {
    for (const std::string_view line : {""sv,
                                        "HTTP/1.1"sv,
                                        "HTTP/1.1 "sv,
                                        "HTTP/1.1 20"sv,
                                        "HTTP/1.1 2000"sv,
                                        "HTTP/1.1 2x0 OK"sv,
                                        "HTTP/1.1  200 OK"sv,
                                        "HTTP/1.1 +20 OK"sv,
                                        "HTTP/1.1 -20 OK"sv,
                                        "HTTP/1.1 099 Low"sv,
                                        "HTTP/1.1 000 Zero"sv,
                                        "HTTP/1.1\t200 OK"sv,
                                        "HTTP/1.1 200\tOK"sv,
                                        "HTTP/1.1200 OK"sv,
                                        "http/1.1 200 OK"sv,
                                        "HTTP/1.x 200 OK"sv,
                                        "HTTP/1 200 OK"sv,
                                        "ICY 200 OK"sv,
                                        " HTTP/1.1 200 OK"sv,
                                        "HTTP/1.1 200 O\0K"sv,
                                        "HTTP/1.1 200 O\rK"sv,
                                        "HTTP/1.1 200 O\x7fK"sv,
                                        "HTTP/1.1 200OK"sv,
                                        "HTTP/1.1 2 0 OK"sv}) {
        INFO(line);
        CHECK(error_of(std::string(line) + "\r\n\r\n") == errc::bad_start_line);
    }
    CHECK(error_of("HTTP/2.0 200 OK\r\n\r\n") == errc::bad_version);
    CHECK(error_of("HTTP/0.9 200 OK\r\n\r\n") == errc::bad_version);
}

TEST_CASE("response_head: continuation lines are joined by one space", "[http]") {
    const response_head head = parsed("HTTP/1.1 200 OK\r\nA: b\r\n \t c\t\r\n\td \r\nE:\r\n f\r\n"
                                      "G: h\r\n \r\n\r\n");
    CHECK(head.headers == fields{{"A", "b c d"}, {"E", "f"}, {"G", "h"}});
    CHECK(error_of("HTTP/1.1 200 OK\r\n A: b\r\n\r\n") == errc::bad_field);
    CHECK(error_of("HTTP/1.1 200 OK\r\nA: b\r\n c\0\r\n\r\n"sv) == errc::bad_field);
}

TEST_CASE("response_head: a lone LF ends a line, a lone CR is an error", "[http]") {
    CHECK(parsed("HTTP/1.1 200 OK\nA: b\n\n").headers == fields{{"A", "b"}});
    CHECK(parsed("HTTP/1.1 200 OK\r\nA: b\n\r\n").headers == fields{{"A", "b"}});
    CHECK(error_of("HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n") == errc::bad_field);
    CHECK(error_of("HTTP/1.1 200 OK\r\nA: b\r\r\n\r\n") == errc::bad_field);
}

TEST_CASE("response_head: field lines follow the grammar to the byte", "[http]") {
    for (const std::string_view line : {"no colon"sv, ":x"sv, "A : b"sv, "A b: c"sv, "A: \0"sv,
                                        "A: \x1b[0m"sv, "<html>"sv, "A: \x7f"sv}) {
        INFO(line);
        CHECK(error_of("HTTP/1.1 200 OK\r\n" + std::string(line) + "\r\n\r\n") == errc::bad_field);
    }
}

TEST_CASE("response_head: a head without its blank line, or with more behind it, is refused",
          "[http]") {
    const std::string head = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
    for (std::size_t size = 0; size < head.size(); ++size) {
        CHECK(error_of(std::string_view(head).substr(0, size)) != errc::success);
    }
    CHECK(error_of(head + "data: x\n") == errc::bad_field);
}

TEST_CASE("response_head: the limits are exact, and each has its own error", "[http]") {
    const std::string_view text = "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n";
    response_head head;
    CHECK(parse_response_head(text, {.start_line = 15, .head = 29, .fields = 2}, head) ==
          errc::success);
    CHECK(parse_response_head(text, {.start_line = 14}, head) == errc::start_line_too_long);
    CHECK(parse_response_head(text, {.head = 28}, head) == errc::head_too_large);
    CHECK(parse_response_head(text, {.fields = 1}, head) == errc::too_many_fields);
}

TEST_CASE("response_head: what is written is read back", "[http]") {
    const response_head head = {
        .status = 404, .minor = 0, .reason = "Not Found", .headers = {{"A", "b"}}};
    std::string text;
    REQUIRE(write_head(head, text) == errc::success);
    CHECK(text == "HTTP/1.0 404 Not Found\r\nA: b\r\n\r\n");
    const response_head back = parsed(text);
    CHECK(back.status == 404);
    CHECK(back.minor == 0);
    CHECK(back.reason == "Not Found");
    CHECK_FALSE(back.keep_alive());
}

TEST_CASE("response_head: lines of all sizes are written", "[http]") {
    for (std::size_t size = 0; size < 130; ++size) {
        const std::string text(size, 'x');
        std::string out;
        REQUIRE(write_head({.reason = text, .headers = {{"A", text}}}, out) == errc::success);
        REQUIRE(out == "HTTP/1.1 200 " + text + "\r\nA: " + text + "\r\n\r\n");
    }
}

TEST_CASE("response_head: nothing that would break the message is written", "[http]") {
    const std::pair<response_head, errc> table[] = {
        {{.status = 99}, errc::bad_start_line},
        {{.status = 1000}, errc::bad_start_line},
        {{.minor = 10}, errc::bad_start_line},
        {{.reason = "a\r\nX: y"}, errc::bad_start_line},
        {{.headers = {{"A", "b\r\nC: d"}}}, errc::bad_field},
        {{.headers = {{"A\r\n", "b"}}}, errc::bad_field},
    };
    for (const auto& [head, expected] : table) {
        std::string text = "before";
        CHECK(write_head(head, text) == expected);
        CHECK(text == "before");
    }
}

} // namespace http_response_head_test
