// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "integration/process.hpp"
#include "integration/running_server.hpp"
#include "support/catch.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace integration_hub_memory_test {

using namespace std::chrono_literals;
using sse::testing::raw_client;
using sse::testing::resident_bytes;
using sse::testing::running_server;

namespace {

struct outcome {
    std::size_t grown = 0;
    std::size_t log_bytes = 0;
    std::size_t complete = 0; ///< readers that got everything
    sse::hub_metrics metrics;
};

/// 10 of 100 readers, on one shard or on two, never read while 30 MB are published.
outcome stall(sse::overflow policy, std::size_t history_bytes, int shards) {
    constexpr int events = 30'000;
    const std::string data(1000, 'x');
    sse::hub hub({.history = {.events = 0, .bytes = history_bytes}, .overflow = policy});
    const auto routes = [&](sse::server& s) { sse::testing::add_hub_routes(s, hub); };
    running_server server({}, routes);
    std::optional<running_server> other;
    if (shards == 2) other.emplace(sse::server_options{}, routes);
    const auto place = [&](int i) -> running_server& {
        return other && i % 2 == 1 ? *other : server;
    };
    std::vector<raw_client> stalled;
    for (int i = 0; i < 10; ++i) {
        stalled.push_back(place(i).connect(4096));
        stalled.back().get("/events/a");
    }
    std::vector<raw_client> reading;
    for (int i = 0; i < 90; ++i) {
        reading.push_back(place(i).connect());
        reading.back().get("/events/a");
    }
    REQUIRE(server.wait_for([&] { return hub.metrics().subscribers == 100; }));
    for (raw_client& r : reading) {
        r.read_until("\n\n\r\n");
        r.clear();
    }
    outcome out;
    constexpr int warm_up = 600; // until the buffers of the readers, here as well, have grown
    std::size_t before = 0;
    for (int i = 0; i < events; ++i) {
        REQUIRE(hub.publish("a", {.data = data}));
        if (i % 200 != 199) continue;
        // each gets what there is, so that only those that never read fall behind
        const std::string mark = "-" + std::to_string(i + 1) + "\n\n";
        for (raw_client& r : reading) {
            const bool got = r.read_until(mark).find(mark) != std::string::npos;
            if (i == events - 1 && got) ++out.complete;
            r.clear();
        }
        out.log_bytes = std::max<std::size_t>(out.log_bytes, hub.metrics().log_bytes);
        if (i < warm_up) before = resident_bytes();
        out.grown = std::max(out.grown, resident_bytes() - std::min(before, resident_bytes()));
    }
    out.metrics = hub.metrics();
    return out;
}

} // namespace

TEST_CASE("hub: readers that never read cost no memory beyond the history and stop nobody",
          "[hub][memory]") {
    constexpr std::size_t bound = std::size_t{4} << 20;
    struct row {
        sse::overflow policy;
        int shards;
    };
    for (const auto [policy, shards] :
         {row{sse::overflow::disconnect, 1}, row{sse::overflow::skip, 1},
          row{sse::overflow::disconnect, 2}, row{sse::overflow::skip, 2}}) {
        const outcome out = stall(policy, bound, shards);
        CAPTURE(shards, out.grown, out.log_bytes, out.metrics.gaps.lagged,
                out.metrics.disconnects.lagged);
        CHECK(out.complete == 90);
        CHECK(out.log_bytes <= bound);
        CHECK(out.log_bytes > bound / 2);
        CHECK(out.metrics.disconnects.lagged == (policy == sse::overflow::disconnect ? 10 : 0));
#if !defined(SSE_TESTS_SANITIZED)
        CHECK(out.grown < bound + (std::size_t{2} << 20));
#endif
    }
}

TEST_CASE("hub: a reader that was skipped over is told so when it reads again", "[hub]") {
    sse::hub hub({.history = {.events = 0, .bytes = 200'000}, .overflow = sse::overflow::skip});
    running_server server({}, [&](sse::server& s) { sse::testing::add_hub_routes(s, hub); });
    raw_client client = server.connect(4096);
    client.get("/events/a");
    REQUIRE(server.wait_for([&] { return hub.metrics().subscribers == 1; }));
    const std::string data(1000, 'x');
    for (int i = 0; i < 20'000; ++i) {
        REQUIRE(hub.publish("a", {.data = data}));
        if (i % 50 == 0) server.on_thread([] { return 0; });
    }
    const std::string text = client.read_until("-20000\n\n");
    CHECK(text.find("event: gap\ndata: {\"reason\":\"lagged\",\"missed\":") != std::string::npos);
    CHECK(text.find("-20000\n\n") != std::string::npos);
    CHECK(hub.metrics().gaps.lagged >= 1);
}

} // namespace integration_hub_memory_test
