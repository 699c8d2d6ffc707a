// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/media_type.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http_media_type_test {

using namespace sse::http;
using namespace std::literals;

using parameters = std::vector<std::pair<std::string, std::string>>;

namespace {

struct expectation {
    std::string_view text;
    std::string_view essence;
    parameters list{};
};

} // namespace

TEST_CASE("media_type: essence and parameters are read as the standard has it", "[http]") {
    const expectation table[] = {
        {"text/html", "text/html"},
        {"TEXT/Event-Stream", "text/event-stream"},
        {" \t\r\ntext/html \n", "text/html"},
        {"text/html;", "text/html"},
        {"text/html ;charset=UTF-8", "text/html", {{"charset", "UTF-8"}}},
        {"text/html;  ChArSeT=gbk", "text/html", {{"charset", "gbk"}}},
        {"text/html;charset=gbk;charset=utf-8", "text/html", {{"charset", "gbk"}}},
        {"text/html;charset =gbk", "text/html"},
        {"text/html;charset= gbk", "text/html", {{"charset", " gbk"}}},
        {"text/html;bogus", "text/html"},
        {"text/html;bogus;a=b", "text/html", {{"a", "b"}}},
        {"text/html;a=;b=c", "text/html", {{"b", "c"}}},
        {"text/html;=x;b=c", "text/html", {{"b", "c"}}},
        {"text/html;a=b ;c=d", "text/html", {{"a", "b"}, {"c", "d"}}},
        {"text/html;a=\"\"", "text/html", {{"a", ""}}},
        {"text/html;a=\"b;\\\"c\\\\\";d=e", "text/html", {{"a", "b;\"c\\"}, {"d", "e"}}},
        {"text/html;a=\"b\"junk;d=e", "text/html", {{"a", "b"}, {"d", "e"}}},
        {"text/html;a=\"b", "text/html", {{"a", "b"}}},
        {"text/html;a=\"b\\", "text/html", {{"a", "b\\"}}},
        {"text/html;a=b\x01", "text/html"},
        {"text/html;(=b", "text/html"},
        {"text/html;;;a=b", "text/html", {{"a", "b"}}},
        {"!#$%&'*+-.^_`|~/x", "!#$%&'*+-.^_`|~/x"},
    };
    for (const expectation& e : table) {
        INFO(e.text);
        media_type type;
        REQUIRE(parse_media_type(e.text, type));
        CHECK(type.essence == e.essence);
        CHECK(type.parameters == e.list);
    }
}

TEST_CASE("media_type: what is none is refused", "[http]") {
    for (const std::string_view text :
         {""sv, " "sv, "text"sv, "text/"sv, "/html"sv, "/"sv, "text /html"sv, "text/ html"sv,
          "te(xt/html"sv, "text/ht ml"sv, "text/html/x"sv, "text/html,text/xml"sv, ";text/html"sv,
          "text/html\0"sv, "text;/html"sv, "x bogus"sv}) {
        INFO(text);
        media_type type{.essence = "old", .parameters = {{"a", "b"}}};
        CHECK_FALSE(parse_media_type(text, type));
        CHECK(type.essence.empty());
        CHECK(type.parameters.empty());
    }
}

TEST_CASE("media_type: of several the last valid one counts, but not */*", "[http]") {
    const std::pair<std::string_view, std::string_view> table[] = {
        {"text/html, text/event-stream", "text/event-stream"},
        {"text/event-stream,text/html", "text/html"},
        {"text/event-stream, bogus", "text/event-stream"},
        {"text/event-stream, */*", "text/event-stream"},
        {"text/event-stream;a=\",text/html\"", "text/event-stream"},
        {"text/event-stream;a=\"\\\",text/html", "text/event-stream"},
        {"text/event-stream,", "text/event-stream"},
        {"*/*", ""},
        {"", ""},
        {",", ""},
        {"a,b", ""},
        {"\"\\", ""},
    };
    for (const auto& [values, essence] : table) {
        INFO(values);
        media_type type;
        CHECK(extract_media_type(values, type) == !essence.empty());
        CHECK(type.essence == essence);
    }
}

TEST_CASE("media_type: an event stream is known by its essence", "[http]") {
    for (const std::string_view text :
         {"text/event-stream", "Text/Event-Stream", "text/event-stream;", "text/event-stream;bogus",
          " text/event-stream ; charset=windows-1252"}) {
        INFO(text);
        CHECK(is_event_stream(text));
    }
    for (const std::string_view text :
         {"", "text/event-streams", "text/event-stream bogus", "text/event", "event-stream",
          "text/html;text/event-stream", "text/event-stream, text/html", "\"text/event-stream\""}) {
        INFO(text);
        CHECK_FALSE(is_event_stream(text));
    }
}

} // namespace http_media_type_test
