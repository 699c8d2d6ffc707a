// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/query.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace http_query_test {

using sse::http::query;

TEST_CASE("query: names and values are decoded, a plus sign is a space", "[http]") {
    const query q("topic=a%2Fb&last+id=1+2%2B3&%74opic=c");
    REQUIRE(q.find("topic") != nullptr);
    CHECK(*q.find("topic") == "a/b");
    REQUIRE(q.find("last id") != nullptr);
    CHECK(*q.find("last id") == "1 2+3");
    CHECK(q.all("topic") == std::vector<std::string_view>{"a/b", "c"});
    CHECK(q.size() == 3);
    CHECK(q.find("Topic") == nullptr);
    CHECK(q.all("none").empty());
}

TEST_CASE("query: odd pieces are taken as the URL standard takes them", "[http]") {
    const query q("&&flag&=nameless&a=b=c&bad=100%&also=%zz&");
    CHECK(q.size() == 5);
    REQUIRE(q.find("flag") != nullptr);
    CHECK(q.find("flag")->empty());
    REQUIRE(q.find("") != nullptr);
    CHECK(*q.find("") == "nameless");
    CHECK(*q.find("a") == "b=c");
    CHECK(*q.find("bad") == "100%");
    CHECK(*q.find("also") == "%zz");
    CHECK(query("").empty());
    CHECK(query().empty());
}

} // namespace http_query_test
