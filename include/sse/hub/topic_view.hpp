// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/segment.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::detail {

/// A place in a topic's log: the event in front of which or within which it lies, and the byte.
struct cursor {
    std::uint64_t ordinal = 0; ///< events of the topic before it
    std::uint64_t offset = 0;  ///< bytes of the topic before it

    friend bool operator==(const cursor&, const cursor&) = default;
};

/// What a reader may see of a topic's log: its segments, each up to the size that it had when the
/// reader last looked under the lock. Needs no lock by itself.
class topic_view {
public:
    struct piece {
        std::shared_ptr<const segment> data;
        std::size_t size;
        std::size_t count;
    };

    [[nodiscard]] cursor begin() const noexcept {
        if (dropped_ == pieces_.size()) return end_;
        return {pieces_[dropped_].data->ordinal(), pieces_[dropped_].data->base()};
    }
    [[nodiscard]] cursor end() const noexcept { return end_; }

    /// Whether events from `at` on are no longer there. Up to the next `release`, the bytes of the
    /// event at `at` still are.
    [[nodiscard]] bool lost(const cursor& at) const noexcept { return at.ordinal < first_; }

    /// Whether `at` lies between two events. Not for a lost one.
    [[nodiscard]] bool at_border(const cursor& at) const noexcept {
        return at.offset == end_.offset || at.offset == event_begin(find(at), at.ordinal);
    }

    /// The number of the event at `at` in the hub's sequence. Not for a lost one or the end.
    [[nodiscard]] std::uint64_t sequence(const cursor& at) const noexcept {
        const piece& p = find(at);
        return p.data->sequence(at.ordinal - p.data->ordinal());
    }

    /// All bytes from `at` on that lie in one block. Not for a lost one.
    [[nodiscard]] std::string_view slice(const cursor& at) const noexcept {
        if (at.offset == end_.offset) return {};
        // nearly all readers stand there, and this looks at nothing else
        if (at.offset >= last_base_)
            return {last_bytes_ + (at.offset - last_base_), end_.offset - at.offset};
        const piece& p = find(at);
        const std::size_t from = at.offset - p.data->base();
        return {p.data->bytes() + from, p.size - from};
    }

    /// The segment that `at` lies in. Not for a lost one or the end.
    [[nodiscard]] const std::shared_ptr<const segment>&
    segment_of(const cursor& at) const noexcept {
        return find(at).data;
    }

    /// The bytes of one event from `at` on.
    [[nodiscard]] std::string_view event(const cursor& at) const noexcept {
        const piece& p = find(at);
        const std::size_t from = at.offset - p.data->base();
        return {p.data->bytes() + from, event_end(p, at.ordinal) - at.offset};
    }

    /// Moves `at` on by `bytes`, at most those up to the end; returns how many events that
    /// completed.
    std::uint64_t advance(cursor& at, std::size_t bytes) const noexcept {
        if (bytes == 0) return 0;
        const std::uint64_t before = at.ordinal;
        at.offset += bytes;
        at.ordinal = at.offset == end_.offset ? end_.ordinal : ordinal_at(find(at), at.offset);
        return at.ordinal - before;
    }

    /// In front of the event with this ordinal, which must be there, or at the end.
    [[nodiscard]] cursor at(std::uint64_t ordinal) const noexcept {
        if (ordinal >= end_.ordinal) return end_;
        const piece& p = *(std::upper_bound(pieces_.begin(), pieces_.end(), ordinal,
                                            [](std::uint64_t n, const piece& q) {
                                                return n < q.data->ordinal();
                                            }) -
                           1);
        return {ordinal, event_begin(p, ordinal)};
    }

