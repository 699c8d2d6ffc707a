// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/text/storage.hpp>
#include <sse/text/utf8.hpp>

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

TEST_CASE("utf8: says when there is no room for a replacement") {
    sse::fixed_storage<5> out;
    CHECK(!sse::detail::utf8_append_replaced("abc\xFF", out));
}

} // namespace text_utf8_test
