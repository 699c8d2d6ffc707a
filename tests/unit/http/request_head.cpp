// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/request_head.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace http_request_head_test {

using namespace sse::http;
using namespace std::literals;
using sse::errc;

namespace {

errc parse(std::string_view text, request_head& out) {
    return parse_request_head(text, head_limits{}, out);
}

errc error_of(std::string_view text) {
    request_head head;
    return parse(text, head);
}

request_head parsed(std::string_view text) {
    request_head head;
    INFO(text);
    REQUIRE(parse(text, head) == errc::success);
    return head;
}

} // namespace

TEST_CASE("request_head: a browser's request is read", "[http]") {
    const request_head head =
        parsed("GET /events/a?replay=1 HTTP/1.1\r\nHost: localhost:8080\r\nAccept:text/event-stream"
               "\r\nLast-Event-ID: \t\xc3\xbc 7 \t\r\nX-Empty:\r\nX-Blank: \t \r\n\r\n");
    CHECK(head.method == "GET");
    CHECK(head.target == "/events/a?replay=1");
    CHECK(head.minor == 1);
    CHECK(head.headers == fields{{"Host", "localhost:8080"},
                                 {"Accept", "text/event-stream"},
                                 {"Last-Event-ID", "\xc3\xbc 7"},
                                 {"X-Empty", ""},
                                 {"X-Blank", ""}});
    CHECK(head.parts().path == "/events/a");
    CHECK(head.parts().query == "replay=1");
    CHECK(head.authority() == "localhost:8080");
}

TEST_CASE("request_head: the request line follows the grammar to the byte", "[http]") {
    for (const std::string_view line : {"",
                                        "GET",
                                        "GET /",
                                        "GET HTTP/1.1",
                                        "GET  HTTP/1.1",
                                        "GET  / HTTP/1.1",
                                        "GET /  HTTP/1.1",
                                        " GET / HTTP/1.1",
                                        "GET / HTTP/1.1 ",
                                        "GET\t/ HTTP/1.1",
                                        "GET / x HTTP/1.1",
                                        "G(T / HTTP/1.1",
                                        "GET / http/1.1",
                                        "GET / HTTP/1",
                                        "GET / HTTP/1.",
                                        "GET / HTTP/1.10",
                                        "GET / HTTP/11.1",
                                        "GET / HTTP 1.1",
                                        "GET / HTTP/1,1",
                                        "GET / HTTP/a.1",
                                        "GET / HTTPS/1.1",
                                        "GET a HTTP/1.1",
                                        "GET /\x80 HTTP/1.1",
                                        "GET /<a HTTP/1.1",
                                        "GET /\r HTTP/1.1",
                                        "GET / HTTP/1.1\r",
                                        "PRI * HTTP/2.0"}) {
        INFO(line);
        CHECK(error_of(std::string(line) + "\r\nHost: x\r\n\r\n") == errc::bad_start_line);
    }
    CHECK(error_of("\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n") == errc::bad_start_line);
    CHECK(error_of("GET / HTTP/1.1\nHost: x\r\n\r\n") == errc::bad_start_line);
}

