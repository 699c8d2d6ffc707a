// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/hub/event_id.hpp>
#include <sse/hub/event_outline.hpp>
#include <sse/hub/history.hpp>
#include <sse/server/request.hpp>
#include <sse/text/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sse {

/// What becomes of a stream whose reader is so slow that it needs what the history no longer has.
enum class overflow : std::uint8_t {
    disconnect, ///< it is cut, so that the reader comes back and is told of the gap
    skip,       ///< it goes on with the oldest event kept, behind a gap event
    conflate,   ///< as skip, but with the newest event of each key in place of what it missed
};

/// Who joined a hub or left it.
struct presence {
    std::vector<std::string> topics{}; ///< names and patterns that the stream follows
    std::shared_ptr<void> state{};     ///< as it was subscribed with
};

/// How a hub keeps and delivers events. Zero is off, for times, sizes and counts.
struct hub_options {
    sse::history history{};
    /// A heartbeat after so long without anything else on a stream. The response field
    /// `Event-Heartbeat` tells it to readers, in seconds.
    std::chrono::milliseconds heartbeat{15'000};
    std::string heartbeat_type{}; ///< of heartbeats that are events; comments where it is empty
    sse::overflow overflow = sse::overflow::disconnect;
    std::size_t max_topics = 100'000;      ///< that can be published to
    std::size_t max_stream_topics = 1'000; ///< names and patterns on one stream
    /// After how long without an event a topic that nobody follows is dropped, with its history.
    /// One of which the history is empty goes at once.
    std::chrono::milliseconds topic_idle{0};
    /// How long a stream lives: it ends in order then, and the reader comes back after
    /// `stream_retry`. Up to the jitter longer, by chance for each.
    std::chrono::milliseconds stream_life{0};
    std::chrono::milliseconds stream_life_jitter{0};
    std::chrono::milliseconds stream_retry{1'000};
    /// Bytes of private events that may wait on one stream.
    std::size_t private_bytes = std::size_t{64} << 10;
    /// Called on a stream's executor, when it has opened and when it is over, never from within a
    /// function of the hub.
    std::function<void(const presence&)> on_join{};
    std::function<void(const presence&)> on_leave{};
    std::string gap_type = "gap"; ///< of the event that announces a gap
    /// Identifies this life of the hub in its ids, 48 bits of it; chosen anew where it is 0.
    std::uint64_t epoch = 0;
};

/// What a stream gets.
struct subscribe_options {
    std::vector<std::string> topics; ///< names, or patterns with `+` and `#`; at least one
    std::string last_event_id{};     ///< where the reader stands: any bytes, from anybody
    std::size_t replay = 0;          ///< events to begin with, for one that stands nowhere
    /// For one that stands nowhere and wants no replay: to begin with the newest value of each key,
    /// and with the last event of topics without keys.
    bool last_value = false;
    std::optional<sse::overflow> overflow{}; ///< instead of the hub's
    http::fields headers{};        ///< of the response, besides those that every stream has
    event_filter filter{};         ///< which events the stream gets; all where it is empty
    std::shared_ptr<void> state{}; ///< of the user's, for the hooks of the hub
};

/// What can be said of an event besides the event.
struct publish_options {
    std::optional<std::chrono::milliseconds> retry{}; ///< a reconnection time to go with it
    /// Its newest event stands for all earlier ones with the same key in the topic, where the hub
    /// conflates. At most 255 bytes; it is not sent. Empty for none.
    std::string_view key{};
};

/// What became of an event.
struct publish_result {
    errc error = errc::success;
    std::size_t woken = 0; ///< streams that follow the topic, which were told of it
    event_id position{};   ///< of the hub once the event was published
    std::string own_id{};  ///< the id that it was published with; empty where the hub chose

    /// Its id, as readers get it; empty where it was not published.
    [[nodiscard]] std::string id() const {
        if (error != errc::success) return {};
        return own_id.empty() ? to_string(position) : own_id;
    }
    [[nodiscard]] explicit operator bool() const noexcept { return error == errc::success; }
};

/// How a hub ends its streams.
struct farewell {
    std::string type = "farewell";           ///< of the last event of each stream
    std::chrono::milliseconds retry{1'000};  ///< when to come back, at the least
    std::chrono::milliseconds spread{2'000}; ///< up to so much later, by chance for each
    std::chrono::milliseconds period{1'000}; ///< over which the ends are spread
};

/// What a hub has done since its start.
struct hub_metrics {
    std::uint64_t subscribers = 0; ///< streams that are open now
    std::uint64_t topics = 0;      ///< that were published to
    std::uint64_t published = 0;   ///< events
    std::uint64_t delivered = 0;   ///< events, once for each stream
    std::uint64_t sent_bytes = 0;  ///< to all streams, framing and heartbeats included
    std::uint64_t log_bytes = 0;   ///< that the history holds
    struct {
        std::uint64_t evicted = 0, unknown = 0, restarted = 0, lagged = 0;
    } gaps{}; ///< that were announced, by reason
    struct {
        std::uint64_t peer = 0;    ///< the reader left, or its connection broke
        std::uint64_t lagged = 0;  ///< by the overflow policy
        std::uint64_t drained = 0; ///< after a farewell
        std::uint64_t closed = 0;  ///< by the hub's owner
        std::uint64_t expired = 0; ///< at the end of their life
    } disconnects{};               ///< by reason
};

/// Reads `Last-Event-ID`, `?last_event_id=` and `?replay=` off a request, in this order of
/// precedence, into `out`. Errors: `errc::invalid_field` for a replay that is no number.
[[nodiscard]] inline errc read_position(const request& rq, subscribe_options& out) {
    out.last_event_id = rq.header("Last-Event-ID");
    const std::string* id = rq.query.find("last_event_id");
    if (out.last_event_id.empty() && id != nullptr) out.last_event_id = *id;
    const std::string* replay = rq.query.find("replay");
    if (replay == nullptr) return errc::success;
    if (replay->empty() || replay->size() > 9) return errc::invalid_field;
    out.replay = 0;
    for (const char c : *replay) {
        if (!detail::is_decimal(c)) return errc::invalid_field;
        out.replay = out.replay * 10 + static_cast<std::size_t>(c - '0');
    }
    return errc::success;
}

} // namespace sse
