// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/hub_shard.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

// What a shard does by the clock: heartbeats, what is too old, farewells.

namespace sse::detail {

inline void hub_shard::start_timer() {
    using std::chrono::milliseconds;
    const std::uint64_t beat = static_cast<std::uint64_t>(hub_->options.heartbeat.count());
    // a look at all streams now and then costs less than a timer for each
    milliseconds period(beat == 0 ? 1000 : std::clamp<std::uint64_t>(beat / 8, 10, 1000));
    if (ending_.active()) period = paced_farewell::tick;
    if (ticking_) return;
    ticking_ = true;
    timer_.expires_after(period);
    timer_.async_wait(calls<&hub_shard::on_timer>(weak_from_this()));
}

inline void hub_shard::on_timer(const error_code& /*expired or cancelled*/) {
    ticking_ = false;
    streams_.empty() ? forget_unused() : tick();
}

inline void hub_shard::tick() {
    {
        const std::lock_guard lock(hub_->mutex);
        now_ = hub_->now();
        wake_others();
        hub_->store.trim(now_);
        hub_->store.drop_idle(now_);
    }
    if (ending_.active()) end_some();
    if (hub_->options.stream_life.count() > 0) end_old();
    const std::uint64_t beat = static_cast<std::uint64_t>(hub_->options.heartbeat.count());
    for (std::size_t i = beat != 0 && now_ >= beat ? streams_.size() : 0; i-- > 0;) {
        if (i < streams_.size()) streams_[i]->beat(now_ - beat);
    }
    forget_unused();
    if (!streams_.empty()) start_timer();
}

/// When a stream that opens now is to end; 0 for never.
inline std::uint64_t hub_shard::end_of_life() {
    const auto bounded = [](std::chrono::milliseconds time) {
        return static_cast<std::uint64_t>(std::clamp<std::int64_t>(time.count(), 0, INT64_MAX / 4));
    };
    const std::uint64_t life = bounded(hub_->options.stream_life);
    if (life == 0) return 0;
    return hub_->now() + life + random_() % (bounded(hub_->options.stream_life_jitter) + 1);
}

inline void hub_shard::end_old() {
    std::vector<hub_stream*> old;
    for (hub_stream* s : streams_) {
        if (s->is_old(now_) && !s->is_ending()) old.push_back(s);
    }
    std::string block;
    serialize_retry(hub_->options.stream_retry, block);
    for (hub_stream* s : old)
        s->end_with(block, errc::end_of_stream);
}

inline void hub_shard::drain(const farewell& f) {
    now_ = hub_->now();
    ending_.begin(f, now_);
    timer_.cancel();
    if (!streams_.empty() && !ticking_) start_timer();
}

inline void hub_shard::end_some() {
    std::vector<hub_stream*> waiting;
    for (hub_stream* s : streams_) {
        if (!s->is_ending()) waiting.push_back(s);
    }
    waiting.resize(ending_.due(waiting.size(), now_));
    for (hub_stream* s : waiting)
        s->end_with(ending_.block(random_), errc::draining);
}

inline void hub_shard::close() {
    for (std::size_t i = streams_.size(); i-- > 0;) {
        if (i < streams_.size()) streams_[i]->cut(errc::closed);
    }
}

} // namespace sse::detail
