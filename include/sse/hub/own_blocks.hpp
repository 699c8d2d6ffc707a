// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/event_id.hpp>
#include <sse/hub/options.hpp>
#include <sse/hub/resume.hpp>
#include <sse/text/serializer.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace sse::detail {

// What a stream gets that is not of a log.

/// Moves the reader to `position` and dispatches nothing.
[[nodiscard]] inline std::string position_block(const event_id& position) {
    std::string block;
    static_cast<void>(serialize_id(to_string(position), block));
    return block;
}

/// Announces a gap; the reader stands at `position` then.
[[nodiscard]] inline std::string gap_block(std::string_view type, const gap& missing,
                                           const event_id& position) {
    const std::string data = gap_data(missing);
    const std::string id = to_string(position);
    std::string block;
    put_event(block, {.type = type, .data = data, .id = id});
    return block;
}

/// In front of a gap event that a stream begins with: the reader stays where it stands until it has
/// that event, so that it is told again if it is cut before.
[[nodiscard]] inline std::string echo_block(std::string_view last_event_id, std::uint64_t epoch) {
    constexpr std::size_t longest = 1024;
    std::string block;
    if (last_event_id.size() <= longest && serialize_id(last_event_id, block) == errc::success) {
        return block;
    }
    return position_block({epoch, 0});
}

/// The last event of a stream that the hub ends.
[[nodiscard]] inline std::string farewell_block(std::string_view type,
                                                std::chrono::milliseconds retry) {
    const std::string data = "{\"retry\":" + std::to_string(retry.count()) + "}";
    std::string block;
    serialize_retry(retry, block);
    put_event(block, {.type = type, .data = data});
    return block;
}

/// A sign of life: a comment, or an event of `type`.
[[nodiscard]] inline std::string heartbeat_block(std::string_view type) {
    std::string block;
    if (type.empty())
        serialize_heartbeat(block);
    else
        put_event(block, {.type = type});
    return block;
}

/// The period of heartbeats in seconds, as readers are told it; empty for none.
[[nodiscard]] inline std::string heartbeat_field(std::chrono::milliseconds period) {
    if (period.count() <= 0) return {};
    std::string text = std::to_string(period.count() / 1000);
    if (const auto rest = period.count() % 1000; rest != 0) {
        text.append(".").append(std::to_string(1000 + rest).substr(1));
    }
    return text;
}

} // namespace sse::detail
