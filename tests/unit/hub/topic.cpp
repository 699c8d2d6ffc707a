// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/hub/topic.hpp>

#include <string>
#include <string_view>

namespace hub_topic_test {

using sse::is_topic;
using sse::is_topic_pattern;
using sse::matches_topic;

TEST_CASE("topic: names are 1 to 255 bytes without controls and wildcards", "[topic]") {
    for (const std::string_view name : {"a", "a/b", "demo/clock", "/", "a//b", "a b", "\xc3\xa4"}) {
        CAPTURE(name);
        CHECK(is_topic(name));
        CHECK(is_topic_pattern(name));
    }
    CHECK(is_topic(std::string(255, 'x')));
    CHECK_FALSE(is_topic(std::string(256, 'x')));
    CHECK_FALSE(is_topic(""));
    CHECK_FALSE(is_topic("a\nb"));
    CHECK_FALSE(is_topic(std::string_view("a\0b", 3)));
    CHECK_FALSE(is_topic("a\x7f"));
    CHECK_FALSE(is_topic("+"));
    CHECK_FALSE(is_topic("a/#"));
    CHECK_FALSE(is_topic("c++"));
}

TEST_CASE("topic: a wildcard has a level of its own, # the last one", "[topic]") {
    for (const std::string_view pattern : {"+", "#", "+/a", "a/+", "a/+/b", "a/#", "+/#", "+/+"}) {
        CAPTURE(pattern);
        CHECK(is_topic_pattern(pattern));
    }
    for (const std::string_view pattern : {"a+", "+a", "#/a", "a#", "a/#/b", "a/b+", "##", "++"}) {
        CAPTURE(pattern);
        CHECK_FALSE(is_topic_pattern(pattern));
    }
}

TEST_CASE("topic: patterns match by level", "[topic]") {
    struct row {
        std::string_view pattern, topic;
        bool match;
    };
    for (const row& r : {row{"a", "a", true},
                         {"a", "b", false},
                         {"a", "a/b", false},
                         {"a/b", "a", false},
                         {"+", "a", true},
                         {"+", "a/b", false},
                         {"+", "", true},
                         {"a/+", "a/b", true},
                         {"a/+", "a", false},
                         {"a/+", "a/", true},
                         {"a/+", "a/b/c", false},
                         {"+/b", "a/b", true},
                         {"a/+/c", "a/b/c", true},
                         {"#", "a", true},
                         {"#", "a/b/c", true},
                         {"room/#", "room", true},
                         {"room/#", "room/a", true},
                         {"room/#", "room/a/b", true},
                         {"room/#", "rooms", false},
                         {"room/#", "roo", false},
                         {"+/#", "a", true},
                         {"+/#", "a/b/c", true},
                         {"a//b", "a//b", true},
                         {"a/+/b", "a//b", true}}) {
        CAPTURE(r.pattern, r.topic);
        CHECK(matches_topic(r.pattern, r.topic) == r.match);
    }
}

} // namespace hub_topic_test
