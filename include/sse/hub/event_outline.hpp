// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <functional>
#include <string_view>

namespace sse {

/// An event of a hub, as a filter sees it. Valid during the call.
struct event_outline {
    std::string_view topic;
    std::string_view type;  ///< `message` where none was given
    std::string_view id;    ///< as readers get it
    std::string_view block; ///< its lines as they go over the wire
};

/// Whether a stream gets an event. Called on the stream's thread, perhaps under the hub's lock: it
/// must neither throw nor use the hub.
using event_filter = std::function<bool(const event_outline&)>;

namespace detail {

/// Takes an event apart that the hub has serialised: type first, id last.
[[nodiscard]] inline event_outline outline_of(std::string_view topic,
                                              std::string_view block) noexcept {
    event_outline e{topic, "message", {}, block};
    std::string_view head = block;
    if (head.starts_with("retry: ")) head.remove_prefix(head.find('\n') + 1);
    if (head.starts_with("event: ")) e.type = head.substr(7, head.find('\n') - 7);
    const std::string_view lines = block.substr(0, block.size() - 2); // without the blank line
    const std::string_view last = lines.substr(lines.rfind('\n') + 1);
    if (last.starts_with("id: ")) e.id = last.substr(4);
    return e;
}

} // namespace detail

} // namespace sse
