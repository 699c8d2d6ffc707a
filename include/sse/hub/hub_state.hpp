// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/log_store.hpp>
#include <sse/hub/options.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

namespace sse::detail {

class hub_shard;

/// What the shards of a hub and its publishers share.
struct hub_state {
    explicit hub_state(hub_options o)
        : options(std::move(o)), started(net::steady_clock::now()),
          store(options.history, epoch_of(options), options.max_topics,
                options.overflow == overflow::conflate,
                static_cast<std::uint64_t>(std::max<std::int64_t>(options.topic_idle.count(), 0))) {
    }

    /// Milliseconds since the start.
    [[nodiscard]] std::uint64_t now() const {
        return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                              net::steady_clock::now() - started)
                                              .count());
    }

    /// Differs from one start to the next: the time, and chance for starts in the same millisecond.
    [[nodiscard]] static std::uint64_t epoch_of(const hub_options& o) {
        constexpr std::uint64_t mask = (std::uint64_t{1} << 48U) - 1;
        if (o.epoch != 0) return o.epoch & mask;
        const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now().time_since_epoch());
        return ((static_cast<std::uint64_t>(time.count()) << 7U) |
                (std::random_device()() & 0x7fU)) &
               mask;
    }

    const hub_options options;
    const net::time_point started;

    std::mutex mutex; // for all below
    log_store store;
    struct shard {
        asio::any_io_executor executor;
        std::weak_ptr<hub_shard> data;
        hub_shard* address; ///< as long as it is among these
    };
    std::vector<shard> shards;
    std::vector<hub_shard*> to_wake; ///< at the end of a publisher's turn
    hub_metrics metrics;             ///< what shards that are gone have counted
    bool draining = false;
};

} // namespace sse::detail
