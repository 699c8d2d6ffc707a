// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/server/limits.hpp>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace sse::detail {

/// What an open connection counts under: an address, and how many it has.
using admission_place = std::pair<const std::string, std::size_t>;

/// Holds a server, on all of its threads, to its numbers of connections and streams. A template, so
/// that only a file that makes a server compiles it.
/// Thread safety: safe.
template <class Mutex>
class basic_admission {
public:
    using place = admission_place;

    /// Connections that are told why they are refused, at a time; more are just closed.
    static constexpr std::size_t max_refusals = 64;

    explicit basic_admission(const server_limits& limits)
        : connections_limit_(limits.connections), address_limit_(limits.connections_per_address),
          streams_limit_(limits.streams) {}
    basic_admission(const basic_admission&) = delete;
    basic_admission& operator=(const basic_admission&) = delete;

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
    Mutex mutex_;
    std::unordered_map<std::string, std::size_t> addresses_; // only where limited
};

using admission = basic_admission<std::mutex>;

} // namespace sse::detail
