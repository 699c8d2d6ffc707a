// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/followed_topic.hpp>
#include <sse/hub/resume.hpp>
#include <sse/hub/wire_event.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::detail {

/// The bytes of several topics, joined for one send, and whose they are. One for all streams of a
/// thread: it is filled and used up in one go.
struct merge_buffer {
    struct run {
        std::size_t source;
        std::size_t bytes;
    };
    std::string bytes;
    std::vector<run> runs;
    std::vector<cursor> starts; ///< where the runs begin
};

/// What one stream gets: a cursor in each of its topics, and the few bytes that are its own. It
/// decides what goes out next and does no I/O: `next` tells the bytes, `commit` how many of them
/// went.
///
/// Events of several topics come in the order of their numbers. Bytes of the stream's own
/// (heartbeats, gap events) go out at the border of an event only.
class subscription {
public:
    /// `chunked` tells whether the chunk envelopes go out too.
    explicit subscription(bool chunked = true) : chunked_(chunked) {}
    subscription(const subscription&) = delete;
    subscription& operator=(const subscription&) = delete;
    ~subscription() { unfollow(); }

    /// Adds a topic, from `at` on; not one that it has already.
    void follow(followed_topic& topic, cursor at) {
        sources_.push_back({&topic, at, topic.readers.size()});
        topic.readers.push_back({this, sources_.size() - 1});
    }

    /// Leaves all topics: what is left to send is what is the stream's own.
    void unfollow() noexcept {
        for (const source& s : sources_)
            remove_slot(*s.topic, s.slot);
        sources_.clear();
        mid_ = none;
    }

    [[nodiscard]] bool follows(std::string_view topic) const noexcept {
        return std::any_of(sources_.begin(), sources_.end(),
                           [&](const source& s) { return s.topic->name == topic; });
    }

    /// Chooses the framing, before anything is sent or appended.
    void use_chunks(bool chunked) noexcept { chunked_ = chunked; }

    /// Bytes of the stream's own, as they are: a response head, or a finished frame.
    void append_raw(std::string_view bytes) { pending().append(bytes); }

    /// An event or other block of the stream's own.
    void append(std::string_view block) {
        std::string& out = pending();
        if (chunked_) put_chunk_size(out, block.size());
        out.append(block);
        if (chunked_) out.append("\r\n");
    }

    /// What to send next; empty when the stream has everything. Valid until views or the stream
    /// change.
    [[nodiscard]] std::string_view next(merge_buffer& merged) {
        if (mid_ != none && wants_border()) return rest_of_event();
        if (!pending_ && !chunked_) take_plain();
        if (pending_) return std::string_view(*pending_).substr(pending_sent_);
        if (sources_.size() == 1) return sources_[0].topic->view.slice(sources_[0].at);
        return merge(merged);
    }

