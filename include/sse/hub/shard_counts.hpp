// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/options.hpp>
#include <sse/hub/resume.hpp>
#include <sse/text/error.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sse::detail {

/// What the streams of one thread have done.
///
/// Thread safety: written on that thread only, read from any.
class shard_counts {
public:
    void joined() noexcept { add(subscribers_, 1); }
    void left() noexcept { add(subscribers_, static_cast<std::uint64_t>(-1)); }

    void sent(std::size_t bytes, std::uint64_t events) noexcept {
        add(sent_bytes_, bytes);
        add(delivered_, events);
    }

    void announced(gap_reason reason) noexcept {
        switch (reason) {
        case gap_reason::none: return;
        case gap_reason::evicted: return add(evicted_, 1);
        case gap_reason::unknown: return add(unknown_, 1);
        case gap_reason::restarted: return add(restarted_, 1);
        case gap_reason::lagged: return add(lagged_, 1);
        }
    }

    void ended(errc why) noexcept {
        switch (why) {
        case errc::lagged: return add(cut_lagged_, 1);
        case errc::draining: return add(drained_, 1);
        case errc::closed: return add(closed_, 1);
        case errc::end_of_stream: return add(expired_, 1);
        default: return add(gone_, 1);
        }
    }

    void add_to(hub_metrics& m) const noexcept {
        const auto get = [](const counter& c) { return c.load(std::memory_order_relaxed); };
        m.subscribers += get(subscribers_);
        m.delivered += get(delivered_);
        m.sent_bytes += get(sent_bytes_);
        m.gaps.evicted += get(evicted_);
        m.gaps.unknown += get(unknown_);
        m.gaps.restarted += get(restarted_);
        m.gaps.lagged += get(lagged_);
        m.disconnects.peer += get(gone_);
        m.disconnects.lagged += get(cut_lagged_);
        m.disconnects.drained += get(drained_);
        m.disconnects.closed += get(closed_);
        m.disconnects.expired += get(expired_);
    }

private:
    using counter = std::atomic<std::uint64_t>;

    /// There is one writer, so that a load and a store do.
    static void add(counter& c, std::uint64_t n) noexcept {
        c.store(c.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }

    counter subscribers_{0}, delivered_{0}, sent_bytes_{0};
    counter evicted_{0}, unknown_{0}, restarted_{0}, lagged_{0};
    counter gone_{0}, cut_lagged_{0}, drained_{0}, closed_{0}, expired_{0};
};

} // namespace sse::detail
