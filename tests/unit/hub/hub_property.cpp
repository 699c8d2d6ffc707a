// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Random publishes, readers that are slow, stop, are cut at any byte and come back, restarts and
// evictions, over the whole hub: once on one thread, where a seed does the same every time, and
// once on several. SSE_ROUNDS and SSE_SEED choose how many and where to start.
#include "support/catch.hpp"
#include "support/hub_world.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace hub_hub_property_test {

using namespace sse::testing;
using namespace std::chrono_literals;

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* value = std::getenv(name);
    return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

/// Plays one round a seed, and tells which one failed.
template <class Round>
void play(std::uint64_t rounds, Round&& round) {
    rounds = from_environment("SSE_ROUNDS", rounds);
    const std::uint64_t first = from_environment("SSE_SEED", 1);
    for (std::uint64_t seed = first; seed < first + rounds; ++seed) {
        std::string failed;
        try {
            round(seed);
        } catch (const std::exception& e) {
            failed = e.what();
        }
        INFO("repeat with SSE_ROUNDS=1 SSE_SEED=" << seed);
        REQUIRE(failed == "");
    }
    WARN("seeds " << first << " to " << first + rounds - 1);
}

chooser seeded(std::uint64_t seed) {
    return [random = std::mt19937_64(seed)](std::size_t n) mutable {
        return n == 0 ? 0 : static_cast<std::size_t>(random() % n);
    };
}

#if defined(SSE_TESTS_SANITIZED)
constexpr std::uint64_t rounds = 1'500;
constexpr std::uint64_t threaded_rounds = 60;
#else
constexpr std::uint64_t rounds = 10'000;
constexpr std::uint64_t threaded_rounds = 300;
#endif

} // namespace

TEST_CASE("hub: every event comes once and in order, or a gap is announced", "[hub][replay]") {
    play(rounds, [](std::uint64_t seed) {
        hub_world world(seeded(seed));
        for (int i = 0; i < 150; ++i)
            world.step();
        world.finish();
    });
}

TEST_CASE("hub: a gap is told at once, though nothing more comes in the topic", "[hub][replay]") {
    sse::asio::io_context context;
    sse::hub hub({.history = {.events = 0, .bytes = 2'000, .live_bytes = 0},
                  .overflow = sse::overflow::skip});
    hub_reader reader({"a"}, context.get_executor(), true);
    reader.connect(hub);
    reader.allow(100'000);
    context.poll();
    REQUIRE(hub.publish("a", {.data = "lost"}));
    for (int i = 0; i < 100; ++i)
        REQUIRE(hub.publish("b", {.data = std::string(50, 'x')}));
    context.restart();
    context.poll();
    reader.read();
    REQUIRE(reader.log().back().what == reading::kind::gap);
    CHECK(reader.log().back().text == "lagged");
    CHECK(reader.log().back().missed == 1);
}

} // namespace hub_hub_property_test
