// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/string_map.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace sse::detail {

/// What is left to know of topics that were dropped, so that a reader who returns is told of what
/// it missed. Bounded: of many topics only the newest number of all of them is kept, which may tell
/// a reader of a gap where there is none, but never the other way round.
class dropped_topics {
public:
    /// Tells that events of a topic were lost, the last of them with this number.
    void add(std::string_view topic, std::uint64_t sequence) {
        if (sequence == 0) return;
        newest_ = std::max(newest_, sequence);
        if (lost_.size() >= max_remembered) {
            for (const auto& [name, last] : lost_)
                all_ = std::max(all_, last);
            lost_.clear();
        }
        lost_[string_hash()(topic)] = sequence;
    }

    /// The number of the last event of a topic that was lost with it; 0 where none was.
    [[nodiscard]] std::uint64_t up_to(std::string_view topic) const noexcept {
        const auto found = lost_.find(string_hash()(topic));
        return std::max(all_, found == lost_.end() ? 0 : found->second);
    }

    /// The same for any topic: names are not kept, so that a pattern may be of each of them.
    [[nodiscard]] std::uint64_t newest() const noexcept { return newest_; }

    /// The topic is there again, and knows.
    std::uint64_t take(std::string_view topic) noexcept {
        const std::uint64_t last = up_to(topic);
        lost_.erase(string_hash()(topic));
        return last;
    }

private:
    static constexpr std::size_t max_remembered = 16'384;

    std::unordered_map<std::size_t, std::uint64_t> lost_; // by the hash of the name
    std::uint64_t all_ = 0;
    std::uint64_t newest_ = 0;
};

} // namespace sse::detail
