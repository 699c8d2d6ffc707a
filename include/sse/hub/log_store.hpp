// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/dropped_topics.hpp>
#include <sse/hub/event_id.hpp>
#include <sse/hub/history.hpp>
#include <sse/hub/string_map.hpp>
#include <sse/hub/topic.hpp>
#include <sse/hub/topic_log.hpp>
#include <sse/hub/topic_table.hpp>
#include <sse/hub/wire_event.hpp>
#include <sse/text/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::detail {

/// All topics of a hub, with the one sequence of their events and the one budget of their memory.
///
/// Thread safety: none; the hub's lock guards it. An event gets its number and lands in its log
/// under the same lock, so nobody who takes the lock ever sees an event before a lower number's.
class log_store {
public:
    struct append_options {
        std::optional<std::chrono::milliseconds> retry{};
        std::string_view key{};
    };
    struct result {
        errc error = errc::success;
        std::uint64_t sequence = 0;
        topic_log* log = nullptr;
        std::size_t woken = 0; ///< streams
    };

    /// `keep_values`: the newest event of each key outlives its eviction. `idle`: after how many
    /// milliseconds without an event a topic may be dropped, 0 for never.
    log_store(const history& bounds, std::uint64_t epoch, std::size_t max_topics,
              bool keep_values = false, std::uint64_t idle = 0)
        : bounds_(bounds), epoch_(epoch), ids_(epoch), max_topics_(max_topics),
          keep_values_(keep_values), idle_(idle), rest_(rest_of(max_age(), idle)),
          segment_capacity_(bounds.bytes == 0
                                ? max_segment
                                : std::clamp(bounds.bytes / 16, min_segment, max_segment)) {}

    /// Whether anything goes by the time, which is not for nothing to be had.
    [[nodiscard]] bool needs_time() const noexcept { return rest_ != 0; }
    [[nodiscard]] event_id position() const noexcept { return {epoch_, sequence_}; }
    [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; } ///< needs no lock
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t topics() const noexcept { return logs_.size(); }

    [[nodiscard]] topic_log* find(std::string_view topic) noexcept { return logs_.find(topic); }

    template <class Visitor>
    void for_each(Visitor&& visit) {
        logs_.for_each(visit);
    }

    /// The number of the event in history that has this id of somebody's choice.
    [[nodiscard]] std::optional<std::uint64_t> find_own_id(std::string_view id) const noexcept {
        const auto found = own_ids_.find(id);
        if (found == own_ids_.end()) return std::nullopt;
        return found->second;
    }

    /// Serialises `e` into the log of `topic`, with its number as its id where it has none of its
    /// own, and evicts what goes beyond the bounds. `now` is in milliseconds and never goes back.
    /// Errors: `errc::invalid_topic`, `errc::invalid_field`, `errc::invalid_id`,
    /// `errc::too_many_topics`; nothing is changed then.
    result append(std::string_view topic, event_view e, const append_options& options,
                  std::uint64_t now) {
        topic_log* log = find(topic);
        if (log == nullptr && !is_topic(topic)) return {errc::invalid_topic};
        if (const errc refused = check(e, options); refused != errc::success) return {refused};
        if (log == nullptr) log = add(topic);
        if (log == nullptr) return {errc::too_many_topics};
        log->prefetch_end();
        use(*log, now);
        const std::uint64_t sequence = sequence_ + 1;
        if (e.id.empty()) {
            e.id = ids_.write(sequence);
        } else {
            own_ids_.emplace(e.id, sequence);
            log->own_ids.emplace_back(sequence, std::string(e.id));
        }
        const std::uint32_t key =
            keep_values_ && !options.key.empty() ? supersede(*log, options.key, sequence) : 0;
        const wire_event wire{e, options.retry};
        const std::size_t inner = wire.inner_size();
        const std::size_t size = wire_event::size(inner);
        segment& place = log->reserve(size, sequence, now, segment_capacity_, segments_);
        wire.put(place.append(size, sequence, now, key), inner);
        log->appended(size, key);
        sequence_ = sequence;
        bytes_ += size + sizeof(log_entry);
        std::size_t woken = log->readers.tell(*log);
        if (log->unseen != 0) woken += waiting_for(*log);
        trim(*log, now);
        trim(now);
        return {errc::success, sequence, log, woken};
    }

    /// Evicts from one log what is beyond the number of events or the age.
    void trim(topic_log& log, std::uint64_t now) {
        if (bounds_.events != 0) {
            while (log.end_ordinal() - log.begin_ordinal() > bounds_.events)
                evict(log);
        }
        if (const std::uint64_t age = max_age()) {
            while (!log.empty() && log.oldest_time() + age < now)
                evict(log);
        }
    }

