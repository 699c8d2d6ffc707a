// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/syntax.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace http_syntax_test {

using namespace sse::http;
using namespace std::literals;

static_assert(is_token("Last-Event-ID") && !is_token("") && !is_token("a b") && !is_token("a:"));
static_assert(iequals("Content-TYPE", "content-type") && !iequals("a", "ab"));
static_assert(trim(" \t a b\t") == "a b" && trim(" \t ").empty());

TEST_CASE("syntax: a token has exactly the characters of RFC 9110", "[http]") {
    const std::string_view allowed = "!#$%&'*+-.^_`|~0123456789"
                                     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        INFO(byte);
        CHECK(is_token_char(c) == (allowed.find(c) != std::string_view::npos));
    }
}

TEST_CASE("syntax: a field value may hold obs-text and tabs but no other control", "[http]") {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text(1, static_cast<char>(byte));
        INFO(byte);
        CHECK(is_field_value(text) == (byte == 9 || (byte >= 32 && byte != 127)));
    }
    CHECK(is_field_value(""));
    CHECK(is_field_value(" blanks at both ends "));
    CHECK_FALSE(is_field_value("a\0b"sv));
}

TEST_CASE("syntax: one byte decides on a field value, wherever it is", "[http]") {
    for (std::size_t size = 1; size < 26; ++size) {
        for (std::size_t at = 0; at < size; ++at) {
            for (const int byte : {0, 1, 8, 9, 10, 13, 31, 32, 33, 126, 127, 128, 129, 160, 255}) {
                std::string text(size, 'x');
                text[at] = static_cast<char>(byte);
                CAPTURE(size, at, byte);
                REQUIRE(is_field_value(text) == is_field_char(text[at]));
                text[(at + 1) % size] = size == 1 ? text[at] : '\x80'; // what goes by bytes
                REQUIRE(is_field_value(text) == is_field_char(static_cast<char>(byte)));
            }
        }
    }
}

TEST_CASE("syntax: hexadecimal digits have values in both cases", "[http]") {
    CHECK(hex_value('0') == 0);
    CHECK(hex_value('9') == 9);
    CHECK(hex_value('a') == 10);
    CHECK(hex_value('F') == 15);
    for (const char c : "/:@G`g +-"sv) {
        CHECK(hex_value(c) == -1);
    }
}

TEST_CASE("syntax: a list is taken apart at commas, empty elements included", "[http]") {
    std::string_view list = "a, b\t,, c ,";
    std::vector<std::string_view> elements;
    while (list.data() != nullptr) {
        elements.push_back(take_element(list));
    }
    CHECK(elements == std::vector<std::string_view>{"a", "b", "", "c", ""});
}

} // namespace http_syntax_test
