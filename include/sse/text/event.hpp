// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/text_copy.hpp>

#include <string>
#include <string_view>

namespace sse {

struct event_view;

/// One event, owned.
///
/// Received: `type` is "message" where the stream named none, and `id` is the last event id in
/// force (HTML, 9.2.6), which an earlier event may have set.
struct event {
    std::string type = "message";
    std::string data;
    std::string id;

    /// Becomes a copy of `other`, in the memory that is there. `other` must not borrow from this.
    void assign(const event_view& other);

    /// The same event, borrowed. Lifetime: as long as this object is alive and unchanged.
    [[nodiscard]] operator event_view() const noexcept;

    [[nodiscard]] friend bool operator==(const event&, const event&) = default;
};

/// One event, borrowed from wherever its bytes lie.
///
/// To send: an empty `type` or "message" writes no `event` line, an empty `id` no `id` line.
struct event_view {
    std::string_view type{};
    std::string_view data{};
    std::string_view id{};

    /// The same event, owned.
    [[nodiscard]] explicit operator event() const {
        return {std::string(type), std::string(data), std::string(id)};
    }

    [[nodiscard]] friend bool operator==(const event_view&, const event_view&) = default;
};

[[gnu::always_inline]] inline void event::assign(const event_view& other) {
    detail::copy_name_over(other.type, type);
    detail::copy_over(other.data, data);
    detail::copy_name_over(other.id, id);
}

inline event::operator event_view() const noexcept { return {type, data, id}; }

} // namespace sse
