// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server/admission.hpp>

#include <cstddef>
#include <vector>

namespace server_admission_test {

using sse::detail::admission;

TEST_CASE("admission: without limits there is room for all", "[admission]") {
    admission a({});
    std::vector<const admission::place*> places;
    for (int i = 0; i < 1000; ++i) {
        places.push_back(a.enter("1.2.3.4"));
        REQUIRE(places.back() != nullptr);
        CHECK(a.open_stream());
    }
    for (const auto* place : places)
        a.leave(place);
}

TEST_CASE("admission: a place that was left is free again", "[admission]") {
    admission a({.connections = 2, .connections_per_address = 1, .streams = 1});
    auto* const one = a.enter("one");
    auto* const two = a.enter("two");
    REQUIRE(one != nullptr);
    REQUIRE(two != nullptr);
    CHECK(a.enter("three") == nullptr);
    a.leave(two);
    CHECK(a.enter("one") == nullptr); // and takes no place of the others by that
    auto* const three = a.enter("three");
    REQUIRE(three != nullptr);
    a.leave(one);
    auto* const again = a.enter("one");
    REQUIRE(again != nullptr);
    a.leave(again);
    a.leave(three);

    CHECK(a.open_stream());
    CHECK_FALSE(a.open_stream());
    a.close_stream();
    CHECK(a.open_stream());
}

TEST_CASE("admission: who has no address is not of one with others", "[admission]") {
    admission a({.connections = 3, .connections_per_address = 1});
    CHECK(a.enter("") != nullptr);
    CHECK(a.enter("") != nullptr);
    CHECK(a.enter("one") != nullptr);
    CHECK(a.enter("") == nullptr);
}

TEST_CASE("admission: those that are refused have places of their own, and not many",
          "[admission]") {
    admission a({.connections = 1});
    auto* const one = a.enter("");
    REQUIRE(one != nullptr);
    CHECK_FALSE(a.is_refused(one));
    for (std::size_t i = 0; i < admission::max_refusals; ++i) {
        CHECK(a.enter("") == nullptr);
        CHECK(a.is_refused(a.enter_refused()));
    }
    const auto* const last = a.enter_refused();
    CHECK(last == nullptr);
    a.leave(one);
    CHECK(a.enter("") != nullptr); // the refused ones are in nobody's way
}

} // namespace server_admission_test
