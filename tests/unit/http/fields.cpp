// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/fields.hpp>

#include <string>

namespace http_fields_test {

using sse::http::field;
using sse::http::fields;

TEST_CASE("fields: names are found without regard to case, the first line wins", "[http]") {
    const fields lines = {{"Accept", "a"}, {"accept", "b"}, {"Other", "c"}};
    REQUIRE(lines.find("ACCEPT") != nullptr);
    CHECK(*lines.find("ACCEPT") == "a");
    CHECK(lines.count("Accept") == 2);
    CHECK(lines.joined("accept") == "a, b");
    CHECK(lines.find("Accep") == nullptr);
    CHECK_FALSE(lines.contains("Accepts"));
}

TEST_CASE("fields: set replaces every line of that name in place of the first", "[http]") {
    fields lines = {{"A", "1"}, {"B", "2"}, {"a", "3"}, {"C", "4"}, {"A", "5"}};
    lines.set("a", "new");
    CHECK(lines == fields{{"A", "new"}, {"B", "2"}, {"C", "4"}});
    lines.set("D", "6");
    CHECK(lines == fields{{"A", "new"}, {"B", "2"}, {"C", "4"}, {"D", "6"}});
}

TEST_CASE("fields: erase removes every line of that name and tells how many", "[http]") {
    fields lines = {{"A", "1"}, {"B", "2"}, {"a", "3"}};
    CHECK(lines.erase("A") == 2);
    CHECK(lines.erase("A") == 0);
    CHECK(lines == fields{{"B", "2"}});
}

TEST_CASE("fields: a list may be spread over several lines", "[http]") {
    const fields lines = {
        {"Connection", "keep-alive,  Upgrade"}, {"X", "close"}, {"connection", ", Close ,"}};
    CHECK(lines.list_contains("Connection", "close"));
    CHECK(lines.list_contains("connection", "UPGRADE"));
    CHECK(lines.list_contains("Connection", "keep-alive"));
    CHECK_FALSE(lines.list_contains("Connection", "keep"));
    CHECK_FALSE(lines.list_contains("Connection", "keep-alive, upgrade"));
    CHECK_FALSE(lines.list_contains("Absent", ""));
}

TEST_CASE("fields: joining tells an absent field from an empty one only by contains", "[http]") {
    const fields lines = {{"A", ""}, {"A", "x"}, {"B", ""}};
    CHECK(lines.joined("A") == ", x");
    CHECK(lines.joined("B").empty());
    CHECK(lines.joined("C").empty());
    CHECK(lines.contains("B"));
    CHECK_FALSE(lines.contains("C"));
}

} // namespace http_fields_test