TEST_CASE("request_head: HTTP/1.x is read and other versions are told apart", "[http]") {
    CHECK(parsed("GET / HTTP/1.0\r\n\r\n").minor == 0);
    CHECK(parsed("GET / HTTP/1.7\r\nHost: x\r\n\r\n").minor == 7);
    CHECK(error_of("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == errc::bad_version);
    CHECK(error_of("GET / HTTP/0.9\r\nHost: x\r\n\r\n") == errc::bad_version);
}

TEST_CASE("request_head: field lines follow the grammar to the byte", "[http]") {
    for (const std::string_view line : {"no colon"sv,
                                        ": no name"sv,
                                        "A : b"sv,
                                        "A\t: b"sv,
                                        " A: b"sv,
                                        "\tA: b"sv,
                                        "A b: c"sv,
                                        "A(: b"sv,
                                        "\xc3\xbc: b"sv,
                                        "A: a\0b"sv,
                                        "A: a\rb"sv,
                                        "A: \r"sv,
                                        "A: a\x01"sv,
                                        "A: \x7f"sv,
                                        "A: a\nB: c"sv,
                                        "A\0: b"sv,
                                        "A: b\r\n folded"sv,
                                        "A: b\r\n\tfolded"sv,
                                        "A: b\r\n \r\nC: d"sv,
                                        "A\r: b"sv,
                                        "A"sv}) {
        INFO(line);
        const std::string text = "GET / HTTP/1.1\r\nHost: x\r\n" + std::string(line) + "\r\n\r\n";
        CHECK(error_of(text) == errc::bad_field);
    }
}

TEST_CASE("request_head: a field line before Host may not be blank at its start", "[http]") {
    CHECK(error_of("GET / HTTP/1.1\r\n Host: x\r\n\r\n") == errc::bad_field);
    CHECK(error_of("GET / HTTP/1.1\r\n \r\nHost: x\r\n\r\n") == errc::bad_field);
}

TEST_CASE("request_head: a head without its blank line, or with more behind it, is refused",
          "[http]") {
    const std::string head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    for (std::size_t size = 0; size < head.size(); ++size) {
        CHECK(error_of(std::string_view(head).substr(0, size)) != errc::success);
    }
    CHECK(error_of(head) == errc::success);
    CHECK(error_of(head + "\r\n") == errc::bad_field);
    CHECK(error_of(head + "x") == errc::bad_field);
}

TEST_CASE("request_head: HTTP/1.1 needs one valid Host, HTTP/1.0 may do without", "[http]") {
    const std::string line11 = "GET / HTTP/1.1\r\n";
    const std::string line10 = "GET / HTTP/1.0\r\n";
    CHECK(error_of(line11 + "\r\n") == errc::bad_host);
    CHECK(error_of(line10 + "\r\n") == errc::success);
    CHECK(error_of(line10 + "Host: a b\r\n\r\n") == errc::bad_host);
    CHECK(error_of(line11 + "Host: a\r\nhost: a\r\n\r\n") == errc::bad_host);
    CHECK(error_of(line10 + "Host: a\r\nHost: a\r\n\r\n") == errc::bad_host);
    for (const std::string_view host : {"", "a,b c", "a/b", "u@a", "a:b", "a:1:2", "[::1", "::1",
                                        "a b", "http://a", "\xc3\xbc", "a:99999", ":80"}) {
        INFO(host);
        CHECK(error_of(line11 + "Host: " + std::string(host) + "\r\n\r\n") == errc::bad_host);
    }
    for (const std::string_view host :
         {"a", "a.b:80", "127.0.0.1:8080", "[::1]", "[::1]:80", "a:", "a_b", "LOCALHOST"}) {
        INFO(host);
        CHECK(error_of(line11 + "Host:" + std::string(host) + "\r\n\r\n") == errc::success);
    }
}

TEST_CASE("request_head: an absolute target names the host, which wins over Host", "[http]") {
    const request_head head = parsed("GET http://a:81/x HTTP/1.1\r\nHost: b\r\n\r\n");
    CHECK(head.authority() == "a:81");
    CHECK(head.parts().path == "/x");
    CHECK(error_of("GET http://a/ HTTP/1.1\r\n\r\n") == errc::bad_host);
    CHECK(parsed("CONNECT a:443 HTTP/1.1\r\nHost: b\r\n\r\n").authority() == "a:443");
    CHECK(parsed("OPTIONS * HTTP/1.1\r\nHost: b\r\n\r\n").authority() == "b");
    CHECK(parsed("GET / HTTP/1.0\r\n\r\n").authority().empty());
}

TEST_CASE("request_head: persistence follows the version and the Connection list", "[http]") {
    const std::pair<std::string_view, bool> table[] = {
        {"1.1\r\n", true},
        {"1.1\r\nConnection: close\r\n", false},
        {"1.1\r\nConnection: foo, CLOSE\r\n", false},
        {"1.1\r\nConnection: keep-alive\r\nConnection: close\r\n", false},
        {"1.1\r\nConnection: closed\r\n", true},
        {"1.0\r\n", false},
        {"1.0\r\nConnection: Keep-Alive\r\n", true},
        {"1.0\r\nConnection: keep-alive, close\r\n", false},
    };
    for (const auto& [rest, expected] : table) {
        const std::string text = "GET / HTTP/" + std::string(rest) + "Host: x\r\n\r\n";
        CHECK(parsed(text).keep_alive() == expected);
    }
}

TEST_CASE("request_head: 100-continue is expected from HTTP/1.1 on only", "[http]") {
    CHECK(parsed("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\n\r\n").expects_continue());
    CHECK_FALSE(parsed("PUT / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expects_continue());
    CHECK_FALSE(parsed("PUT / HTTP/1.1\r\nHost: x\r\n\r\n").expects_continue());
}

TEST_CASE("request_head: the limits are exact, and each has its own error", "[http]") {
    const std::string_view text = "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n";
    request_head head;
    CHECK(parse_request_head(text, {.start_line = 14, .head = 33, .fields = 2}, head) ==
          errc::success);
    CHECK(parse_request_head(text, {.start_line = 13}, head) == errc::start_line_too_long);
    CHECK(parse_request_head(text, {.head = 32}, head) == errc::head_too_large);
    CHECK(parse_request_head(text, {.fields = 1}, head) == errc::too_many_fields);
    CHECK(parse_request_head(text, {.start_line = 0, .head = 0, .fields = 0}, head) ==
          errc::success);
}

TEST_CASE("request_head: parsing into a used head leaves nothing of the old one", "[http]") {
    request_head head = parsed("POST /old HTTP/1.0\r\nOld: x\r\n\r\n");
    REQUIRE(parse("GET /new HTTP/1.1\r\nHost: y\r\n\r\n", head) == errc::success);
    CHECK(head.method == "GET");
    CHECK(head.target == "/new");
    CHECK(head.headers == fields{{"Host", "y"}});
}

TEST_CASE("request_head: what is written is read back", "[http]") {
    const request_head head = {.method = "POST",
                               .target = "/a?b",
                               .minor = 1,
                               .headers = {{"Host", "x"}, {"Last-Event-ID", "\xc3\xbc"}}};
    std::string text = "before";
    REQUIRE(write_head(head, text) == errc::success);
    CHECK(text == "beforePOST /a?b HTTP/1.1\r\nHost: x\r\nLast-Event-ID: \xc3\xbc\r\n\r\n");
    const request_head back = parsed(text.substr(6));
    CHECK(back.method == head.method);
    CHECK(back.headers == head.headers);
}

TEST_CASE("request_head: nothing that would break the message is written", "[http]") {
    const std::pair<request_head, errc> table[] = {
        {{.method = ""}, errc::bad_start_line},
        {{.method = "GE T"}, errc::bad_start_line},
        {{.target = "/a b"}, errc::bad_start_line},
        {{.target = "/a\r\nX: y"}, errc::bad_start_line},
        {{.target = ""}, errc::bad_start_line},
        {{.target = "/\xc3\xbc"}, errc::bad_start_line},
        {{.minor = 10}, errc::bad_start_line},
        {{.minor = -1}, errc::bad_start_line},
        {{.headers = {{"A", "b\r\nC: d"}}}, errc::bad_field},
        {{.headers = {{"A", "b\nC: d"}}}, errc::bad_field},
        {{.headers = {{"A", std::string("\0", 1)}}}, errc::bad_field},
        {{.headers = {{"", "b"}}}, errc::bad_field},
        {{.headers = {{"A:", "b"}}}, errc::bad_field},
        {{.headers = {{"A ", "b"}}}, errc::bad_field},
    };
    for (const auto& [head, expected] : table) {
        std::string text = "before";
        CHECK(write_head(head, text) == expected);
        CHECK(text == "before");
    }
}

} // namespace http_request_head_test
