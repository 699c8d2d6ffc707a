// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/topic_log.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::detail {

/// The logs of a store by the names of their topics: an open table with a quarter of its places
/// free at least. From a name to its log it is a look at one place of the table and one at the log
/// itself, since with thousands of topics each look is one at memory that no cache has.
class topic_table {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Null where there is none.
    [[nodiscard]] topic_log* find(std::string_view topic) const noexcept {
        if (places_.empty()) return nullptr;
        const std::size_t hash = hash_of(topic);
        for (std::size_t i = home(hash);; i = next(i)) {
            const place& p = places_[i];
            if (!p.log) return nullptr;
            if (p.hash == hash && p.log->name() == topic) return p.log.get();
        }
    }

    /// Adds a log; not one of a topic that is there.
    topic_log& add(std::unique_ptr<topic_log> log) {
        if (4 * (size_ + 1) > 3 * places_.size()) grow();
        const std::size_t hash = hash_of(log->name());
        ++size_;
        return *put({hash, std::move(log)});
    }

    void erase(const topic_log& log) noexcept {
        std::size_t hole = home(hash_of(log.name()));
        while (places_[hole].log.get() != &log)
            hole = next(hole);
        places_[hole].log.reset();
        --size_;
        // nothing that is looked for may lie behind a free place
        for (std::size_t i = next(hole); places_[i].log; i = next(i)) {
            const std::size_t way = (i - home(places_[i].hash)) & mask();
            if (way < ((i - hole) & mask())) continue;
            places_[hole] = std::move(places_[i]);
            hole = i;
        }
    }

    template <class Visitor>
    void for_each(Visitor&& visit) const {
        for (const place& p : places_)
            if (p.log) visit(*p.log);
    }

private:
    struct place {
        std::size_t hash = 0;
        std::unique_ptr<topic_log> log{}; ///< null for a free place
    };
    static constexpr std::size_t first_size = 16;

    [[nodiscard]] static std::size_t hash_of(std::string_view topic) noexcept {
        return std::hash<std::string_view>()(topic);
    }
    [[nodiscard]] std::size_t mask() const noexcept { return places_.size() - 1; }
    [[nodiscard]] std::size_t home(std::size_t hash) const noexcept { return hash & mask(); }
    [[nodiscard]] std::size_t next(std::size_t i) const noexcept { return (i + 1) & mask(); }

    topic_log* put(place p) noexcept {
        std::size_t i = home(p.hash);
        while (places_[i].log)
            i = next(i);
        places_[i] = std::move(p);
        return places_[i].log.get();
    }
    void grow() {
        std::vector<place> old(places_.empty() ? first_size : 2 * places_.size());
        old.swap(places_);
        for (place& p : old)
            if (p.log) put(std::move(p));
    }

    std::vector<place> places_; // a power of two of them
    std::size_t size_ = 0;
};

} // namespace sse::detail
