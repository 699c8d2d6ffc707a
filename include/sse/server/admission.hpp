// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/server/limits.hpp>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sse::detail {

/// Holds a server, on all of its threads, to its numbers of connections and streams.
/// Thread safety: safe.
class admission {
public:
    /// What an open connection counts under.
    using place = std::unordered_map<std::string, std::size_t>::value_type;

    /// Connections that are told why they are refused, at a time; more are just closed.
    static constexpr std::size_t max_refusals = 64;

    explicit admission(const server_limits& limits)
        : connections_limit_(limits.connections), address_limit_(limits.connections_per_address),
          streams_limit_(limits.streams) {}
    admission(const admission&) = delete;
    admission& operator=(const admission&) = delete;

    /// A place for a connection from `address`, to be given back by `leave`; null if there is none.
    /// Those without an address, such as over unix sockets, only count in all.
    [[nodiscard]] place* enter(std::string_view address) {
        if (!take(connections_, connections_limit_)) return nullptr;
        if (address_limit_ == 0 || address.empty()) return &anywhere_;
        const std::lock_guard lock(mutex_);
        const auto at = addresses_.try_emplace(std::string(address)).first;
        if (at->second < address_limit_) {
            ++at->second;
            return &*at;
        }
        --connections_;
        return nullptr;
    }

    /// A place for a connection that is only refused; null if there is none.
    [[nodiscard]] place* enter_refused() {
        return take(refusals_, max_refusals) ? &refused_ : nullptr;
    }

    [[nodiscard]] bool is_refused(const place* at) const noexcept { return at == &refused_; }

    void leave(const place* at) noexcept {
        if (is_refused(at)) {
            --refusals_;
            return;
        }
        --connections_;
        if (at == &anywhere_) return;
        const std::lock_guard lock(mutex_);
        const auto found = addresses_.find(at->first);
        if (--found->second == 0) addresses_.erase(found);
    }

    [[nodiscard]] bool open_stream() noexcept { return take(streams_, streams_limit_); }
    void close_stream() noexcept { --streams_; }
    /// Those that are open.
    [[nodiscard]] std::size_t streams() const noexcept { return streams_; }

private:
    using count = std::atomic<std::size_t>;

    [[nodiscard]] static bool take(count& taken, std::size_t limit) noexcept {
        if (taken.fetch_add(1, std::memory_order_relaxed) < limit || limit == 0) return true;
        taken.fetch_sub(1, std::memory_order_relaxed);
        return false;
    }

    const std::size_t connections_limit_;
    const std::size_t address_limit_;
    const std::size_t streams_limit_;
    count connections_ = 0;
    count streams_ = 0;
    count refusals_ = 0;
    place anywhere_{};
    place refused_{};
    std::mutex mutex_;
    std::unordered_map<std::string, std::size_t> addresses_; // only where limited
};

} // namespace sse::detail
