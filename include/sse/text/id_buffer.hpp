// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/text_slot.hpp>

#include <string_view>
#include <utility>

namespace sse::detail {

/// The last event id buffer of HTML, 9.2.6, where the block under way sets it, and the last event
/// id string, which it becomes.
template <class Storage>
class id_buffer {
public:
    using slot = text_slot<Storage>;

    /// The last event id string.
    [[nodiscard]] constexpr std::string_view last() const noexcept { return last_.view(); }
    /// Sets that to a copy of `id`; false when there is no room.
    [[nodiscard]] constexpr bool assign(std::string_view id) {
        slot copy;
        copy.borrow(id);
        if (!copy.own()) return false;
        last_ = std::move(copy);
        return true;
    }

    /// What this block sets it to.
    [[nodiscard]] constexpr slot& next() noexcept { return next_; }

    /// Forgets what this block set.
    constexpr void reset() noexcept { next_.reset(); }

    /// The block has come to its end.
    [[gnu::always_inline]] constexpr void commit() {
        if (!next_.has_value()) return;
        if (!next_.is_borrowed()) [[unlikely]]
            return take_owned();
        last_.borrow(next_.view());
        next_.reset();
    }

    /// Copies what is borrowed, before it goes; false when there is no room.
    [[nodiscard]] constexpr bool own() { return next_.own() && last_.own(); }

private:
    [[gnu::noinline]] constexpr void take_owned() {
        std::swap(last_, next_);
        next_.reset();
    }

    slot next_{};
    slot last_{};
};

} // namespace sse::detail
