// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/hub/paced_farewell.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace hub_paced_farewell_test {

using namespace std::chrono_literals;
using sse::detail::paced_farewell;

namespace {

/// How many of `streams` end in each tick, until none is left.
std::vector<std::size_t> ends(std::size_t streams, std::chrono::milliseconds period,
                              std::uint64_t begin = 1'000) {
    paced_farewell ending;
    ending.begin({.period = period}, begin);
    std::vector<std::size_t> all;
    for (std::uint64_t now = begin + 20; streams != 0 && all.size() < 1'000; now += 20) {
        all.push_back(ending.due(streams, now));
        streams -= all.back();
    }
    return all;
}

} // namespace

TEST_CASE("paced_farewell: streams end evenly over the period, and all within it", "[farewell]") {
    CHECK(ends(10, 100ms) == std::vector<std::size_t>{2, 2, 2, 2, 2});
    CHECK(ends(3, 100ms) == std::vector<std::size_t>{1, 1, 1});
    for (const std::size_t streams : {1U, 7U, 999U, 10'000U}) {
        const std::vector<std::size_t> all = ends(streams, 1s);
        CAPTURE(streams);
        CHECK(all.size() <= 50);
        CHECK(all.front() <= streams / 50 + 1);
    }
}

TEST_CASE("paced_farewell: without a period all end at once", "[farewell]") {
    CHECK(ends(1'000, 0ms) == std::vector<std::size_t>{1'000});
    CHECK(ends(1'000, -1s) == std::vector<std::size_t>{1'000});
    CHECK(paced_farewell().active() == false);
}

TEST_CASE("paced_farewell: each is told a time of its own to come back, within the spread",
          "[farewell]") {
    paced_farewell ending;
    ending.begin({.type = "bye", .retry = 500ms, .spread = 100ms}, 0);
    CHECK(ending.active());
    std::minstd_rand random(1);
    std::set<std::string> blocks;
    for (int i = 0; i < 10'000; ++i)
        blocks.insert(ending.block(random));
    CHECK(blocks.size() == 101);
    for (const int time : {500, 550, 600}) {
        const std::string ms = std::to_string(time);
        CHECK(blocks.count("retry: " + ms + "\nevent: bye\ndata: {\"retry\":" + ms + "}\n\n") == 1);
    }
}

} // namespace hub_paced_farewell_test
