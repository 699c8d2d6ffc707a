// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sse::detail {

/// One event in a segment. Numbers count from the segment's beginning, so that 16 bytes do.
struct log_entry {
    std::uint32_t begin;    ///< offset of its first byte
    std::uint32_t sequence; ///< beyond the segment's first sequence
    std::uint32_t time;     ///< milliseconds beyond the segment's first
    std::uint32_t key;      ///< number of its conflation key, 0 without one
};

class topic_log;

/// Where a segment stands among those that are kept, for the store and under its lock.
struct segment_place {
    segment_place* before = this;
    segment_place* behind = this;
    topic_log* log = nullptr;
};

/// A piece of a topic's log: the wire bytes of successive events, chunk envelopes included, and
/// where each begins. One block of memory holds both, the bytes from its beginning on and the
/// entries from its end, and never moves, so that readers may look at the events they were told of
/// while further ones are written behind them.
///
/// Thread safety: one writer. Others may read the entries and bytes up to numbers that they got
/// from the writer under a lock.
class segment : public segment_place {
public:
    /// Where in its topic and in the hub's sequence a segment begins.
    struct start {
        std::uint64_t base;     ///< offset in the topic
        std::uint64_t ordinal;  ///< of the first event
        std::uint64_t keyless;  ///< events of the topic without a key before it
        std::uint64_t sequence; ///< of the first event
        std::uint64_t time;     ///< of the first event
    };

    /// One for `capacity` bytes of events and entries.
    [[nodiscard]] static std::shared_ptr<segment> make(const start& at, std::size_t capacity) {
        const std::size_t units = (sizeof(segment) + capacity + sizeof(unit) - 1) / sizeof(unit);
        // for overwrite: what is never written never costs a page
        auto memory = std::make_shared_for_overwrite<unit[]>(units);
        auto* const made = new (memory.get()) segment(at, memory.get() + units);
        return {std::move(memory), made};
    }
    segment(const segment&) = delete;
    segment& operator=(const segment&) = delete;

    /// The memory that an event of `size` bytes takes.
    [[nodiscard]] static constexpr std::size_t room_for(std::size_t size) noexcept {
        return size + sizeof(log_entry);
    }

    /// Whether an event of `size` bytes can be appended.
    [[nodiscard]] bool fits(std::size_t size, std::uint64_t sequence,
                            std::uint64_t time) const noexcept {
        return room_for(size) <= capacity_ - footprint() &&
               sequence - start_.sequence <= UINT32_MAX && time - start_.time <= UINT32_MAX;
    }

    /// Where the next event goes if it fits, to be fetched and not to be looked at.
    [[nodiscard]] const void* next_bytes() const noexcept { return bytes() + size_; }
    [[nodiscard]] const void* next_entry() const noexcept {
        return end_of_entries() -
               (footprint() + sizeof(log_entry) <= capacity_ ? count_ + 1 : count_);
    }

    /// Makes room for an event that fits, and returns where its bytes go.
    [[nodiscard]] char* append(std::size_t size, std::uint64_t sequence, std::uint64_t time,
                               std::uint32_t key) noexcept {
        char* const at = memory() + size_;
        ++count_;
        new (end_of_entries() - count_)
            log_entry{static_cast<std::uint32_t>(size_),
                      static_cast<std::uint32_t>(sequence - start_.sequence),
                      static_cast<std::uint32_t>(time - start_.time), key};
        size_ += size;
        if (sequence != last_ + 1) dense_from_ = sequence;
        last_ = sequence;
        return at;
    }

    // What stays as it is.
    [[nodiscard]] std::uint64_t base() const noexcept { return start_.base; }
    [[nodiscard]] std::uint64_t ordinal() const noexcept { return start_.ordinal; }
    /// Events of the topic without a key before event `i` of this.
    [[nodiscard]] std::uint64_t keyless_before(std::size_t i) const noexcept {
        return start_.keyless + static_cast<std::uint64_t>(
                                    std::count_if(end_of_entries() - i, end_of_entries(),
                                                  [](const log_entry& e) { return e.key == 0; }));
    }
    [[nodiscard]] const char* bytes() const noexcept {
        return reinterpret_cast<const char*>(this + 1);
    }
    [[nodiscard]] const log_entry& entry(std::size_t i) const noexcept {
        return *(end_of_entries() - 1 - i);
    }
    [[nodiscard]] std::uint64_t sequence(std::size_t i) const noexcept {
        return start_.sequence + entry(i).sequence;
    }
    [[nodiscard]] std::uint64_t time(std::size_t i) const noexcept {
        return start_.time + entry(i).time;
    }

    // What grows, for the writer and under its lock.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t end() const noexcept { return base() + size_; } ///< offset
    [[nodiscard]] std::string_view event(std::size_t i) const noexcept {
        const std::size_t end = i + 1 == count_ ? size_ : entry(i + 1).begin;
        return {bytes() + entry(i).begin, end - entry(i).begin};
    }
    [[nodiscard]] std::size_t footprint() const noexcept {
        return size_ + count_ * sizeof(log_entry);
    }
    [[nodiscard]] std::uint64_t last() const noexcept {
        return last_;
    } ///< number of the last event
    /// From this number on up to the last one's all events of the hub are here.
    [[nodiscard]] std::uint64_t dense_from() const noexcept { return dense_from_; }

private:
    struct alignas(std::uint64_t) unit {
        std::byte bytes[sizeof(std::uint64_t)];
    };
    static_assert(alignof(segment_place) <= alignof(unit) && alignof(log_entry) <= alignof(unit));

    segment(const start& at, unit* end) noexcept
        : start_(at), capacity_(static_cast<std::size_t>(reinterpret_cast<char*>(end) - memory())),
          last_(at.sequence), dense_from_(at.sequence) {}

    [[nodiscard]] char* memory() noexcept { return reinterpret_cast<char*>(this + 1); }
    [[nodiscard]] log_entry* end_of_entries() const noexcept {
        return reinterpret_cast<log_entry*>(const_cast<char*>(bytes()) + capacity_);
    }

    start start_;
    std::size_t capacity_;
    std::size_t size_ = 0;
    std::size_t count_ = 0;
    std::uint64_t last_;
    std::uint64_t dense_from_;
};
static_assert(std::is_trivially_destructible_v<segment>, "its memory is given back as it is");

} // namespace sse::detail