    /// Tells that `bytes` of what `next` returned are gone; `merged` must be as `next` left it.
    /// Returns how many events that completed.
    std::uint64_t commit(std::size_t bytes, const merge_buffer& merged) {
        if (pending_ && mid_ == none) {
            pending_sent_ += bytes;
            if (pending_sent_ == pending_->size()) {
                pending_.reset();
                pending_sent_ = 0;
            }
            return std::exchange(taken_, 0);
        }
        if (mid_ != none && wants_border()) return advance(mid_, bytes);
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

    /// Whether a topic's history no longer has what the stream would need next.
    [[nodiscard]] bool lost() const noexcept {
        return std::any_of(sources_.begin(), sources_.end(),
                           [](const source& s) { return s.topic->view.lost(s.at); });
    }

    /// Moves lost cursors to the oldest event there is; to be called before the views release what
    /// they dropped. The stream then owes its reader a gap event. False if it cannot go on, since
    /// it is in the middle of an event of which more than `max_rest` bytes are still to be sent.
    [[nodiscard]] bool skip_lost(std::size_t max_rest) {
        for (std::size_t i = 0; i < sources_.size(); ++i) {
            source& s = sources_[i];
            if (!s.topic->view.lost(s.at)) continue;
            if (mid_ == i) {
                const std::string_view rest = s.topic->view.event(s.at);
                if (rest.size() > max_rest) return false;
                pending().insert(0, rest);
                mid_ = none;
                ++s.at.ordinal;
            }
            missed_ += s.topic->view.begin().ordinal - s.at.ordinal;
            s.at = s.topic->view.begin();
        }
        return true;
    }

    /// How many events a gap event is owed for, which has to be appended before `next` is called
    /// again; 0 where none is, or not yet since an event is under way.
    [[nodiscard]] std::uint64_t take_missed() noexcept {
        return at_border() ? std::exchange(missed_, 0) : 0;
    }

    /// Whether the stream has everything up to the end of its topics.
    [[nodiscard]] bool caught_up() const noexcept {
        return !pending_ && std::all_of(sources_.begin(), sources_.end(), [](const source& s) {
            return s.at == s.topic->view.end();
        });
    }

    /// Whether the last byte sent ended an event, so that a block of the stream's own may follow.
    [[nodiscard]] bool at_border() const noexcept { return mid_ == none && pending_sent_ == 0; }

    /// The number up to which the stream has all events of its topics; `horizon` where it has all.
    [[nodiscard]] std::uint64_t position(std::uint64_t horizon) const noexcept {
        std::uint64_t lowest = horizon + 1;
        for (const source& s : sources_) {
            if (s.at != s.topic->view.end())
                lowest = std::min(lowest, s.topic->view.sequence(s.at));
        }
        return lowest - 1;
    }

    [[nodiscard]] bool chunked() const noexcept { return chunked_; }
    [[nodiscard]] bool has_pending() const noexcept { return pending_ != nullptr; }

private:
    struct source {
        followed_topic* topic;
        cursor at;
        std::size_t slot; ///< among the topic's readers
    };

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    static constexpr std::size_t block_size = std::size_t{16} << 10;

    /// Whether something is to go out as soon as the event under way is complete.
    [[nodiscard]] bool wants_border() const noexcept { return pending_ || missed_ != 0; }

    std::string& pending() {
        if (!pending_) pending_ = std::make_unique<std::string>();
        return *pending_;
    }

    static void remove_slot(followed_topic& topic, std::size_t slot) noexcept {
        topic.readers[slot] = topic.readers.back();
        topic.readers.pop_back();
        if (slot == topic.readers.size()) return;
        const followed_topic::slot& moved = topic.readers[slot];
        moved.reader->sources_[moved.source].slot = slot;
    }

    std::uint64_t advance(std::size_t i, std::size_t bytes) noexcept {
        source& s = sources_[i];
        const std::uint64_t events = s.topic->view.advance(s.at, bytes);
        mid_ = s.topic->view.at_border(s.at) ? none : i;
        return events;
    }

    [[nodiscard]] std::string_view rest_of_event() const noexcept {
        return sources_[mid_].topic->view.event(sources_[mid_].at);
    }

    struct choice {
        std::size_t source = none;
        std::uint64_t sequence = UINT64_MAX; ///< of its next event
        std::uint64_t limit = UINT64_MAX;    ///< of the next event of any other source
    };

    /// The source with the lowest number next.
    [[nodiscard]] choice choose() const noexcept {
        choice c;
        for (std::size_t i = 0; i < sources_.size(); ++i) {
            const source& s = sources_[i];
            if (s.at == s.topic->view.end()) continue;
            const std::uint64_t sequence = s.topic->view.sequence(s.at);
            if (sequence < c.sequence) {
                c = {i, sequence, c.sequence};
            } else {
                c.limit = std::min(c.limit, sequence);
            }
        }
        return c;
    }

    /// Without envelopes, for those who cannot take chunks. They are taken off event by event into
    /// the stream's own bytes: the rare path.
    void take_plain() {
        for (choice c = choose(); c.source != none; c = choose()) {
            source& s = sources_[c.source];
            const std::string_view event = s.topic->view.event(s.at);
            pending().append(wire_event::inner(event));
            taken_ += advance(c.source, event.size());
            if (pending_->size() >= block_size) break;
        }
    }

    std::string_view merge(merge_buffer& merged) {
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
            sources_[merged.runs[i].source].at = merged.starts[i];
        }
        return merged.runs.size() == 1 ? only : std::string_view(merged.bytes);
    }

    /// Looks ahead over one run: successive events of one source that no other comes in between.
    std::string_view take_run(merge_buffer& merged) {
        const bool first = merged.runs.empty();
        choice c = choose();
        if (first && mid_ != none) c = {mid_, 0, 0};
        if (c.source == none) return {};
        source& s = sources_[c.source];
        std::string_view run = s.topic->view.slice(s.at);
        if (c.limit == 0) {
            run = s.topic->view.event(s.at);
        } else if (c.limit != UINT64_MAX) {
            const cursor end = s.topic->view.after(c.limit - 1);
            run = run.substr(0, end.offset - s.at.offset);
        }
        merged.starts.push_back(s.at);
        s.topic->view.advance(s.at, run.size());
        merged.runs.push_back({c.source, run.size()});
        return run;
    }

    std::vector<source> sources_;
    std::unique_ptr<std::string> pending_; // the stream's own bytes
    std::size_t pending_sent_ = 0;
    std::uint64_t missed_ = 0; // events left out and not yet told of
    std::uint64_t taken_ = 0;  // events among the pending bytes
    std::size_t mid_ = none;   // the source in the middle of whose event the stream is
    bool chunked_;
};

} // namespace sse::detail
