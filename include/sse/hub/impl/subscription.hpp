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

inline void subscription::follow(followed_topic& topic, const stream_place& place) {
    sources_.push_back({&topic, place, topic.add_reader({this, sources_.size()})});
    if (sources_.back().is_behind()) ++behind_;
}

inline bool subscription::unfollow(std::string_view topic) {
    const auto found = std::find_if(sources_.begin(), sources_.end(),
                                    [&](const stream_source& s) { return s.topic->name == topic; });
    if (found == sources_.end()) return false;
    const auto index = static_cast<std::size_t>(found - sources_.begin());
    if (mid_ == index) finish_event();
    if (found->is_behind()) --behind_;
    found->topic->remove_reader(found->slot);
    if (index + 1 != sources_.size()) {
        *found = sources_.back();
        found->topic->readers[found->slot].source = index;
        if (mid_ + 1 == sources_.size()) mid_ = static_cast<std::uint32_t>(index);
    }
    sources_.pop_back();
    return true;
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
    if (chunked_) put_chunk_size(out, block.size());
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
    if (!pending_ && copies()) copy();
    if (pending_) {
        if (pending_->sent == 0 && !copies() && missed_ == 0) join();
        return std::string_view(pending_->bytes).substr(pending_->sent);
    }
    if (copies() || (missed_ != 0 && mid_ == none)) return {};
    if (sources_.size() == 1) {
        const stream_source& s = sources_[0];
        const std::string_view run = s.topic->view.slice(s.place.at);
        const bool is_last = s.place.at.offset + run.size() == s.topic->view.end().offset;
        merged.runs.clear();
        // a small rest of a segment goes out with what follows: a copy costs less than a send
        if (is_last || run.size() >= block_size) return run;
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
    if (merged.runs.empty()) return advance(0, bytes);
    std::uint64_t events = 0;
    for (const merge_buffer::run& r : merged.runs) {
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
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        stream_source& s = sources_[i];
        const topic_view& view = s.topic->view;
        if (!lost(i)) continue;
        std::uint64_t position = 0;
        if (mid_ == i) {
            if (rest_of_event().size() > max_rest) return false;
            position = view.sequence(s.place.at);
            finish_event();
        } else {
            position = view.position(s.place.at);
        }
        const std::uint64_t from = s.place.at.ordinal;
        const std::uint64_t to = view.begin().ordinal;
        s.place.at = view.begin();
        if (!conflate && !s.is_behind()) {
            miss(to - from);
            continue;
        }
        miss(view.keyless_before(to) - view.keyless_before(from));
        if (s.is_behind()) continue;
        s.place.behind = position;
        ++behind_;
    }
    return true;
}

} // namespace sse::detail
