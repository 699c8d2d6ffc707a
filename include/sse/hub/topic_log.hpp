// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/kept_segments.hpp>
#include <sse/hub/log_reader.hpp>
#include <sse/hub/newest_values.hpp>
#include <sse/hub/segment.hpp>
#include <sse/hub/topic_view.hpp>
#include <sse/net/prefetch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sse::detail {

/// The log of one topic: an append-only run of events, of which the oldest are evicted. It begins
/// with a line of the cache that says where the next event goes and who reads it.
///
/// Thread safety: none, all access is under the lock of the store it belongs to.
class alignas(64) topic_log {
    std::string name_;
    segment* last_ = nullptr;          // of segments_
    const void* next_bytes_ = nullptr; // where the next event's go, if it fits
    const void* next_entry_ = nullptr;

public:
    log_readers readers;

    explicit topic_log(std::string name) : name_(std::move(name)) {}

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] std::uint64_t begin_ordinal() const noexcept { return begin_; } ///< first kept
    [[nodiscard]] std::uint64_t end_ordinal() const noexcept { return end_.ordinal; }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_.ordinal; }

    struct event {
        std::uint64_t sequence;
        std::uint32_t key;
        std::string_view bytes;
    };
    /// The oldest event; not where there is none.
    [[nodiscard]] event oldest() const noexcept {
        const segment& s = *segments_[dead_];
        const std::size_t i = begin_ - s.ordinal();
        return {s.sequence(i), s.entry(i).key, s.event(i)};
    }
    [[nodiscard]] std::uint64_t oldest_sequence() const noexcept {
        const segment& s = *segments_[dead_];
        return s.sequence(begin_ - s.ordinal());
    }
    /// The bytes of an event that was not evicted.
    [[nodiscard]] std::string_view bytes_of(std::uint64_t ordinal) const noexcept {
        const auto s = std::partition_point(segments_.begin(), segments_.end(), [&](const auto& k) {
            return k->ordinal() + k->count() <= ordinal;
        });
        return (*s)->event(ordinal - (*s)->ordinal());
    }

    /// Fetches what it takes to append to the log while the event is measured.
    void prefetch_end() const noexcept {
        prefetch(last_, sizeof *last_);
        prefetch(next_bytes_, 128);
        prefetch(next_entry_, 1);
        prefetch(this, sizeof *this);
        readers.prefetch_first();
    }

    /// The segment to append an event of `size` bytes to.
    segment& reserve(std::size_t size, std::uint64_t sequence, std::uint64_t time,
                     std::size_t max_capacity, kept_segments& all) {
        if (last_ != nullptr && last_->fits(size, sequence, time)) {
            all.grew(*last_);
            dead_ = std::min(dead_, segments_.size() - 1);
            return *last_;
        }
        segments_.push_back(segment::make({end_.offset, end_.ordinal, keyless_, sequence, time},
                                          next_capacity(segment::room_for(size), max_capacity)));
        last_ = segments_.back().get();
        all.add(*last_, *this);
        return *last_;
    }

    /// Tells that an event of `size` bytes was appended.
    void appended(std::size_t size, std::uint32_t key) noexcept {
        next_bytes_ = last_->next_bytes();
        next_entry_ = last_->next_entry();
        if (key == 0) ++keyless_;
        ++end_.ordinal;
        end_.offset += size;
    }

    /// Evicts the oldest event, and lets go of the segments in front that hold none any more, but
    /// for the last `live` bytes of those that some reader may still need. Returns the memory that
    /// this gave back.
    std::size_t evict(kept_segments& all, std::size_t live) {
        const segment& oldest = *segments_[dead_];
        if (++begin_ == oldest.ordinal() + oldest.count()) ++dead_;
        std::size_t freed = 0;
        while (dead_ != 0) {
            const std::uint64_t end = segments_.front()->end();
            if (end_.offset - end < live && end > needed_from()) break;
            freed += drop_front(all);
        }
        return freed;
    }

    /// Whether nothing is known of single events that has to be looked at when they are evicted.
    [[nodiscard]] bool is_plain() const noexcept { return own_ids.empty() && !values; }

    /// Evicts all of the first segment and lets go of it, without a look at its events; for a
    /// plain log. Returns its memory.
    std::size_t evict_front(kept_segments& all) noexcept {
        const segment& oldest = *segments_.front();
        const std::uint64_t end = oldest.ordinal() + oldest.count();
        if (begin_ < end) {
            lost_ += end - begin_;
            if (oldest.dense_from() > last_lost_ + 1) dense_from_ = oldest.dense_from();
            last_lost_ = oldest.last();
            begin_ = end;
            ++dead_;
        }
        return drop_front(all);
    }

    /// Tells that an event is not to be had any more, and that nothing stands for it.
    void lose(std::uint64_t sequence) noexcept {
        ++lost_;
        if (sequence < last_lost_) { // a value that was kept for longer
            dense_from_ = last_lost_ + 1;
            return;
        }
        if (sequence != last_lost_ + 1) dense_from_ = sequence;
        last_lost_ = sequence;
    }

    /// Takes over what is known of an earlier log of the topic: what was lost up to `sequence`.
    void continue_after(std::uint64_t sequence) noexcept {
        last_lost_ = sequence;
        dense_from_ = sequence + 1;
        continued_ = true;
    }
    [[nodiscard]] std::uint64_t last_lost() const noexcept { return last_lost_; }

    /// Lets go of the first segment, all events of which must have been evicted. Returns its
    /// memory.
    std::size_t drop_front(kept_segments& all) {
        const segment& front = *segments_.front();
        const std::size_t freed = front.footprint();
        front_ = {front.ordinal() + front.count(), front.end()};
        all.erase(*segments_.front());
        segments_.erase(segments_.begin());
        if (segments_.empty()) last_ = nullptr;
        --dead_;
        return freed;
    }

    [[nodiscard]] const segment* front() const noexcept {
        return segments_.empty() ? nullptr : segments_.front().get();
    }

    [[nodiscard]] std::uint64_t oldest_time() const noexcept {
        const segment& oldest = *segments_[dead_];
        return oldest.time(begin_ - oldest.ordinal());
    }

    /// Whether an event beyond `sequence` was lost: a reader that stands there has a gap.
    [[nodiscard]] bool lost_after(std::uint64_t sequence) const noexcept {
        return last_lost_ > sequence;
    }

    /// How many events beyond `sequence` were lost, if that is known.
    [[nodiscard]] std::optional<std::uint64_t>
    count_lost_after(std::uint64_t sequence) const noexcept {
        if (!lost_after(sequence)) return 0;
        if (sequence == 0 && !continued_) return lost_;
        if (sequence + 1 >= dense_from_) return last_lost_ - sequence;
        return std::nullopt;
    }

    /// Brings `view` up to date. With `keep`, what was evicted since stays in it where nothing
    /// between it and what is kept is missing.
    void snapshot(topic_view& view, bool keep = false) const {
        if (!keep) view.drop_before(front_.ordinal);
        auto next = segments_.begin();
        if (topic_view::piece* last = view.last()) {
            last->size = last->data->size();
            last->count = last->data->count();
            if (last->data.get() == last_) { // nearly always, and no other segment is looked at
                next = segments_.end();
            } else if (last->data->ordinal() + last->count < front_.ordinal) {
                view.drop_before(front_.ordinal);
            } else {
                next = std::partition_point(segments_.begin(), segments_.end(), [&](auto& s) {
                    return s->ordinal() <= last->data->ordinal();
                });
            }
        }
        for (; next != segments_.end(); ++next)
            view.add(*next, (*next)->size(), (*next)->count());
        view.end(end_, keyless_);
    }

    /// By key; null until something was published with one that is to be kept.
    std::unique_ptr<newest_values> values;

    /// Ids of its choice, oldest first, with their numbers.
    std::list<std::pair<std::uint64_t, std::string>> own_ids;

    std::size_t unseen = 0; ///< readers that were told that this log is new and have not looked yet

    /// Its place among the logs of the store, by last use, and when that was.
    std::list<topic_log*>::iterator use;
    std::uint64_t used = 0;

