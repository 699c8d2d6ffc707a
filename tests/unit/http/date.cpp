// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/date.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace http_date_test {

using namespace sse::http;
using namespace std::chrono;

namespace {

constexpr sys_seconds example{784111777s}; // of RFC 9110: 1994-11-06 08:49:37

std::optional<sys_seconds> parse_in_2026(std::string_view text) {
    return parse_http_date(text, sys_days(2026y / November / 23));
}

} // namespace

TEST_CASE("date: is written as the RFC's example", "[http]") {
    CHECK(http_date(example) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(http_date(sys_seconds{}) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(http_date(system_clock::time_point(sys_days(2024y / February / 29)) + 86399999ms) ==
          "Thu, 29 Feb 2024 23:59:59 GMT");
    CHECK(http_date(sys_seconds(-1s)) == "Wed, 31 Dec 1969 23:59:59 GMT");
}

TEST_CASE("date: all three formats are read", "[http]") {
    CHECK(parse_in_2026("Sun, 06 Nov 1994 08:49:37 GMT") == example);
    CHECK(parse_in_2026("Sunday, 06-Nov-94 08:49:37 GMT") == example);
    CHECK(parse_in_2026("Sun Nov  6 08:49:37 1994") == example);
    CHECK(parse_in_2026("Wed Nov 16 08:49:37 1994") == example + days(10));
    CHECK(parse_in_2026("Sat, 31 Dec 2016 23:59:60 GMT") == sys_days(2017y / January / 1));
}

TEST_CASE("date: the ends of the clock can be written", "[http]") {
    CHECK(http_date(system_clock::time_point::max()).size() == 29);
    CHECK(http_date(system_clock::time_point::min()).size() == 29);
    const auto early = parse_http_date("Mon, 01 Jan 0001 00:00:00 GMT");
    REQUIRE(early);
    CHECK(parse_http_date(http_date(*early)) == early);
}

TEST_CASE("date: what is written is read back, for days over many years", "[http]") {
    for (sys_seconds time{-1000000000s}; time < sys_seconds{4200000000s}; time += 86399s * 17) {
        CHECK(parse_http_date(http_date(time)) == time);
    }
}

TEST_CASE("date: two digits mean the year at most 50 years ahead", "[http]") {
    const std::pair<std::string_view, year> table[] = {
        {"Monday, 01-Jan-26 00:00:00 GMT", 2026y}, {"Monday, 01-Jan-76 00:00:00 GMT", 2076y},
        {"Monday, 01-Jan-77 00:00:00 GMT", 1977y}, {"Monday, 01-Jan-00 00:00:00 GMT", 2000y},
        {"Monday, 01-Jan-99 00:00:00 GMT", 1999y},
    };
    for (const auto& [text, expected] : table) {
        INFO(text);
        CHECK(parse_in_2026(text) == sys_seconds(sys_days(expected / January / 1)));
    }
}

TEST_CASE("date: times beyond the clock become its ends, so that nothing overflows", "[http]") {
    const auto far = parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT");
    REQUIRE(far);
    CHECK(*far > sys_days(2200y / January / 1));
    CHECK(system_clock::time_point(*far) - system_clock::now() > hours(24 * 365 * 100));
    const auto early = parse_http_date("Mon, 01 Jan 0001 00:00:00 GMT");
    REQUIRE(early);
    CHECK(system_clock::time_point(*early) < system_clock::time_point());
}

TEST_CASE("date: what is no date is refused", "[http]") {
    for (const std::string_view text : {"",
                                        "0",
                                        "120",
                                        "tomorrow",
                                        ",",
                                        "Sun,",
                                        "Sun, 06 Nov 1994 08:49:37",
                                        "Sun, 06 Nov 1994 08:49:37 UTC",
                                        "Sun, 06 Nov 1994 08:49:37 gmt",
                                        "Sun, 06 Nov 1994 08:49:37 GMT ",
                                        " Sun, 06 Nov 1994 08:49:37 GMT",
                                        "Sun, 6 Nov 1994 08:49:37 GMT",
                                        "Sun, 06 nov 1994 08:49:37 GMT",
                                        "Sun, 06 Nov 94 08:49:37 GMT",
                                        "Sun, 31 Feb 1994 08:49:37 GMT",
                                        "Sun, 00 Nov 1994 08:49:37 GMT",
                                        "Sun, 06 Nov 1994 24:00:00 GMT",
                                        "Sun, 06 Nov 1994 08:60:37 GMT",
                                        "Sun, 06 Nov 1994 08:49:61 GMT",
                                        "Sun, 06 Nov 1994 8:49:37 GMT",
                                        "Sun, 06 Nov +994 08:49:37 GMT",
                                        "Sun, 06-Nov-94 08:49:37 GMT",
                                        "Sunday, 06 Nov 1994 08:49:37 GMT",
                                        "Xyz, 06 Nov 1994 08:49:37 GMT",
                                        "Sun Nov 6 08:49:37 1994",
                                        "Sun Nov  6 08:49:37 94",
                                        "Sun Nov  66 08:49:37 1994"}) {
        INFO(text);
        CHECK_FALSE(parse_in_2026(text).has_value());
    }
}

} // namespace http_date_test
