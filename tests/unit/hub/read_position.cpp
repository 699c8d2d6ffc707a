// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/hub/options.hpp>

#include <string>
#include <string_view>

namespace hub_read_position_test {

using sse::errc;

namespace {

/// Where a reader stands that asks with this query, and this id if there is one.
struct position {
    explicit position(std::string_view query, std::string_view id = "") {
        sse::request rq;
        rq.query = sse::http::query(query);
        if (!id.empty()) rq.head.headers.add("Last-Event-ID", id);
        error = read_position(rq, options);
    }
    sse::subscribe_options options{};
    errc error;
};

} // namespace

TEST_CASE("read_position: the field wins over the query, either over a replay", "[position]") {
    CHECK(position("last_event_id=a&replay=7", "b").options.last_event_id == "b");
    CHECK(position("last_event_id=a%2Fb&replay=7").options.last_event_id == "a/b");
    CHECK(position("replay=7").options.last_event_id.empty());
    CHECK(position("replay=7").options.replay == 7);
    CHECK(position("last_event_id=&replay=7").options.replay == 7); // an empty id is none
    CHECK(position("").options.replay == 0);
    CHECK(position("").error == errc::success);
}

TEST_CASE("read_position: an id may be any bytes", "[position]") {
    const std::string odd("\xff\x01 \xe2\x82", 5);
    CHECK(position("", odd).options.last_event_id == odd);
    CHECK(position("last_event_id=%00%0A").options.last_event_id == std::string("\0\n", 2));
}

TEST_CASE("read_position: a replay is a number of events, and nothing else", "[position]") {
    CHECK(position("replay=0").error == errc::success);
    CHECK(position("replay=007").options.replay == 7);
    CHECK(position("replay=999999999").options.replay == 999'999'999);
    for (const char* query : {"replay", "replay=", "replay=x", "replay=-1", "replay=+1",
                              "replay=1.5", "replay=%201", "replay=1000000000"}) {
        CAPTURE(query);
        CHECK(position(query).error == errc::invalid_field);
        CHECK(position(query, "with an id").error == errc::invalid_field);
    }
}

} // namespace hub_read_position_test
