// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/hub/topic_table.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <random>
#include <string>

namespace hub_topic_table_test {

using sse::detail::topic_log;
using sse::detail::topic_table;

TEST_CASE("topic_table: an empty one has nothing", "[topic_table]") {
    topic_table table;
    CHECK(table.size() == 0);
    CHECK(table.find("a") == nullptr);
    table.for_each([](const topic_log&) { FAIL("there is none"); });
}

TEST_CASE("topic_table: it finds what was added and not what was erased, whatever else was",
          "[topic_table]") {
    std::minstd_rand random(7);
    topic_table table;
    std::map<std::string, topic_log*> truth;
    for (int i = 0; i < 20'000; ++i) {
        const std::string name = std::to_string(random() % 300);
        const auto known = truth.find(name);
        REQUIRE(table.find(name) == (known == truth.end() ? nullptr : known->second));
        if (known == truth.end()) {
            topic_log& log = table.add(std::make_unique<topic_log>(name));
            REQUIRE(log.name() == name);
            truth.emplace(name, &log);
        } else if (random() % 2 == 0) {
            table.erase(*known->second);
            truth.erase(known);
        }
        REQUIRE(table.size() == truth.size());
    }
    for (const auto& [name, log] : truth)
        CHECK(table.find(name) == log);
    std::size_t visited = 0;
    table.for_each([&](topic_log& log) {
        CHECK(truth.at(log.name()) == &log);
        ++visited;
    });
    CHECK(visited == truth.size());
}

} // namespace hub_topic_table_test
