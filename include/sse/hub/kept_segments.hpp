// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/segment.hpp>
#include <sse/net/prefetch.hpp>

namespace sse::detail {

/// The segments of all logs, in the order of their newest events. The logs own them.
class kept_segments {
public:
    kept_segments() = default;
    kept_segments(const kept_segments&) = delete;
    kept_segments& operator=(const kept_segments&) = delete;

    [[nodiscard]] bool empty() const noexcept { return all_.behind == &all_; }
    [[nodiscard]] bool has_several() const noexcept { return all_.behind != all_.before; }
    /// The one with the oldest newest event. Not where it is empty.
    [[nodiscard]] segment& front() const noexcept { return static_cast<segment&>(*all_.behind); }

    void add(segment& s, topic_log& log) noexcept {
        s.log = &log;
        insert(s);
    }
    /// Tells that an event was appended.
    void grew(segment& s) noexcept {
        if (all_.before == &s) return;
        take_out(s);
        insert(s);
    }
    void erase(segment& s) noexcept { take_out(s); }

    /// Fetches what the eviction of the next segment needs, and of the one behind it a little.
    static void prefetch_behind(const segment& s) noexcept {
        prefetch(s.behind->log, 256);
        prefetch(s.behind->behind, sizeof(segment));
    }

private:
    void insert(segment& s) noexcept {
        s.before = all_.before;
        s.behind = &all_;
        all_.before->behind = &s;
        all_.before = &s;
    }
    static void take_out(segment& s) noexcept {
        s.before->behind = s.behind;
        s.behind->before = s.before;
    }

    segment_place all_; // the first one is behind it, the last one before
};

} // namespace sse::detail
