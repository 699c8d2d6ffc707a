// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/net/readiness_entry.hpp>

namespace net_readiness_entry_test {

using sse::net::readiness_entry;
constexpr auto readable = sse::net::readiness::readable;
constexpr auto writable = sse::net::readiness::writable;

TEST_CASE("readiness_entry: the first wait for readability needs no question", "[readiness]") {
    readiness_entry e;
    CHECK(e.is_told(readable));
    CHECK_FALSE(e.begin(readable));
    CHECK_FALSE(e.end(readable));
    e.on_told(true, false, false);
    CHECK(e.end(readable));
    CHECK_FALSE(e.end(readable));
}

TEST_CASE("readiness_entry: writability is told once somebody waits for it", "[readiness]") {
    readiness_entry e;
    CHECK_FALSE(e.is_told(writable));
    e.used_up(writable);
    CHECK(e.begin(writable));
    CHECK(e.is_told(writable));
    e.on_told(true, false, false);
    CHECK_FALSE(e.end(writable));
    e.on_told(false, true, false);
    CHECK(e.end(writable));
    CHECK_FALSE(e.end(readable));
}

TEST_CASE("readiness_entry: what was told and not used up is asked for again", "[readiness]") {
    readiness_entry e;
    CHECK_FALSE(e.begin(readable));
    e.on_told(true, false, false);
    CHECK(e.end(readable));
    SECTION("when it is waited for") { CHECK(e.begin(readable)); }
    SECTION("but not where it was used up") {
        e.used_up(readable);
        CHECK_FALSE(e.begin(readable));
    }
    SECTION("unless more came since") {
        e.used_up(readable);
        e.on_told(true, false, false);
        CHECK(e.begin(readable));
    }
}

TEST_CASE("readiness_entry: what nobody waited for when it was told is asked for", "[readiness]") {
    readiness_entry e;
    e.on_told(true, false, false);
    CHECK_FALSE(e.end(readable));
    CHECK(e.begin(readable));
}

TEST_CASE("readiness_entry: behind the end of the peer there is always something to read",
          "[readiness]") {
    readiness_entry e;
    CHECK_FALSE(e.begin(readable));
    e.on_told(true, false, true);
    CHECK(e.end(readable));
    e.used_up(readable); // the last bytes: the end itself is still to be read
    CHECK(e.begin(readable));
    CHECK(e.end(readable));
}

TEST_CASE("readiness_entry: waits for both end each by itself", "[readiness]") {
    readiness_entry e;
    CHECK_FALSE(e.begin(readable));
    CHECK(e.begin(writable));
    e.on_told(true, true, false);
    CHECK(e.end(writable));
    e.used_up(writable);
    CHECK(e.end(readable));
    CHECK_FALSE(e.begin(writable));
}

} // namespace net_readiness_entry_test
