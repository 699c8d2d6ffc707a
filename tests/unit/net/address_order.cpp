// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/net/address_order.hpp>

#include <string>
#include <vector>

namespace net_address_order_test {

using words = std::vector<std::string>;

words ordered(words addresses) {
    const char first = addresses.empty() ? ' ' : addresses[0][0];
    return sse::net::interleaved(std::move(addresses),
                                 [first](const std::string& a) { return a[0] == first; });
}

TEST_CASE("address_order: the families take turns, the first one's first", "[address_order]") {
    CHECK(ordered({"6a", "6b", "6c", "4a", "4b"}) == words{"6a", "4a", "6b", "4b", "6c"});
    CHECK(ordered({"4a", "6a", "6b"}) == words{"4a", "6a", "6b"});
    CHECK(ordered({"4a", "4b", "6a"}) == words{"4a", "6a", "4b"});
    CHECK(ordered({"6a", "6b"}) == words{"6a", "6b"});
    CHECK(ordered({"6a"}) == words{"6a"});
    CHECK(ordered({}) == words{});
}

} // namespace net_address_order_test
