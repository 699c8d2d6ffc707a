// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/followed_topic.hpp>
#include <sse/hub/resume.hpp>
#include <sse/hub/stream_source.hpp>

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
    std::vector<stream_place> places; ///< one a topic
};

/// The first event beyond `sequence` that the topic keeps.
[[nodiscard]] inline cursor first_after(const followed_topic& topic, std::uint64_t sequence) {
    const cursor at = topic.view.after(sequence);
    // the view may still hold what the log has evicted
    const std::uint64_t begin = topic.log == nullptr ? 0 : topic.log->begin_ordinal();
    return at.ordinal < begin ? topic.view.at(begin) : at;
}

/// Where a reader that has everything up to `sequence` goes on in a topic.
[[nodiscard]] inline stream_place place_after(const followed_topic& topic, std::uint64_t sequence) {
    stream_place place{first_after(topic, sequence)};
    if (topic.log == nullptr || !topic.log->values) return place;
    // what was dropped counts as evicted
    const std::uint64_t from = std::max(sequence, topic.log->values->last_dropped().first);
    if (topic.log->values->after(from, place.at.ordinal) != nullptr) place.behind = from;
    return place;
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
            const cursor at = first_after(*t, middle);
            after += t->view.end().ordinal - at.ordinal;
            if (after <= count && t->log != nullptr && t->log->values) {
                after += t->log->values->count_after(middle, at.ordinal, count + 1);
            }
        }
        if (after <= count)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/// Where one goes on that wants the newest value of each key, or the last event of the topic.
[[nodiscard]] inline stream_place place_at_newest(const followed_topic& topic) {
    const cursor end = topic.view.end();
    if (topic.log == nullptr) return {end};
    if (topic.log->values && !topic.log->values->empty()) {
        return {end, topic.log->values->last_dropped().first};
    }
    if (topic.log->empty()) return {end};
    return {topic.view.at(end.ordinal - 1)};
}

/// The number of the first event of a topic from a place on; `horizon` + 1 where there is none.
[[nodiscard]] inline std::uint64_t first_number(const followed_topic& topic,
                                                const stream_place& place, std::uint64_t horizon) {
    const stream_source source{const_cast<followed_topic*>(&topic), place, 0};
    if (source.is_behind()) return source.next_value()->first;
    return source.at_end() ? horizon + 1 : source.next();
}

/// Decides where a stream on `topics` begins, for a reader that stands at `reader` or, if it is at
/// no position, wants the last `replay` events or the newest of each. `horizon` is the hub's last
/// number, `dropped` that of the last event that was lost with a topic which may have been one of
/// them. Under the store's lock, with views and logs up to date.
[[nodiscard]] inline opening open_stream(const std::vector<followed_topic*>& topics,
                                         const reader_position& reader, std::uint64_t replay,
                                         std::uint64_t horizon, bool newest = false,
                                         std::uint64_t dropped = 0) {
    opening result{horizon, {reader.reason, std::nullopt}, {}};
    newest = newest && reader.where == reader_position::kind::live && replay == 0;
    switch (reader.where) {
    case reader_position::kind::live:
        if (replay != 0) result.position = position_before_last(topics, replay, horizon);
        break;
    case reader_position::kind::after: result.position = reader.sequence; break;
    case reader_position::kind::nowhere: result.position = 0; break;
    }
    const bool live = reader.where == reader_position::kind::live;
    std::optional<std::uint64_t> missed = 0;
    bool lost = dropped > result.position;
    if (lost) missed = std::nullopt;
    std::uint64_t first = horizon + 1;
    for (const followed_topic* t : topics) {
        result.places.push_back(newest ? place_at_newest(*t) : place_after(*t, result.position));
        first = std::min(first, first_number(*t, result.places.back(), horizon));
        const bool gone = t->log == nullptr && t->dropped_up_to > result.position;
        if (!gone && (t->log == nullptr || !t->log->lost_after(result.position))) continue;
        lost = true;
        const auto more = gone ? std::nullopt : t->log->count_lost_after(result.position);
        missed = missed && more ? std::optional(*missed + *more) : std::nullopt;
    }
    if (reader.where == reader_position::kind::after && lost) {
        result.missing = {gap_reason::evicted, missed};
    }
    if (result.missing || (live && (replay != 0 || newest))) {
        result.position = first - 1;
        for (stream_place& p : result.places) { // a later gap must not put the reader back
            if (p.behind != stream_place::in_log) p.behind = std::max(p.behind, result.position);
        }
    }
    return result;
}

} // namespace sse::detail
