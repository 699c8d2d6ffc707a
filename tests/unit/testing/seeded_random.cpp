// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/testing/seeded_random.hpp>

namespace testing_seeded_random_test {

using sse::testing::seeded_random;

TEST_CASE("seeded_random: the numbers are the same everywhere", "[seeded_random]") {
    seeded_random random(1);
    // 48271 and 182605794 of the minimal standard generator, less one, by 2147483646
    CHECK(random() == 48270.0 / 2147483646.0);
    CHECK(random() == 182605793.0 / 2147483646.0);
}

TEST_CASE("seeded_random: numbers are at least 0 and less than 1", "[seeded_random]") {
    seeded_random random(7);
    double least = 1.0;
    double most = 0.0;
    for (int i = 0; i < 10'000; ++i) {
        const double number = random();
        least = number < least ? number : least;
        most = number > most ? number : most;
    }
    CHECK(least >= 0.0);
    CHECK(least < 0.001);
    CHECK(most < 1.0);
    CHECK(most > 0.999);
}

TEST_CASE("seeded_random: seeds differ, copies do not", "[seeded_random]") {
    seeded_random one(1);
    seeded_random two(2);
    seeded_random copy = one;
    const double number = one();
    CHECK(copy() == number);
    CHECK(two() != number);
}

} // namespace testing_seeded_random_test