private:
    static constexpr std::size_t min_capacity = 512;

    /// The offset before which nobody needs anything; who has not looked yet may need all of it.
    [[nodiscard]] std::uint64_t needed_from() const noexcept {
        return unseen == 0 ? readers.had_by_all() : 0;
    }

    /// At least `needed`, and half of what the topic holds: one with little in it stays small, and
    /// no segment is so large that most of the history goes with it. For as many events as that is
    /// begun of if all are like this one, since a place that the last of them does not fit in is
    /// memory that holds nothing.
    [[nodiscard]] std::size_t next_capacity(std::size_t needed, std::size_t max) const noexcept {
        const std::uint64_t held = end_.offset - front_.offset;
        const std::size_t wanted = std::clamp<std::size_t>(held / 2, min_capacity, max);
        const std::size_t whole = (wanted + needed - 1) / needed * needed;
        return whole <= max ? whole : std::max(needed, wanted);
    }

    std::vector<std::shared_ptr<segment>> segments_;
    std::size_t dead_ = 0; // of segments_, the first ones: they hold only what was evicted
    std::uint64_t begin_ = 0;
    cursor front_; // where the first of segments_ begins; the end where there is none
    cursor end_;
    std::uint64_t keyless_ = 0;    // events without a key
    std::uint64_t lost_ = 0;       // events
    std::uint64_t last_lost_ = 0;  // number of the newest of them
    std::uint64_t dense_from_ = 0; // from here to last_lost_ all numbers are theirs
    bool continued_ = false;       // there was a log of this topic before
};

} // namespace sse::detail
