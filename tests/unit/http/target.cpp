// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/target.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace http_target_test {

using namespace sse::http;
using sse::errc;

namespace {

struct expectation {
    std::string_view method;
    std::string_view target;
    target_form form;
    std::string_view authority;
    std::string_view path;
    std::string_view query;
};

} // namespace

TEST_CASE("target: each form is taken apart", "[http]") {
    const expectation table[] = {
        {"GET", "/", target_form::origin, "", "/", ""},
        {"GET", "/a/b?c=d?e", target_form::origin, "", "/a/b", "c=d?e"},
        {"GET", "/a?", target_form::origin, "", "/a", ""},
        {"GET", "//host/a", target_form::origin, "", "//host/a", ""},
        {"GET", "/http://x/", target_form::origin, "", "/http://x/", ""},
        {"GET", "/a[0]|{x}^`\\%", target_form::origin, "", "/a[0]|{x}^`\\%", ""},
        {"OPTIONS", "*", target_form::asterisk, "", "*", ""},
        {"OPTIONS", "/a", target_form::origin, "", "/a", ""},
        {"GET", "http://host", target_form::absolute, "host", "/", ""},
        {"GET", "http://host:81/a?b", target_form::absolute, "host:81", "/a", "b"},
        {"GET", "HTTPS://[::1]?q", target_form::absolute, "[::1]", "/", "q"},
        {"CONNECT", "host:443", target_form::authority, "host:443", "", ""},
        {"CONNECT", "[::1]:443", target_form::authority, "[::1]:443", "", ""},
    };
    for (const expectation& e : table) {
        INFO(e.method << " " << e.target);
        target_parts parts;
        REQUIRE(parse_target(e.method, e.target, parts) == errc::success);
        CHECK(parts.form == e.form);
        CHECK(parts.authority == e.authority);
        CHECK(parts.path == e.path);
        CHECK(parts.query == e.query);
    }
}

TEST_CASE("target: a form that does not go with the method is refused", "[http]") {
    const std::pair<std::string_view, std::string_view> table[] = {
        {"GET", ""},          {"GET", "*"},          {"GET", "a"},
        {"GET", "a/b"},       {"GET", "host:80"},    {"CONNECT", "/"},
        {"CONNECT", "host"},  {"CONNECT", "host:"},  {"CONNECT", "http://host:80/"},
        {"CONNECT", "*"},     {"OPTIONS", "**"},     {"options", "*"},
        {"GET", "ftp://h/"},  {"GET", "http:/h/"},   {"GET", "http:///"},
        {"GET", "http://"},   {"GET", "http://u@h"}, {"GET", "http://h:x/"},
        {"GET", "http://?q"}, {"PRI", "*"},          {"CONNECT", "u@host:80"},
    };
    for (const auto& [method, target] : table) {
        INFO(method << " " << target);
        target_parts parts;
        CHECK(parse_target(method, target, parts) == errc::bad_start_line);
    }
}

TEST_CASE("target: blanks, controls, bytes from 0x80 on, quotes and angles are refused", "[http]") {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const bool allowed = byte > 32 && byte < 127 && c != '"' && c != '<' && c != '>';
        target_parts parts;
        INFO(byte);
        CHECK((parse_target("GET", std::string("/") + c, parts) == errc::success) == allowed);
    }
}

} // namespace http_target_test
