// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/subscription.hpp>

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
        if (mid_ + 1 == sources_.size()) mid_ = index;
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
    if (x.block_bytes + block.size() > limit) return false;
    x.block_bytes += block.size();
    x.blocks.push_back({position, std::move(block)});
    return true;
}

inline std::string_view subscription::next(merge_buffer& merged) {
    if (mid_ != none && (wants_border() || copies())) return rest_of_event();
    if (!pending_ && copies()) copy();
    if (pending_) return std::string_view(*pending_).substr(pending_sent_);
    if (copies() || (missed_ != 0 && mid_ == none)) return {};
    if (sources_.size() == 1) return sources_[0].topic->view.slice(sources_[0].place.at);
    return merge(merged);
}

inline std::uint64_t subscription::commit(std::size_t bytes, const merge_buffer& merged) {
    if (pending_ && mid_ == none) {
        pending_sent_ += bytes;
        if (pending_sent_ == pending_->size()) {
            pending_.reset();
            pending_sent_ = 0;
        }
        return std::exchange(taken_, 0);
    }
    if (mid_ != none && (wants_border() || copies())) return advance(mid_, bytes);
    if (sources_.size() == 1) return advance(0, bytes);
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
    mid_ = s.topic->view.at_border(s.place.at) ? none : i;
    return events;
}

/// Copies the rest of the event under way, ahead of the stream's own bytes.
inline void subscription::finish_event() {
    stream_source& s = sources_[mid_];
    const std::string_view rest = rest_of_event();
    pending().insert(0, rest);
    s.place.at = {s.place.at.ordinal + 1, s.place.at.offset + rest.size()};
    ++taken_;
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

/// The same where some are behind. Those that have got their values go on in the log.
inline subscription::choice subscription::choose_with_values() noexcept {
    choice c;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        stream_source& s = sources_[i];
        std::uint64_t sequence = UINT64_MAX;
        if (s.is_behind()) {
            if (s.misses_value()) {
                const auto [dropped, ordinal] = s.topic->log->values->last_dropped();
                miss(unknown);
                if (ordinal < s.place.at.ordinal) s.place.behind = dropped;
            }
            if (const auto* value = s.next_value()) {
                sequence = value->first;
            } else {
                s.place.behind = stream_place::in_log;
                --behind_;
            }
        }
        if (!s.is_behind() && !s.at_end()) sequence = s.next();
        if (sequence < c.sequence) c = {i, sequence, c.sequence};
    }
    return c;
}

/// Takes events one by one into the stream's own bytes: the rare path.
inline void subscription::copy() {
    while (copies() && (!pending_ || pending_->size() < block_size)) {
        const choice c = behind_ != 0 ? choose_with_values() : choose();
        if (missed_ != 0) return; // the gap event goes first
        if (copy_private(c.sequence)) continue;
        if (c.source == none) return;
        copy_event(sources_[c.source]);
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
    ++taken_;
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
