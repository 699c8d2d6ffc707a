// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/followed_topic.hpp>
#include <sse/hub/merge_buffer.hpp>
#include <sse/hub/resume.hpp>
#include <sse/hub/stream_extras.hpp>
#include <sse/hub/stream_sources.hpp>
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

/// What one stream gets: a place in each of its topics, and the few bytes that are its own. It
/// decides what goes out next and does no I/O: `next` tells the bytes, `commit` how many of them
/// went.
///
/// Events of several topics come in the order of their numbers. Bytes of the stream's own
/// (heartbeats, gap events, private events) go out at the border of an event only.
class subscription {
public:
    /// `chunked` tells whether the chunk envelopes go out too.
    explicit subscription(bool chunked = true) : chunked_(chunked) {}
    subscription(const subscription&) = delete;
    subscription& operator=(const subscription&) = delete;
    ~subscription() { unfollow(); }

    /// Adds a topic, from `place` on; not one that it has already.
    void follow(followed_topic& topic, const stream_place& place);
    /// Leaves a topic; an event of it that is under way is finished. False if it has no such topic.
    bool unfollow(std::string_view topic);
    /// Leaves all topics whose name `which` is true for.
    template <class Predicate>
    void unfollow_if(Predicate&& which) {
        for (std::size_t i = sources_.size(); i-- > 0;)
            if (which(sources_[i].topic->name)) leave(i);
    }
    /// Leaves all topics: what is left to send is what is the stream's own.
    void unfollow() noexcept;

    [[nodiscard]] bool follows(std::string_view topic) const noexcept {
        return std::any_of(sources_.begin(), sources_.end(),
                           [&](const stream_source& s) { return s.topic->name == topic; });
    }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const stream_source& s : sources_)
            all.push_back(s.topic->name);
        return all;
    }
    /// Its topics, in the order of their addresses.
    [[nodiscard]] std::vector<const followed_topic*> topics() const {
        std::vector<const followed_topic*> all;
        for (const stream_source& s : sources_)
            all.push_back(s.topic);
        std::sort(all.begin(), all.end());
        return all;
    }

    /// Chooses the framing, before anything is sent or appended.
    void use_chunks(bool chunked) noexcept { chunked_ = chunked; }

    /// Bytes of the stream's own, as they are: a response head, or a finished frame.
    void append_raw(std::string_view bytes) { pending().append(bytes); }
    /// Takes back the stream's own bytes.
    [[nodiscard]] std::string take_own() {
        const auto own = std::exchange(pending_, nullptr);
        return own ? std::move(own->bytes) : std::string();
    }

    /// An event or other block of the stream's own.
    void append(std::string_view block);

    /// An event of the stream's own that goes out behind all events up to `position`. False if
    /// `limit` bytes of such do not take it.
    [[nodiscard]] bool append_behind(std::uint64_t position, std::string block, std::size_t limit);

    /// What to send next; empty when the stream has everything, or owes a gap event. Valid until
    /// views or the stream change. Under the store's lock while `is_behind`.
    [[nodiscard]] std::string_view next(merge_buffer& merged);

    /// Tells that `bytes` of what `next` returned are gone; `merged` must be as `next` left it.
    /// Returns how many events that completed.
    std::uint64_t commit(std::size_t bytes, const merge_buffer& merged);

    /// Whether the history of one of its topics no longer has what the stream needs of it.
    [[nodiscard]] bool lost(std::size_t source) const noexcept {
        return sources_[source].topic->view.lost(sources_[source].place.at);
    }
    [[nodiscard]] bool lost() const noexcept {
        bool any = false;
        sources_.for_each_listed([&](std::size_t i) { any = any || lost(i); });
        return any;
    }
    /// Whether one of its topics has more for the stream.
    [[nodiscard]] bool has_more(std::size_t source) const noexcept {
        return !sources_[source].at_end();
    }

    /// Moves lost places to the oldest event there is; to be called before the views release what
    /// they dropped. The stream then owes its reader a gap event, or, with `conflate`, only where
    /// no newest values stand for what is missing. False if it cannot go on, since it is in the
    /// middle of an event of which more than `max_rest` bytes are still to be sent.
    [[nodiscard]] bool skip_lost(std::size_t max_rest, bool conflate = false);

    /// The gap that the stream owes its reader an event of, which has to be appended before `next`
    /// is called again; none where it owes nothing, or not yet since an event is under way.
    [[nodiscard]] gap take_gap() noexcept;
    [[nodiscard]] bool owes_gap() const noexcept { return missed_ != 0; }

    /// Whether some of what comes next are values that stand for what was evicted.
    [[nodiscard]] bool is_behind() const noexcept { return behind_ != 0; }

    /// Whether the stream has everything up to the end of its topics.
    [[nodiscard]] bool caught_up() const noexcept {
        bool all = !pending_ && !has_private();
        sources_.for_each_listed([&](std::size_t i) { all = all && sources_[i].at_end(); });
        return all;
    }

    /// Whether the last byte sent ended an event, so that a block of the stream's own may follow.
    [[nodiscard]] bool at_border() const noexcept {
        return mid_ == none && (!pending_ || pending_->sent == 0);
    }

    /// The number up to which the stream has all events of its topics; `horizon` where it has all.
    [[nodiscard]] std::uint64_t position(std::uint64_t horizon) const noexcept {
        std::uint64_t position = horizon;
        sources_.for_each_listed([&](std::size_t i) {
            const stream_source& s = sources_[i];
            if (s.is_behind())
                position = std::min(position, s.place.behind);
            else if (!s.at_end())
                position = std::min(position, s.next() - 1);
        });
        return position;
    }

    /// For its topics: it has another slot among the readers of one.
    void moved(std::size_t source, std::size_t slot) noexcept {
        sources_[source].slot = static_cast<std::uint32_t>(slot);
    }
    /// For its topics: where it keeps its place in one, to be fetched.
    [[nodiscard]] const void* place_of(std::size_t source) const noexcept {
        return &sources_[source];
    }
    /// For its topics: one may have more.
    void list(std::size_t source) { sources_.list(source); }

    [[nodiscard]] bool chunked() const noexcept { return chunked_; }
    [[nodiscard]] bool has_pending() const noexcept { return pending_ != nullptr; }

    /// What only some streams have: null until it is made.
    [[nodiscard]] stream_extras* extras() const noexcept { return extras_.get(); }
    stream_extras& make_extras() {
        if (!extras_) extras_ = std::make_unique<stream_extras>();
        return *extras_;
    }

