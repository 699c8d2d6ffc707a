// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/string_map.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::detail {

/// The newest event of each key of a topic. Its bytes lie in the log until they are evicted there,
/// and here from then on until a newer event of the key comes.
///
/// Thread safety: none, all access is under the lock of the store it belongs to.
class newest_values {
    struct newest {
        std::uint64_t sequence = 0;
        std::string_view name{};
    };

public:
    struct value {
        std::uint64_t ordinal = 0; ///< in its topic
        std::uint32_t key = 0;
        bool evicted = false;
        std::string bytes{};  ///< once evicted
        std::string own_id{}; ///< once evicted
    };
    using map = std::map<std::uint64_t, value>; ///< by number
    using node = map::node_type;

    [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
    /// Memory, but for that of the log.
    [[nodiscard]] std::size_t footprint() const noexcept { return footprint_; }
    [[nodiscard]] std::size_t keys() const noexcept { return numbers_.size(); }

    /// Memory of a key, as far as it can be told: the nodes of the maps.
    [[nodiscard]] static std::size_t footprint_of(std::string_view key) noexcept {
        return key.size() + sizeof(std::pair<std::string, std::uint32_t>) +
               sizeof(map::value_type) + 6 * sizeof(void*) + sizeof(newest);
    }

    /// Memory of a newest value, with its key.
    [[nodiscard]] std::size_t footprint_of(std::uint64_t sequence) const noexcept {
        const value& v = values_.find(sequence)->second;
        return v.bytes.size() + footprint_of(newest_[v.key - 1].name);
    }

    /// Numbers a key, for its next event.
    [[nodiscard]] std::uint32_t number(std::string_view key) {
        const auto known = numbers_.find(key);
        if (known != numbers_.end()) return known->second;
        if (free_.empty()) {
            newest_.push_back({});
            free_.push_back(static_cast<std::uint32_t>(newest_.size()));
        }
        const std::uint32_t n = free_.back();
        free_.pop_back();
        newest_[n - 1] = {0, numbers_.emplace(key, n).first->first};
        footprint_ += footprint_of(key);
        return n;
    }

    /// Tells of a new event of a key; returns the one that it supersedes, if there is one.
    node publish(std::uint32_t key, std::uint64_t sequence, std::uint64_t ordinal) {
        node old;
        if (newest_[key - 1].sequence != 0) {
            old = values_.extract(newest_[key - 1].sequence);
            footprint_ -= old.mapped().bytes.size();
        }
        newest_[key - 1].sequence = sequence;
        values_.emplace_hint(values_.end(), sequence, value{ordinal, key});
        return old;
    }

    /// Whether this event of a key is its newest.
    [[nodiscard]] bool is_newest(std::uint32_t key, std::uint64_t sequence) const noexcept {
        return key != 0 && newest_[key - 1].sequence == sequence;
    }

    /// Takes over the bytes of a newest value that the log evicts.
    void keep(std::uint64_t sequence, std::string_view bytes, std::string own_id) {
        value& v = values_.find(sequence)->second;
        v.evicted = true;
        v.bytes = bytes;
        v.own_id = std::move(own_id);
        footprint_ += bytes.size();
    }

    /// Forgets a newest value, and its key.
    node drop(std::uint64_t sequence) {
        node old = values_.extract(sequence);
        const std::uint32_t key = old.mapped().key;
        footprint_ -= old.mapped().bytes.size() + footprint_of(newest_[key - 1].name);
        numbers_.erase(numbers_.find(newest_[key - 1].name));
        newest_[key - 1] = {};
        if (sequence > last_dropped_.first) last_dropped_ = {sequence, old.mapped().ordinal};
        free_.push_back(key);
        return old;
    }

    /// The last of those that were dropped, its number and place in the topic: all lower ones that
    /// the log has evicted are gone as well.
    [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> last_dropped() const noexcept {
        return last_dropped_;
    }

    /// The first newest value beyond `sequence`, of those before the event `end` of the topic; null
    /// where there is none.
    [[nodiscard]] const map::value_type* after(std::uint64_t sequence,
                                               std::uint64_t end) const noexcept {
        const auto found = values_.upper_bound(sequence);
        return found == values_.end() || found->second.ordinal >= end ? nullptr : &*found;
    }

    /// How many there are of these, counted up to `limit`.
    [[nodiscard]] std::uint64_t count_after(std::uint64_t sequence, std::uint64_t end,
                                            std::uint64_t limit) const noexcept {
        std::uint64_t n = 0;
        for (auto v = values_.upper_bound(sequence);
             v != values_.end() && v->second.ordinal < end && n < limit; ++v)
            ++n;
        return n;
    }

private:
    map values_;
    string_map<std::uint32_t> numbers_;
    std::vector<newest> newest_; // by number, from 1
    std::vector<std::uint32_t> free_;
    std::pair<std::uint64_t, std::uint64_t> last_dropped_{0, 0};
    std::size_t footprint_ = 0;
};

} // namespace sse::detail
