// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/hub.hpp>

namespace hub_publish_result_test {

TEST_CASE("publish_result: tells the id that readers get", "[hub]") {
    sse::hub hub({.epoch = 0xabc});
    const auto first = hub.publish("a", {.data = "x"});
    CHECK(first.id() == "000000000abc-1");
    CHECK(first.position == sse::event_id{0xabc, 1});
    const auto own = hub.publish("a", {.data = "x", .id = "order-17"});
    CHECK(own.id() == "order-17");
    CHECK(own.position == sse::event_id{0xabc, 2});
    const auto refused = hub.publish("a", {.data = "x", .id = "order-17"});
    CHECK_FALSE(refused);
    CHECK(refused.id().empty());
    CHECK(hub.publish("a", {.data = "x"}).id() == "000000000abc-3");
}

} // namespace hub_publish_result_test
