// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sse::detail {

/// The topics of a stream by the numbers of their next events. A heap: the next event of ten
/// thousand topics is found without a look at all of them.
class event_order {
public:
    struct entry {
        std::uint64_t sequence; ///< of the next event; `none` for a topic that has no more
        std::size_t source;
    };
    static constexpr std::uint64_t none = UINT64_MAX;

    void clear() noexcept { heap_.clear(); }
    void add(const entry& e) {
        if (e.sequence == none) return;
        heap_.push_back(e);
        std::push_heap(heap_.begin(), heap_.end(), is_later);
    }

    [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
    /// The topic whose event is first. Not where it is empty.
    [[nodiscard]] std::size_t source() const noexcept { return heap_.front().source; }
    /// The number of that event; `none` where it is empty.
    [[nodiscard]] std::uint64_t sequence() const noexcept {
        return heap_.empty() ? none : heap_.front().sequence;
    }
    /// The number of the first event of any other topic; `none` where there is no other.
    [[nodiscard]] std::uint64_t limit() const noexcept {
        std::uint64_t first = none;
        for (std::size_t i = 1; i < heap_.size() && i <= 2; ++i)
            first = std::min(first, heap_[i].sequence);
        return first;
    }

    /// The topic that was first goes on with another event, or has no more.
    void advance(std::uint64_t sequence) {
        std::pop_heap(heap_.begin(), heap_.end(), is_later);
        const std::size_t source = heap_.back().source;
        heap_.pop_back();
        add({sequence, source});
    }

private:
    [[nodiscard]] static bool is_later(const entry& a, const entry& b) noexcept {
        return a.sequence > b.sequence;
    }

    std::vector<entry> heap_;
};

} // namespace sse::detail