    /// Evicts from all logs what is beyond the budget, and segments that are too old as a whole.
    void trim(std::uint64_t now) {
        while (bounds_.bytes != 0) {
            if (kept_bytes_ > bounds_.bytes / 2)
                drop_value();
            else if (bytes_ > bounds_.bytes && segments_.has_several())
                evict_segment();
            else
                break;
        }
        if (const std::uint64_t age = max_age()) {
            while (!segments_.empty()) {
                const segment& oldest = segments_.front();
                if (oldest.time(oldest.count() - 1) + age >= now) break;
                evict_segment();
            }
        }
    }

    /// Drops topics that nobody follows: of those that were not used for the longest time the ones
    /// without history, or that nothing was published to for too long. Looks at a bounded number.
    void drop_idle(std::uint64_t now);

    /// The number of the last event of a topic that was lost when the topic was dropped.
    [[nodiscard]] std::uint64_t dropped_up_to(std::string_view topic) const noexcept {
        return dropped_.up_to(topic);
    }

    /// The same for all topics that a pattern stands for.
    [[nodiscard]] std::uint64_t dropped_up_to_any(std::string_view pattern) const noexcept {
        return dropped_.up_to_any(pattern);
    }

    std::vector<log_reader*> watchers; ///< to be told of new topics

private:
    static constexpr std::size_t max_key_size = 255;
    static constexpr std::size_t min_segment = 1024;
    // many events to one send; below the size from which malloc would map and unmap each
    static constexpr std::size_t max_segment = std::size_t{120} << 10;

    [[nodiscard]] errc check(const event_view& e, const append_options& options) const {
        if (options.key.size() > max_key_size) return errc::invalid_field;
        if (!is_valid_field(e.type) || !is_valid_field(e.id)) return errc::invalid_field;
        if (!e.id.empty() && (looks_like_event_id(e.id) || find_own_id(e.id))) {
            return errc::invalid_id;
        }
        return errc::success;
    }

    [[nodiscard]] std::uint64_t max_age() const noexcept {
        return static_cast<std::uint64_t>(std::max<std::int64_t>(bounds_.age.count(), 0));
    }

    [[nodiscard]] static std::uint64_t rest_of(std::uint64_t age, std::uint64_t idle) noexcept {
        return idle == 0 || age == 0 ? std::max(idle, age) : std::min(idle, age);
    }

    void use(topic_log& log, std::uint64_t now) {
        if (rest_ == 0) return; // nobody asks
        recent_.splice(recent_.end(), recent_, log.use);
        log.used = now;
    }

    /// Null where there are too many.
    [[nodiscard]] topic_log* add(std::string_view topic);
    /// Drops a topic that no reader knows.
    void drop(topic_log& log);
    /// Makes way for the newest event of a key. Returns the key's number.
    std::uint32_t supersede(topic_log& log, std::string_view key, std::uint64_t sequence);
    void evict(topic_log& log) {
        if (log.is_plain())
            log.lose(log.oldest_sequence());
        else
            settle_oldest(log);
        give_back(log, log.evict(segments_, bounds_.live_bytes));
    }
    /// Of the oldest event, which is to be evicted: keeps it where it is a newest value.
    void settle_oldest(topic_log& log);
    /// Lets go of what was kept of a value that a newer one supersedes, or that was dropped.
    void forget(const newest_values::node& old, std::size_t size);
    void drop_value(topic_log& log, std::uint64_t sequence);
    void evict_segment();
    /// Streams that wait for a topic of which their shards have not seen the log yet.
    [[nodiscard]] std::size_t waiting_for(const topic_log& log) const;
    /// Drops the oldest of the values that are kept beyond the logs.
    void drop_value() { drop_value(*kept_.begin()->second, kept_.begin()->first); }

    void give_back(topic_log& log, std::size_t freed) {
        bytes_ -= freed;
        if (freed != 0) log.readers.tell(log); // or else they would hold on to the memory
    }

    history bounds_;
    const std::uint64_t epoch_;
    event_id_writer ids_;
    std::size_t max_topics_;
    bool keep_values_;
    std::uint64_t idle_;
    std::uint64_t rest_; // after how long without an event topics are looked at; 0 for never
    std::size_t segment_capacity_;
    std::uint64_t sequence_ = 0;
    std::size_t bytes_ = 0;
    std::size_t kept_bytes_ = 0;               // of bytes_, those of values beyond the logs
    std::map<std::uint64_t, topic_log*> kept_; // these values, by number
    kept_segments segments_;
    topic_table logs_;
    std::list<topic_log*> recent_; // by last use, the oldest first
    dropped_topics dropped_;
    string_map<std::uint64_t> own_ids_;
};

} // namespace sse::detail

#include <sse/hub/impl/log_store.hpp>
