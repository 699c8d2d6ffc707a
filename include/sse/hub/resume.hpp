// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/event_id.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sse {

/// Why events are missing in a stream.
enum class gap_reason : std::uint8_t {
    none,
    evicted,   ///< the history no longer holds them
    unknown,   ///< the reader's last event id was never given
    restarted, ///< the reader's last event id is of an earlier life of the hub
    lagged,    ///< the reader was too slow while it was connected
};

/// The reason as it stands in the gap event and the response head.
[[nodiscard]] constexpr std::string_view to_string(gap_reason reason) noexcept {
    switch (reason) {
    case gap_reason::none: break;
    case gap_reason::evicted: return "evicted";
    case gap_reason::unknown: return "unknown";
    case gap_reason::restarted: return "restarted";
    case gap_reason::lagged: return "lagged";
    }
    return "none";
}

/// Events that a stream does not get.
struct gap {
    gap_reason reason = gap_reason::none;
    std::optional<std::uint64_t> missed{}; ///< how many, where that is known

    [[nodiscard]] explicit operator bool() const noexcept { return reason != gap_reason::none; }
    friend bool operator==(const gap&, const gap&) = default;
};

/// The data of a gap event.
[[nodiscard]] inline std::string gap_data(const gap& g) {
    std::string text = "{\"reason\":\"";
    text.append(to_string(g.reason)).append("\"");
    if (g.missed) text.append(",\"missed\":").append(std::to_string(*g.missed));
    return text.append("}");
}

namespace detail {

/// Where a reader stands, as its last event id tells.
struct reader_position {
    enum class kind : std::uint8_t {
        live,    ///< it has no position: it gets what comes
        after,   ///< it has everything up to `sequence`
        nowhere, ///< its position is worth nothing: it gets all there is
    };
    kind where = kind::live;
    std::uint64_t sequence = 0;
    gap_reason reason = gap_reason::none;

    friend bool operator==(const reader_position&, const reader_position&) = default;
};

/// Judges a last event id, which may be any bytes. `hub` is the hub's present position, `own` the
/// number of the event in history whose id of somebody's choice is the same.
[[nodiscard]] inline reader_position locate_reader(std::string_view last_event_id,
                                                   const event_id& hub,
                                                   std::optional<std::uint64_t> own) noexcept {
    using kind = reader_position::kind;
    if (last_event_id.empty()) return {};
    if (own) return {kind::after, *own, gap_reason::none};
    const std::optional<event_id> id = parse_event_id(last_event_id);
    if (!id) return {kind::nowhere, 0, gap_reason::unknown};
    if (id->epoch != hub.epoch) return {kind::nowhere, 0, gap_reason::restarted};
    if (id->sequence > hub.sequence) return {kind::nowhere, 0, gap_reason::unknown};
    return {kind::after, id->sequence, gap_reason::none};
}

} // namespace detail

} // namespace sse
