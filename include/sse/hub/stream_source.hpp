// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/followed_topic.hpp>
#include <sse/hub/newest_values.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

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
    std::size_t slot = 0; ///< among the topic's readers

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

/// The topics of a stream. Most have one, which takes no memory of its own.
class stream_sources {
public:
    [[nodiscard]] std::size_t size() const noexcept {
        return many_ ? many_->size() : (one_.topic != nullptr ? 1U : 0U);
    }
    [[nodiscard]] stream_source* begin() noexcept { return many_ ? many_->data() : &one_; }
    [[nodiscard]] stream_source* end() noexcept { return begin() + size(); }
    [[nodiscard]] const stream_source* begin() const noexcept {
        return many_ ? many_->data() : &one_;
    }
    [[nodiscard]] const stream_source* end() const noexcept { return begin() + size(); }
    [[nodiscard]] stream_source& operator[](std::size_t i) noexcept { return begin()[i]; }
    [[nodiscard]] const stream_source& operator[](std::size_t i) const noexcept {
        return begin()[i];
    }
    [[nodiscard]] stream_source& back() noexcept { return end()[-1]; }

    void push_back(const stream_source& s) {
        if (size() == 0) {
            one_ = s;
            many_.reset();
            return;
        }
        if (!many_) many_ = std::make_unique<std::vector<stream_source>>(1, one_);
        many_->push_back(s);
    }
    void pop_back() noexcept {
        if (many_)
            many_->pop_back();
        else
            one_.topic = nullptr;
    }
    void clear() noexcept {
        many_.reset();
        one_.topic = nullptr;
    }

private:
    stream_source one_{}; // no topic: none
    std::unique_ptr<std::vector<stream_source>> many_;
};

} // namespace sse::detail
