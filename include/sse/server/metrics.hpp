// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <atomic>
#include <cstdint>

namespace sse {

/// What a server, or all servers of a pool, have done since their start.
struct server_metrics {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0; ///< over a limit of connections, streams or handshakes
    std::uint64_t requests = 0;
    std::uint64_t connections = 0; ///< open now
    std::uint64_t streams = 0;     ///< of those, that carry an event stream
    std::uint64_t tls_failed = 0;  ///< handshakes that came to nothing

    server_metrics& operator+=(const server_metrics& other) noexcept {
        accepted += other.accepted;
        refused += other.refused;
        requests += other.requests;
        connections += other.connections;
        streams += other.streams;
        tls_failed += other.tls_failed;
        return *this;
    }
};

namespace detail {

/// A number that one thread changes and others read.
class counter {
public:
    void operator++() noexcept { value_.fetch_add(1, std::memory_order_relaxed); }
    void operator--() noexcept { value_.fetch_sub(1, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t get() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint64_t> value_ = 0;
};

/// `server_metrics` as they are counted.
struct server_counters {
    counter accepted;
    counter refused;
    counter requests;
    counter connections;
    counter streams;
    counter tls_failed;

    [[nodiscard]] server_metrics read() const noexcept {
        return {accepted.get(),    refused.get(), requests.get(),
                connections.get(), streams.get(), tls_failed.get()};
    }
};

} // namespace detail

} // namespace sse
