// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/hub/event_id.hpp>

#include <cstdint>
#include <string>

namespace hub_event_id_test {

using sse::event_id;
using sse::parse_event_id;

TEST_CASE("event_id: what is written is read back", "[event_id]") {
    for (const event_id id : {event_id{0, 0}, event_id{1, 1}, event_id{0xffffffffffff, UINT64_MAX},
                              event_id{0x0123456789ab, 42}}) {
        const std::string text = to_string(id);
        CAPTURE(text);
        const auto read = parse_event_id(text);
        REQUIRE(read.has_value());
        CHECK(*read == id);
        CHECK(sse::looks_like_event_id(text));
    }
    CHECK(to_string(event_id{0x0123456789ab, 42}) == "0123456789ab-42");
}

TEST_CASE("event_id: a number is written the same whatever was written before it", "[event_id]") {
    sse::detail::event_id_writer writer(0x0123456789ab);
    const auto check = [&](std::uint64_t n) {
        CHECK(writer.write(n) == "0123456789ab-" + std::to_string(n));
    };
    for (std::uint64_t n = 0; n <= 1'101; ++n)
        check(n);
    for (const std::uint64_t n : {7U, 7U, 8U, 9U, 10U, 20U, 19U, 20U, 21U, 99U, 100U})
        check(n);
    check(UINT64_MAX - 1);
    check(UINT64_MAX);
    check(0);
    check(1);
}

TEST_CASE("event_id: refuses everything but the one spelling", "[event_id]") {
    for (const char* text : {"",
                             "-",
                             "0123456789ab",
                             "0123456789ab-",
                             "0123456789ab-x",
                             "0123456789ab-01",
                             "0123456789ab-00",
                             "0123456789AB-1",
                             "0123456789ab -1",
                             " 0123456789ab-1",
                             "0123456789ab-1 ",
                             "0123456789ab-+1",
                             "0123456789ab--1",
                             "0123456789ab-1.0",
                             "123456789ab-1",
                             "00123456789ab-1",
                             "0123456789ab-18446744073709551616",
                             "0123456789ab-99999999999999999999999999",
                             "0x23456789ab-1",
                             "0123456789ab_1"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_event_id(text).has_value());
    }
    CHECK_FALSE(parse_event_id(std::string("0123456789ab-1\0", 15)).has_value());
}

TEST_CASE("event_id: an id that is the hub's but for its number still looks like one",
          "[event_id]") {
    CHECK(sse::looks_like_event_id("0123456789ab-007"));
    CHECK(sse::looks_like_event_id("0123456789ab-99999999999999999999999999"));
    CHECK_FALSE(sse::looks_like_event_id("order-17"));
    CHECK_FALSE(sse::looks_like_event_id("0123456789ab-"));
}

} // namespace hub_event_id_test
