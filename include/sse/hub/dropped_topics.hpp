// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/string_map.hpp>
#include <sse/hub/topic.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sse::detail {

/// What is left to know of topics that were dropped, so that a reader who returns is told of what
/// it missed. Bounded: of many topics only the newest number of all of them is kept, which may tell
/// a reader of a gap where there is none, but never the other way round.
class dropped_topics {
public:
    /// Tells that events of a topic were lost, the last of them with this number.
    void add(std::string_view topic, std::uint64_t sequence) {
        if (sequence == 0) return;
        if (lost_.size() >= max_remembered) {
            for (const auto& [name, last] : lost_)
                all_ = std::max(all_, last);
            lost_.clear();
        }
        lost_.insert_or_assign(std::string(topic), sequence);
    }

    /// The number of the last event of a topic that was lost with it; 0 where none was.
    [[nodiscard]] std::uint64_t up_to(std::string_view topic) const noexcept {
        const auto found = lost_.find(topic);
        return std::max(all_, found == lost_.end() ? 0 : found->second);
    }

    /// The same for all topics that a pattern stands for.
    [[nodiscard]] std::uint64_t up_to_any(std::string_view pattern) const noexcept {
        std::uint64_t newest = all_;
        for (const auto& [name, last] : lost_) {
            if (last > newest && matches_topic(pattern, name)) newest = last;
        }
        return newest;
    }

    /// The topic is there again, and knows.
    std::uint64_t take(std::string_view topic) noexcept {
        const std::uint64_t last = up_to(topic);
        if (const auto found = lost_.find(topic); found != lost_.end()) lost_.erase(found);
        return last;
    }

private:
    static constexpr std::size_t max_remembered = 16'384;

    string_map<std::uint64_t> lost_;
    std::uint64_t all_ = 0;
};

} // namespace sse::detail
