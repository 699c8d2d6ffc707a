// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/followed_topic.hpp>
#include <sse/hub/newest_values.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sse::detail {

/// Where a stream stands in one of its topics: in the log, or behind it, where newest values stand
/// for what was evicted.
struct stream_place {
    static constexpr std::uint64_t in_log = static_cast<std::uint64_t>(-1);

    stream_place(cursor c = {}, std::uint64_t beyond = in_log) noexcept : at(c), behind(beyond) {}

    cursor at; ///< in the log; where it goes on there, for one that is behind
    /// The number beyond which values of events before `at` are still to come; `in_log` for none.
    std::uint64_t behind;
};

/// One topic of a stream.
struct stream_source {
    followed_topic* topic = nullptr;
    stream_place place{};
    std::uint32_t slot = 0; ///< among the topic's readers
    bool is_listed = false; ///< among those of the stream that may have more

    [[nodiscard]] bool is_behind() const noexcept { return place.behind != stream_place::in_log; }
    [[nodiscard]] bool at_end() const noexcept {
        return !is_behind() && place.at == topic->view.end();
    }
    /// The number of the next event; not at the end, and not for one that is behind.
    [[nodiscard]] std::uint64_t next() const noexcept { return topic->view.sequence(place.at); }

    /// The value to come next, for one that is behind; null where none is left. Under the lock.
    [[nodiscard]] const newest_values::map::value_type* next_value() const noexcept {
        const topic_log* const log = topic->log;
        if (log == nullptr || !log->values) return nullptr;
        return log->values->after(place.behind, place.at.ordinal);
    }
    /// Whether a value that it should have got was dropped. Under the lock.
    [[nodiscard]] bool misses_value() const noexcept {
        const topic_log* const log = topic->log;
        return log != nullptr && log->values && log->values->last_dropped().first > place.behind;
    }
    [[nodiscard]] std::string_view bytes_of(const newest_values::value& v) const noexcept {
        return v.evicted ? std::string_view(v.bytes) : topic->log->bytes_of(v.ordinal);
    }
};

} // namespace sse::detail
