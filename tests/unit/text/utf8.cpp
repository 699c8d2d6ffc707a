// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/text/storage.hpp>
#include <sse/text/utf8.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace text_utf8_test {

namespace {

std::string replaced(std::string_view text) {
    sse::growing_storage<> out;
    REQUIRE(sse::detail::utf8_append_replaced(text, out));
    return std::string(out.view());
}

bool is_valid(std::string_view text) { return sse::detail::utf8_valid_prefix(text) == text.size(); }

} // namespace

TEST_CASE("utf8: takes the first and the last code point of every length") {
    for (const std::string_view text :
         {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xEF\xBF\xBF", "\xED\x9F\xBF",
          "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        CHECK(is_valid(text));
        CHECK(replaced(text) == text);
    }
}

TEST_CASE("utf8: refuses overlong forms, surrogates and what is beyond U+10FFFF") {
    CHECK(replaced("\xC0\x80") == "\uFFFD\uFFFD");
    CHECK(replaced("\xE0\x9F\xBF") == "\uFFFD\uFFFD\uFFFD");
    CHECK(replaced("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");
    CHECK(replaced("\xF0\x8F\xBF\xBF") == "\uFFFD\uFFFD\uFFFD\uFFFD");
    CHECK(replaced("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");
    CHECK(replaced("\xF5\x80") == "\uFFFD\uFFFD");
    CHECK(replaced("\xFF") == "\uFFFD");
}

TEST_CASE("utf8: one replacement for each maximal subpart") {
    CHECK(replaced("a\xE2\x82") == "a\uFFFD");
    CHECK(replaced("\xE2\x82z") == "\uFFFDz");
    CHECK(replaced("\xF0\x9F\x98") == "\uFFFD");
    CHECK(replaced("\xF0\x9F\xF0\x9F\x98\x80") == "\uFFFD\U0001F600");
    CHECK(replaced("\xE2\xE2\x82\xAC") == "\uFFFD\u20AC");
    // Unicode, 3.9, table 3-8
    CHECK(replaced("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64") == "a\uFFFD\uFFFD\uFFFD"
                                                                              "b\uFFFD"
                                                                              "c\uFFFD\uFFFD"
                                                                              "d");
}

TEST_CASE("utf8: long texts are judged like short ones, whatever follows whatever wherever") {
    constexpr std::string_view borders = "\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1"
                                         "\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4\xF5\xFF";
    for (const std::size_t place : {0U, 1U, 29U, 31U, 32U, 33U, 63U, 64U, 93U, 96U}) {
        std::string text(100, 'x');
        bool alike = true;
        for (const char a : borders) {
            for (const char b : borders) {
                for (const char c : borders) {
                    text.replace(place, 4, {a, b, c, place % 2 == 0 ? '\x80' : 'x'});
                    alike = alike && sse::detail::is_utf8(text) == is_valid(text);
                }
            }
        }
        CHECK(alike);
    }
}

TEST_CASE("utf8: a text may end with a whole sequence only, of whatever size it is") {
    for (const std::string_view last : {"\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
        for (std::size_t size = 0; size < 140; ++size) {
            for (std::size_t part = 1; part <= last.size(); ++part) {
                const std::string text = std::string(size, 'x') + std::string(last.substr(0, part));
                REQUIRE(sse::detail::is_utf8(text) == (part == last.size()));
            }
        }
    }
    CHECK(!sse::detail::is_utf8(std::string(100, '\x80')));
}

TEST_CASE("utf8: says when there is no room for a replacement") {
    sse::fixed_storage<5> out;
    CHECK(!sse::detail::utf8_append_replaced("abc\xFF", out));
}

} // namespace text_utf8_test
