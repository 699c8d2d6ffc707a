// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/followed_topic.hpp>
#include <sse/hub/resume.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sse::detail {

/// Where a stream begins.
struct opening {
    std::uint64_t position = 0; ///< the number before the first event it gets
    gap missing{};
    std::vector<cursor> cursors; ///< one a topic
};

/// The first event beyond `sequence` that the topic keeps.
[[nodiscard]] inline cursor first_after(const followed_topic& topic, std::uint64_t sequence) {
    const cursor at = topic.view.after(sequence);
    // the view may still hold what the log has evicted
    const std::uint64_t begin = topic.log == nullptr ? 0 : topic.log->begin_ordinal();
    return at.ordinal < begin ? topic.view.at(begin) : at;
}

/// The number before the last `count` events of the topics.
[[nodiscard]] inline std::uint64_t position_before_last(const std::vector<followed_topic*>& topics,
                                                        std::uint64_t count,
                                                        std::uint64_t horizon) {
    std::uint64_t low = 0;
    std::uint64_t high = horizon;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        std::uint64_t after = 0;
        for (const followed_topic* t : topics) {
            after += t->view.end().ordinal - first_after(*t, middle).ordinal;
        }
        if (after <= count)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/// Decides where a stream on `topics` begins, for a reader that stands at `reader` or, if it is at
/// no position, wants the last `replay` events. `horizon` is the hub's last number. Under the
/// store's lock, with views and logs up to date.
[[nodiscard]] inline opening open_stream(const std::vector<followed_topic*>& topics,
                                         const reader_position& reader, std::uint64_t replay,
                                         std::uint64_t horizon) {
    opening result{horizon, {reader.reason, std::nullopt}, {}};
    switch (reader.where) {
    case reader_position::kind::live:
        if (replay != 0) result.position = position_before_last(topics, replay, horizon);
        break;
    case reader_position::kind::after: result.position = reader.sequence; break;
    case reader_position::kind::nowhere: result.position = 0; break;
    }
    std::optional<std::uint64_t> missed = 0;
    bool evicted = false;
    std::uint64_t first = horizon + 1;
    for (const followed_topic* t : topics) {
        const cursor at = first_after(*t, result.position);
        result.cursors.push_back(at);
        if (at != t->view.end()) first = std::min(first, t->view.sequence(at));
        if (t->log == nullptr || !t->log->evicted_after(result.position)) continue;
        evicted = true;
        const auto more = t->log->count_evicted_after(result.position);
        missed = missed && more ? std::optional(*missed + *more) : std::nullopt;
    }
    if (reader.where == reader_position::kind::after && evicted) {
        result.missing = {gap_reason::evicted, missed};
    }
    const bool replayed = reader.where == reader_position::kind::live && replay != 0;
    if (result.missing || replayed) result.position = first - 1;
    return result;
}

} // namespace sse::detail
