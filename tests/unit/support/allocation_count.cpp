// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/allocation_count.hpp"

#include "support/catch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

namespace support_allocation_count_test {

using sse::testing::allocation_count;

TEST_CASE("allocation_count: counts allocations and their bytes", "[allocation_count]") {
    const allocation_count count;
    const auto one = std::make_unique<char[]>(1000);
    CHECK(count.allocations() == 1);
    CHECK(count.bytes() == 1000);
    const std::vector<int> many(100);
    CHECK(count.allocations() == 2);
    CHECK(count.bytes() == 1000 + 100 * sizeof(int));
}

TEST_CASE("allocation_count: does not count what allocates nothing", "[allocation_count]") {
    const allocation_count count;
    std::string small = "short";
    small += "er";
    CHECK(count.allocations() == 0);
    CHECK(count.bytes() == 0);
}

TEST_CASE("allocation_count: counts aligned and non-throwing allocations", "[allocation_count]") {
    struct alignas(64) wide {
        char bytes[64];
    };
    const allocation_count count;
    const auto aligned = std::make_unique<wide>();
    CHECK(reinterpret_cast<std::uintptr_t>(aligned.get()) % 64 == 0);
    delete new (std::nothrow) int(1);
    CHECK(count.allocations() == 2);
}

TEST_CASE("allocation_count: scopes are independent, and can begin anew", "[allocation_count]") {
    allocation_count outer;
    const auto a = std::make_unique<int>(1);
    const allocation_count inner;
    const auto b = std::make_unique<int>(2);
    CHECK(outer.allocations() == 2);
    CHECK(inner.allocations() == 1);
    outer.reset();
    CHECK(outer.allocations() == 0);
}

TEST_CASE("allocation_count: counts on all threads", "[allocation_count]") {
    const allocation_count count;
    std::size_t inside = 0;
    std::thread([&] {
        const allocation_count own;
        const auto a = std::make_unique<int>(1);
        inside = own.allocations();
    }).join();
    CHECK(inside == 1);
    CHECK(count.allocations() >= 1);
}

} // namespace support_allocation_count_test
