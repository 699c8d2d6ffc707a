// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/percent.hpp>

#include <string>
#include <string_view>

namespace http_percent_test {

using namespace sse::http;
using namespace std::literals;

TEST_CASE("percent: decodes triplets in either case and leaves the rest", "[http]") {
    CHECK(percent_decode("") == "");
    CHECK(percent_decode("a+b") == "a+b");
    CHECK(percent_decode("%c3%BC%2f%2F") == "\xc3\xbc//");
    CHECK(percent_decode("%00%ff") == "\0\xff"s);
    CHECK(percent_decode("%2541") == "%41");
}

TEST_CASE("percent: refuses a percent sign without two hexadecimal digits", "[http]") {
    for (const std::string_view text :
         {"%", "a%", "%4", "a%4", "%g0", "%0g", "%%41", "%+1", "% 1"}) {
        INFO(text);
        CHECK_FALSE(percent_decode(text).has_value());
    }
}

TEST_CASE("percent: encoding any bytes and decoding them gives them back", "[http]") {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) {
        all.push_back(static_cast<char>(byte));
    }
    const std::string encoded = percent_encode(all);
    for (const char c : encoded) {
        CHECK((c == '%' || is_unreserved(c)));
    }
    CHECK(percent_decode(encoded) == all);
    CHECK(percent_encode("a/b c~\xc3\xbc") == "a%2Fb%20c~%C3%BC");
}

} // namespace http_percent_test
