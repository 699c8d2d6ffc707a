// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

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

inline void event::assign(const event_view& other) {
    // Most texts fit over the last one. Appending costs less than std::string::assign, which looks
    // out for overlaps.
    const auto copy = [](std::string_view from, std::string& to) {
        if (from.size() <= to.size()) {
            to.erase(from.size());
            from.copy(to.data(), from.size());
        } else {
            to.clear();
            to.append(from);
        }
    };
    copy(other.type, type);
    copy(other.data, data);
    copy(other.id, id);
}

inline event::operator event_view() const noexcept { return {type, data, id}; }

} // namespace sse
