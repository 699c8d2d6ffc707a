// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/subscription.hpp>
#include <sse/text/limits.hpp>

#include <algorithm>
#include <utility>

namespace sse::detail {

inline std::size_t followed_topic::add_reader(slot reader) {
    readers.push_back(reader);
    reader_count.store(readers.size(), std::memory_order_relaxed);
    return readers.size() - 1;
}

inline void followed_topic::remove_reader(std::size_t index) noexcept {
    readers[index] = readers.back();
    readers.pop_back();
    reader_count.store(readers.size(), std::memory_order_relaxed);
    if (index < readers.size()) readers[index].reader->moved(readers[index].source, index);
    if (unused_ == nullptr || !readers.empty() || is_unused) return;
    is_unused = true;
    unused_->push_back(this);
}

inline void followed_topic::look(bool keep) {
    log->snapshot(view, keep);
    for (const slot& s : readers)
        if (s.lists) s.reader->list(s.source);
    looks_at = {view.last(), readers.data(),
                readers.empty() ? nullptr : readers.back().reader->place_of(readers.back().source)};
}

inline void subscription::follow(followed_topic& topic, const stream_place& place) {
    const std::size_t source = sources_.size();
    const std::size_t slot =
        topic.add_reader({this, static_cast<std::uint32_t>(source), source != 0});
    sources_.push_back({&topic, place, static_cast<std::uint32_t>(slot)});
    if (source == 1) sources_[0].topic->readers[sources_[0].slot].lists = true;
    if (sources_[source].is_behind()) ++behind_;
    if (place.at == topic.view.end()) return;
    topic.had = std::min(topic.had, place.at.offset);
    topic.waits = true;
}

inline bool subscription::unfollow(std::string_view topic) {
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        if (sources_[i].topic->name != topic) continue;
        leave(i);
        return true;
    }
    return false;
}

inline void subscription::leave(std::size_t source) {
    if (mid_ == source) finish_event();
    if (sources_[source].is_behind()) --behind_;
    sources_[source].topic->remove_reader(sources_[source].slot);
    sources_.erase(source);
    if (source == sources_.size()) return;
    const stream_source& moved = sources_[source];
    moved.topic->readers[moved.slot].source = static_cast<std::uint32_t>(source);
    if (mid_ == sources_.size()) mid_ = static_cast<std::uint32_t>(source);
}

inline void subscription::unfollow() noexcept {
    for (const stream_source& s : sources_)
        s.topic->remove_reader(s.slot);
    sources_.clear();
    mid_ = none;
    behind_ = 0;
}

inline void subscription::append(std::string_view block) {
    std::string& out = pending();
    if (chunked_) put_chunk_line(out, block.size());
    out.append(block);
    if (chunked_) out.append("\r\n");
}

inline bool subscription::append_behind(std::uint64_t position, std::string block,
                                        std::size_t limit) {
    stream_extras& x = make_extras();
    if (exceeds(x.block_bytes + block.size(), limit)) return false;
    x.block_bytes += block.size();
    x.blocks.push_back({position, std::move(block)});
    return true;
}

inline std::string_view subscription::next(merge_buffer& merged) {
    if (mid_ != none && (wants_border() || copies())) return rest_of_event();
    sources_.forget_ended();
    if (!pending_ && copies()) copy(merged.order);
    if (pending_) {
        if (pending_->sent == 0 && !copies() && missed_ == 0) join(merged.order);
        return std::string_view(pending_->bytes).substr(pending_->sent);
    }
    if (copies() || (missed_ != 0 && mid_ == none)) return {};
    if (sources_.size() == 1) {
        const stream_source& s = sources_[0];
        const topic_view& view = s.topic->view;
        const std::string_view run = view.slice(s.place.at);
        const bool is_last = s.place.at.offset + run.size() == view.end().offset;
        // a small rest of a segment goes out with what follows: a copy costs less than a send
        return is_last || run.size() >= block_size ? run
                                                   : merged.join(view, s.place.at, block_size);
    }
    return merge(merged);
}

inline std::uint64_t subscription::commit(std::size_t bytes, const merge_buffer& merged) {
    if (pending_ && mid_ == none) {
        pending_->sent += bytes;
        if (pending_->sent != pending_->bytes.size()) return 0;
        return std::exchange(pending_, nullptr)->events;
    }
    if (mid_ != none && (wants_border() || copies())) return advance(mid_, bytes);
    if (sources_.size() == 1) return advance(0, bytes);
    std::uint64_t events = 0;
    for (const merge_buffer::run& r : merged.runs()) {
        const std::size_t part = std::min(bytes, r.bytes);
        if (part == 0) break;
        events += advance(r.source, part);
        bytes -= part;
    }
    return events;
}

inline std::uint64_t subscription::advance(std::size_t i, std::size_t bytes) noexcept {
    stream_source& s = sources_[i];
    const std::uint64_t events = s.topic->view.advance(s.place.at, bytes);
    mid_ = s.topic->view.at_border(s.place.at) ? none : static_cast<std::uint32_t>(i);
    return events;
}

/// Copies the rest of the event under way, ahead of the stream's own bytes.
inline void subscription::finish_event() {
    stream_source& s = sources_[mid_];
    const std::string_view rest = rest_of_event();
    pending().insert(0, rest);
    s.place.at = {s.place.at.ordinal + 1, s.place.at.offset + rest.size()};
    ++pending_->events;
    mid_ = none;
}

inline void subscription::miss(std::uint64_t events) noexcept {
    missed_ = missed_ == unknown || events == unknown ? unknown : missed_ + events;
}

inline gap subscription::take_gap() noexcept {
    if (!at_border() || missed_ == 0) return {};
    const std::uint64_t missed = std::exchange(missed_, 0);
    if (missed == unknown) return {gap_reason::lagged, std::nullopt};
    return {gap_reason::lagged, missed};
}

inline bool subscription::skip_lost(std::size_t max_rest, bool conflate) {
    if (mid_ != none && lost(mid_) && rest_of_event().size() > max_rest) return false;
    sources_.for_each_listed([&](std::size_t i) {
        if (lost(i)) skip_lost_of(i, conflate);
    });
    return true;
}

inline void subscription::skip_lost_of(std::size_t source, bool conflate) {
    stream_source& s = sources_[source];
    const topic_view& view = s.topic->view;
    const std::uint64_t position =
        mid_ == source ? view.sequence(s.place.at) : view.position(s.place.at);
    if (mid_ == source) finish_event();
    const std::uint64_t from = s.place.at.ordinal;
    const std::uint64_t to = view.begin().ordinal;
    s.place.at = view.begin();
    if (!conflate && !s.is_behind()) return miss(to - from);
    miss(view.keyless_before(to) - view.keyless_before(from));
    if (s.is_behind()) return;
    s.place.behind = position;
    ++behind_;
}

} // namespace sse::detail