private:
    /// What goes out ahead of anything else.
    struct own_bytes {
        std::string bytes{};
        std::size_t sent = 0;
        std::uint64_t events = 0; ///< among them
    };

    static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);
    static constexpr std::size_t block_size = std::size_t{16} << 10;
    /// Up to so much goes out in one block with what is the stream's own.
    static constexpr std::size_t joined_size = std::size_t{4} << 10;
    static constexpr std::uint64_t unknown = static_cast<std::uint64_t>(-1);

    [[nodiscard]] bool has_private() const noexcept { return extras_ && !extras_->blocks.empty(); }
    /// Whether something is to go out as soon as the event under way is complete.
    [[nodiscard]] bool wants_border() const noexcept {
        return pending_ || missed_ != 0 || behind_ != 0;
    }
    /// Whether events have to be looked at one by one, rather than sent where they lie.
    [[nodiscard]] bool copies() const noexcept {
        return !chunked_ || behind_ != 0 ||
               (extras_ && (extras_->filter || !extras_->blocks.empty()));
    }

    std::string& pending() {
        if (!pending_) pending_ = std::make_unique<own_bytes>();
        return pending_->bytes;
    }
    std::uint64_t advance(std::size_t i, std::size_t bytes) noexcept;
    [[nodiscard]] std::string_view rest_of_event() const noexcept {
        return sources_[mid_].topic->view.event(sources_[mid_].place.at);
    }
    void finish_event();
    void miss(std::uint64_t events) noexcept;
    void skip_lost_of(std::size_t source, bool conflate);

    void leave(std::size_t source);
    void order_sources(event_order& order);
    [[nodiscard]] std::uint64_t next_number(std::size_t source) noexcept;
    void copy(event_order& order);
    void join(event_order& order);
    void copy_event(stream_source& s);
    [[nodiscard]] bool copy_private(std::uint64_t next);
    std::string_view merge(merge_buffer& merged);
    void look_ahead(merge_buffer& merged, std::size_t source, std::string_view run);
    [[nodiscard]] std::string_view run_before(std::size_t source,
                                              std::uint64_t limit) const noexcept;

    stream_sources sources_;
    std::unique_ptr<own_bytes> pending_;
    std::unique_ptr<stream_extras> extras_;
    std::uint64_t missed_ = 0; // events left out and not yet told of
    std::uint32_t mid_ = none; // the source in the middle of whose event the stream is
    std::uint32_t behind_ = 0; // sources that are
    bool chunked_;
};

} // namespace sse::detail

#include <sse/hub/impl/stream_copy.hpp>
#include <sse/hub/impl/stream_merge.hpp>
#include <sse/hub/impl/subscription.hpp>
