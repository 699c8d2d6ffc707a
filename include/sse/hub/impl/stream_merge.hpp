// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/subscription.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

// How a stream joins the events of several topics, as they lie in the logs.

namespace sse::detail {

/// The source with the lowest number next, of those that have something in the log.
inline subscription::choice subscription::choose() const noexcept {
    choice c;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        if (sources_[i].at_end()) continue;
        const std::uint64_t sequence = sources_[i].next();
        if (sequence < c.sequence) {
            c = {i, sequence, c.sequence};
        } else {
            c.limit = std::min(c.limit, sequence);
        }
    }
    return c;
}

inline std::string_view subscription::merge(merge_buffer& merged) {
    merged.bytes.clear();
    merged.runs.clear();
    merged.starts.clear();
    std::string_view only;
    while (merged.bytes.size() < block_size) {
        const std::string_view run = take_run(merged);
        if (run.empty()) break;
        if (merged.runs.size() == 1) {
            only = run;
            if (run.size() >= block_size) break;
            continue;
        }
        if (merged.runs.size() == 2) merged.bytes.assign(only);
        merged.bytes.append(run);
    }
    for (std::size_t i = merged.runs.size(); i-- > 0;) {
        sources_[merged.runs[i].source].place.at = merged.starts[i];
    }
    return merged.runs.size() == 1 ? only : std::string_view(merged.bytes);
}

/// Looks ahead over one run: successive events of one source that no other comes in between.
inline std::string_view subscription::take_run(merge_buffer& merged) {
    const bool first = merged.runs.empty();
    choice c = choose();
    if (first && mid_ != none) c = {mid_, 0, 0};
    if (c.source == none) return {};
    const topic_view& view = sources_[c.source].topic->view;
    cursor& at = sources_[c.source].place.at;
    std::string_view run = view.slice(at);
    if (c.limit == 0) {
        run = view.event(at);
    } else if (c.limit != UINT64_MAX) {
        const cursor end = view.after(c.limit - 1);
        run = run.substr(0, end.offset - at.offset);
    }
    merged.starts.push_back(at);
    view.advance(at, run.size());
    merged.runs.push_back({c.source, run.size()});
    return run;
}

} // namespace sse::detail
