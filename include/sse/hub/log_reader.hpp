// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/prefetch.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace sse::detail {

class topic_log;

/// Somebody to be told that a log has grown or lost its oldest events.
struct log_reader {
    std::vector<topic_log*> grown; ///< logs that have, since it last looked
    virtual void wake() = 0;       ///< makes it look, soon and on its own thread
    /// How many streams wait for this topic, which is new.
    [[nodiscard]] virtual std::size_t waiting_for(const topic_log& log) const = 0;

    void tell(topic_log& log) {
        grown.push_back(&log);
        wake();
    }

protected:
    ~log_reader() = default;
};

/// What a log knows of a reader, under the lock. What the reader knows of the topic begins with it,
/// so that both are fetched at once.
struct log_interest {
    log_reader* owner = nullptr;
    log_interest* next = nullptr;            ///< of the same log
    std::atomic<std::size_t> reader_count{}; ///< how many streams of its follow the topic
    std::uint64_t had_at_look = 0; ///< all of these streams had got what is before this offset
    bool told = false;             ///< and has not looked since
    /// What it will look at; to be fetched only, since it may be gone.
    std::array<const void*, 3> looks_at{};
};

/// Those who read one log; they are in its list and not owned by it.
///
/// Thread safety: none, all access is under the lock of the store that the log belongs to.
class log_readers {
public:
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    /// Null where `owner` does not read the log.
    [[nodiscard]] log_interest* find(const log_reader& owner) const noexcept {
        log_interest* i = first_;
        while (i != nullptr && i->owner != &owner)
            i = i->next;
        return i;
    }
    void add(log_interest& i) noexcept { i.next = std::exchange(first_, &i); }
    /// Takes out one that is there.
    void remove(const log_interest& i) noexcept {
        log_interest** at = &first_;
        while (*at != &i)
            at = &(*at)->next;
        *at = i.next;
    }

    /// Fetches what it takes to tell the first one, and what that one knows of the topic.
    void prefetch_first() const noexcept {
        if (first_ != nullptr) prefetch(first_, 256);
    }
    /// Tells those who were not told yet. Returns how many streams follow the topic.
    std::size_t tell(topic_log& log) {
        std::size_t streams = 0;
        for (log_interest* i = first_; i != nullptr; i = i->next) {
            streams += i->reader_count.load(std::memory_order_relaxed);
            if (std::exchange(i->told, true)) continue;
            for (const void* const memory : i->looks_at)
                prefetch(memory, 1);
            i->owner->tell(log);
        }
        return streams;
    }
    /// The offset before which none of them needs anything.
    [[nodiscard]] std::uint64_t had_by_all() const noexcept {
        std::uint64_t least = UINT64_MAX;
        for (const log_interest* i = first_; i != nullptr; i = i->next)
            least = std::min(least, i->had_at_look);
        return least;
    }

private:
    log_interest* first_ = nullptr;
};

} // namespace sse::detail