    /// In front of the first event there is beyond `sequence`.
    [[nodiscard]] cursor after(std::uint64_t sequence) const noexcept {
        const auto first = pieces_.begin() + static_cast<std::ptrdiff_t>(dropped_);
        const auto p = std::partition_point(first, pieces_.end(), [&](const piece& q) {
            return q.data->sequence(q.count - 1) <= sequence;
        });
        if (p == pieces_.end()) return end_;
        std::size_t low = 0;
        std::size_t high = p->count;
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            if (p->data->sequence(middle) <= sequence)
                low = middle + 1;
            else
                high = middle;
        }
        return {p->data->ordinal() + low, p->data->base() + p->data->entry(low).begin};
    }

    /// Whether readers may have lost something since the last `release`.
    [[nodiscard]] bool has_dropped() const noexcept { return moved_; }

    /// The number up to which a reader at `at`, a border, has all there was, for a lost one as
    /// well.
    [[nodiscard]] std::uint64_t position(const cursor& at) const noexcept {
        const piece* const p = piece_of(at.ordinal);
        if (p == nullptr || at.ordinal == p->data->ordinal() + p->count) return seen_;
        return p->data->sequence(at.ordinal - p->data->ordinal()) - 1;
    }

    /// Events of the topic without a key before the one with this ordinal, for a lost one as well.
    [[nodiscard]] std::uint64_t keyless_before(std::uint64_t ordinal) const noexcept {
        if (ordinal == end_.ordinal) return keyless_;
        const piece* const p = piece_of(ordinal);
        return p == nullptr ? seen_keyless_ : p->data->keyless_before(ordinal - p->data->ordinal());
    }

    /// Lets go of what was dropped.
    void release() noexcept {
        moved_ = false;
        pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(dropped_));
        dropped_ = 0;
    }

    // For the log that this is a view of, under its lock.

    /// Notes the hub's last number at the time of the last look.
    void seen(std::uint64_t horizon) noexcept {
        if (moved_) return;
        seen_ = horizon;
        seen_keyless_ = keyless_;
    }
    void drop_before(std::uint64_t ordinal) noexcept {
        if (ordinal <= first_) return; // nearly always, and no segment is looked at
        while (dropped_ < pieces_.size() &&
               pieces_[dropped_].data->ordinal() + pieces_[dropped_].count <= ordinal) {
            ++dropped_;
            other_front_ = true;
        }
    }
    [[nodiscard]] piece* last() noexcept {
        return dropped_ == pieces_.size() ? nullptr : &pieces_.back();
    }
    void add(std::shared_ptr<const segment> data, std::size_t size, std::size_t count) {
        other_front_ = other_front_ || dropped_ == pieces_.size();
        pieces_.push_back({std::move(data), size, count});
    }
    /// Concludes a look.
    void end(cursor at, std::uint64_t keyless) noexcept {
        end_ = at;
        last_bytes_ = pieces_.empty() ? nullptr : pieces_.back().data->bytes();
        last_base_ = pieces_.empty() ? at.offset : pieces_.back().data->base();
        keyless_ = keyless;
        if (dropped_ != pieces_.size() && !std::exchange(other_front_, false)) return;
        moved_ = moved_ || begin().ordinal != first_;
        first_ = begin().ordinal;
    }

private:
    /// The last piece that begins at this event or before it.
    [[nodiscard]] const piece* piece_of(std::uint64_t ordinal) const noexcept {
        const auto next =
            std::upper_bound(pieces_.begin(), pieces_.end(), ordinal,
                             [](std::uint64_t n, const piece& q) { return n < q.data->ordinal(); });
        return next == pieces_.begin() ? nullptr : &*(next - 1);
    }
    [[nodiscard]] const piece& find(const cursor& at) const noexcept {
        if (at.offset >= last_base_) return pieces_.back();
        return *(
            std::upper_bound(pieces_.begin(), pieces_.end(), at.offset,
                             [](std::uint64_t n, const piece& p) { return n < p.data->base(); }) -
            1);
    }

    [[nodiscard]] static std::uint64_t event_begin(const piece& p, std::uint64_t ordinal) noexcept {
        return p.data->base() + p.data->entry(ordinal - p.data->ordinal()).begin;
    }
    [[nodiscard]] static std::uint64_t event_end(const piece& p, std::uint64_t ordinal) noexcept {
        const std::size_t next = ordinal - p.data->ordinal() + 1;
        return p.data->base() + (next == p.count ? p.size : p.data->entry(next).begin);
    }
    [[nodiscard]] static std::uint64_t ordinal_at(const piece& p, std::uint64_t offset) noexcept {
        std::size_t low = 0;
        std::size_t high = p.count;
        while (high - low > 1) {
            const std::size_t middle = low + (high - low) / 2;
            if (p.data->base() + p.data->entry(middle).begin <= offset)
                low = middle;
            else
                high = middle;
        }
        return p.data->ordinal() + low;
    }

    cursor end_;
    std::uint64_t last_base_ = 0; // offset of the last piece; the end where there is none
    const char* last_bytes_ = nullptr;
    std::vector<piece> pieces_;
    std::uint64_t first_ = 0;        // ordinal of begin()
    std::uint64_t keyless_ = 0;      // events without a key before the end
    std::uint64_t seen_ = 0;         // the hub's last number before the look that lost something
    std::uint64_t seen_keyless_ = 0; // and keyless_ then
    std::size_t dropped_ = 0;        // of pieces_, the first ones
    bool moved_ = false;             // begin() did, since the last release
    bool other_front_ = false;       // of the pieces that are not dropped, since the last look
};

} // namespace sse::detail
