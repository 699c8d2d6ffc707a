// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/hub_shard.hpp>
#include <sse/text/limits.hpp>

#include <algorithm>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// Topics and patterns of streams that are open.

namespace sse::detail {

/// Under the lock.
inline void hub_shard::add_pattern(hub_stream& stream, std::string_view pattern) {
    stream_extras& x = stream.make_extras();
    if (std::find(x.patterns.begin(), x.patterns.end(), pattern) != x.patterns.end()) return;
    if (x.patterns.empty()) {
        x.slot = pattern_streams_.size();
        pattern_streams_.push_back(&stream);
    }
    x.patterns.emplace_back(pattern);
}

/// Under the lock: takes a stream off those with patterns, since it has none any more.
inline void hub_shard::drop_pattern_stream(hub_stream& stream) noexcept {
    const std::size_t slot = stream.extras()->slot;
    pattern_streams_[slot] = pattern_streams_.back();
    pattern_streams_[slot]->extras()->slot = slot;
    pattern_streams_.pop_back();
}

inline void hub_shard::forget_patterns(hub_stream& stream) noexcept {
    if (stream.extras() == nullptr || stream.extras()->patterns.empty()) return;
    const std::lock_guard lock(hub_->mutex);
    stream.extras()->patterns.clear();
    drop_pattern_stream(stream);
}

inline errc hub_shard::follow(hub_stream& stream, std::string_view name) {
    if (!is_topic_pattern(name)) return errc::invalid_topic;
    const std::unique_lock lock = look();
    if (exceeds(stream.followed().size() + 1, hub_->options.max_stream_topics))
        return errc::too_many_topics;
    if (has_wildcard(name)) add_pattern(stream, name);
    const std::vector<const followed_topic*> has = stream.topics();
    for_each_topic(name, [&](followed_topic& t) {
        if (t.readers.empty()) t.view.release();
        if (!std::binary_search(has.begin(), has.end(), &t)) stream.follow(t, t.view.end());
    });
    return errc::success;
}

inline errc hub_shard::unfollow(hub_stream& stream, std::string_view name) {
    const std::lock_guard lock(hub_->mutex); // `count` looks at streams with patterns
    if (!has_wildcard(name)) {
        return stream.unfollow(name) ? errc::success : errc::invalid_topic;
    }
    stream_extras* const x = stream.extras();
    if (x == nullptr || std::erase(x->patterns, name) == 0) return errc::invalid_topic;
    if (x->patterns.empty()) drop_pattern_stream(stream);
    stream.unfollow_if([&](const std::string& topic) {
        return matches_topic(name, topic) && !stream.wants(topic);
    });
    return errc::success;
}

} // namespace sse::detail
