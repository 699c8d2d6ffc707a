// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/subscription.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

// How a stream takes events one by one: to filter them, to put others in between, to take off their
// envelopes, or to get values in place of what was evicted.

namespace sse::detail {

/// The number of a topic's next event; `event_order::none` where it has no more. One that is behind
/// and has got its values goes on in the log.
inline std::uint64_t subscription::next_number(std::size_t source) noexcept {
    stream_source& s = sources_[source];
    if (s.is_behind()) {
        if (s.misses_value()) {
            const auto [dropped, ordinal] = s.topic->log->values->last_dropped();
            miss(unknown);
            if (ordinal < s.place.at.ordinal) s.place.behind = dropped;
        }
        if (const auto* value = s.next_value()) return value->first;
        s.place.behind = stream_place::in_log;
        --behind_;
    }
    return s.at_end() ? event_order::none : s.next();
}

/// Takes events one by one into the stream's own bytes: the rare path.
inline void subscription::copy(event_order& order) {
    order_sources(order);
    // a gap event goes first
    while (missed_ == 0 && copies() && (!pending_ || pending_->bytes.size() < block_size)) {
        if (copy_private(order.sequence())) continue;
        if (order.empty()) return;
        const std::size_t i = order.source();
        copy_event(sources_[i]);
        order.advance(next_number(i));
    }
}

/// Puts events behind the stream's own bytes, so that they go out with them: a head and the first
/// event, or a heartbeat and what came meanwhile.
inline void subscription::join(event_order& order) {
    order_sources(order);
    while (!order.empty()) {
        const std::size_t i = order.source();
        const std::size_t size = sources_[i].topic->view.event(sources_[i].place.at).size();
        if (pending_->bytes.size() + size > joined_size) return;
        copy_event(sources_[i]);
        order.advance(next_number(i));
    }
}

inline bool subscription::copy_private(std::uint64_t next) {
    if (!has_private() || extras_->blocks.front().position >= next) return false;
    const std::string block = std::move(extras_->blocks.front().bytes);
    extras_->blocks.pop_front();
    extras_->block_bytes -= block.size();
    append(block);
    return true;
}

inline void subscription::copy_event(stream_source& s) {
    std::string_view bytes;
    if (s.is_behind()) {
        const auto& [sequence, value] = *s.next_value();
        bytes = s.bytes_of(value);
        s.place.behind = sequence;
    } else {
        bytes = s.topic->view.event(s.place.at);
        s.place.at = {s.place.at.ordinal + 1, s.place.at.offset + bytes.size()};
    }
    const std::string_view inner = wire_event::inner(bytes);
    if (extras_ && extras_->filter) {
        if (!extras_->filter(outline_of(s.topic->name, inner))) {
            ++extras_->left_out;
            return;
        }
        extras_->left_out = 0; // its id tells the reader where it is
    }
    pending().append(chunked_ ? bytes : inner);
    ++pending_->events;
}

} // namespace sse::detail
