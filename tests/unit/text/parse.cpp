// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/text.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace text_parse_test {

TEST_CASE("parse: iterates the events of a complete text, and drops an unfinished block") {
    std::vector<sse::event> events;
    for (const sse::event_view e :
         sse::parse("data: 1\n\n: c\nretry: 3\n\ndata: 2\nid: x\n\ndata: 3\n")) {
        events.emplace_back(e);
    }
    CHECK(events == std::vector<sse::event>{{"message", "1", ""}, {"message", "2", "x"}});
}

TEST_CASE("parse: an empty text has no events") {
    auto events = sse::parse("");
    CHECK(events.begin() == events.end());
}

TEST_CASE("parse: knows no limits") {
    const std::string big(std::size_t{20} << 20, 'x');
    const std::string text = "data: " + big + "\n\n";
    auto events = sse::parse(text);
    REQUIRE(events.begin() != events.end());
}

TEST_CASE("parse: is an input range") {
    auto events = sse::parse("data: 1\n\ndata: 2\n\ndata: 1\n\n");
    CHECK(std::ranges::count_if(events, [](sse::event_view e) { return e.data == "1"; }) == 2);
}

TEST_CASE("event: turns into a view and back") {
    const sse::event owned{"t", "d", "i"};
    const sse::event_view view = owned;
    CHECK(view == sse::event_view{"t", "d", "i"});
    CHECK(sse::event(view) == owned);
}

} // namespace text_parse_test
