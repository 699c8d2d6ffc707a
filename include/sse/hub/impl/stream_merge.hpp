// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/subscription.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

// How a stream joins the events of several topics, as they lie in the logs.

namespace sse::detail {

/// Puts those that have more in the order of their next events. Under the store's lock where some
/// are behind.
inline void subscription::order_sources(event_order& order) {
    order.clear();
    sources_.for_each_listed([&](std::size_t i) { order.add({next_number(i), i}); });
}

inline std::string_view subscription::merge(merge_buffer& merged) {
    merged.clear();
    if (mid_ != none) look_ahead(merged, mid_, rest_of_event());
    order_sources(merged.order);
    while (merged.text().size() < block_size && !merged.order.empty()) {
        const std::size_t i = merged.order.source();
        look_ahead(merged, i, run_before(i, merged.order.limit()));
        merged.order.advance(next_number(i));
    }
    const auto& runs = merged.runs();
    for (auto r = runs.rbegin(); r != runs.rend(); ++r)
        sources_[r->source].place.at = r->start;
    return merged.text();
}

/// Joins `run`, which is next in a topic, and goes on behind it.
inline void subscription::look_ahead(merge_buffer& merged, std::size_t source,
                                     std::string_view run) {
    stream_source& s = sources_[source];
    merged.add(source, s.place.at, run);
    s.topic->view.advance(s.place.at, run.size());
}

/// Successive events of a topic, up to the one that is not before number `limit`.
inline std::string_view subscription::run_before(std::size_t source,
                                                 std::uint64_t limit) const noexcept {
    const stream_source& s = sources_[source];
    const std::string_view run = s.topic->view.slice(s.place.at);
    if (limit == event_order::none) return run;
    const cursor end = s.topic->view.after(limit - 1);
    return run.substr(0, end.offset - s.place.at.offset);
}

} // namespace sse::detail
