// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace sse::detail {

/// One event in a segment. Numbers count from the segment's beginning, so that 16 bytes do.
struct log_entry {
    std::uint32_t begin;    ///< offset of its first byte
    std::uint32_t sequence; ///< beyond the segment's first sequence
    std::uint32_t time;     ///< milliseconds beyond the segment's first
    std::uint32_t key;      ///< number of its conflation key, 0 without one
};

/// A piece of a topic's log: the wire bytes of successive events, chunk envelopes included, and
/// where each begins. Memory for both is taken once and never moves, so that readers may look at
/// the events they were told of while further ones are written behind them.
///
/// Thread safety: one writer. Others may read the entries and bytes up to numbers that they got
/// from the writer under a lock.
class segment {
public:
    segment(std::uint64_t base, std::uint64_t ordinal, std::uint64_t keyless,
            std::uint64_t sequence, std::uint64_t time, std::size_t capacity)
        : base_(base), ordinal_(ordinal), keyless_(keyless), sequence_(sequence), time_(time),
          capacity_(capacity), max_entries_(capacity / bytes_per_entry + 1),
          // for overwrite: what is never written never costs a page
          bytes_(std::make_unique_for_overwrite<char[]>(capacity_)),
          entries_(std::make_unique_for_overwrite<log_entry[]>(max_entries_)) {}

    /// Whether an event of `size` bytes can be appended.
    [[nodiscard]] bool fits(std::size_t size, std::uint64_t sequence,
                            std::uint64_t time) const noexcept {
        return size <= capacity_ - size_ && count_ < max_entries_ &&
               sequence - sequence_ <= UINT32_MAX && time - time_ <= UINT32_MAX;
    }

    /// Makes room for an event that fits, and returns where its bytes go.
    [[nodiscard]] char* append(std::size_t size, std::uint64_t sequence, std::uint64_t time,
                               std::uint32_t key) noexcept {
        char* const at = bytes_.get() + size_;
        entries_[count_] = {static_cast<std::uint32_t>(size_),
                            static_cast<std::uint32_t>(sequence - sequence_),
                            static_cast<std::uint32_t>(time - time_), key};
        size_ += size;
        ++count_;
        return at;
    }

    // What stays as it is.
    [[nodiscard]] std::uint64_t base() const noexcept { return base_; } ///< offset in the topic
    [[nodiscard]] std::uint64_t ordinal() const noexcept {
        return ordinal_;
    } ///< of the first event
    /// Events of the topic without a key before event `i` of this.
    [[nodiscard]] std::uint64_t keyless_before(std::size_t i) const noexcept {
        return keyless_ + static_cast<std::uint64_t>(
                              std::count_if(entries_.get(), entries_.get() + i,
                                            [](const log_entry& e) { return e.key == 0; }));
    }
    [[nodiscard]] const char* bytes() const noexcept { return bytes_.get(); }
    [[nodiscard]] const log_entry& entry(std::size_t i) const noexcept { return entries_[i]; }
    [[nodiscard]] std::uint64_t sequence(std::size_t i) const noexcept {
        return sequence_ + entries_[i].sequence;
    }
    [[nodiscard]] std::uint64_t time(std::size_t i) const noexcept {
        return time_ + entries_[i].time;
    }

    // What grows, for the writer and under its lock.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t end() const noexcept { return base_ + size_; } ///< offset
    [[nodiscard]] std::string_view event(std::size_t i) const noexcept {
        const std::size_t end = i + 1 == count_ ? size_ : entries_[i + 1].begin;
        return {bytes_.get() + entries_[i].begin, end - entries_[i].begin};
    }
    [[nodiscard]] std::size_t footprint() const noexcept {
        return size_ + count_ * sizeof(log_entry);
    }

private:
    /// Smaller events than this use up the entries before the bytes.
    static constexpr std::size_t bytes_per_entry = 64;

    std::uint64_t base_;
    std::uint64_t ordinal_;
    std::uint64_t keyless_;
    std::uint64_t sequence_;
    std::uint64_t time_;
    std::size_t capacity_;
    std::size_t max_entries_;
    std::size_t size_ = 0;
    std::size_t count_ = 0;
    std::unique_ptr<char[]> bytes_;
    std::unique_ptr<log_entry[]> entries_;
};

} // namespace sse::detail
