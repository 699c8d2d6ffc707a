// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/hub_shard.hpp>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

// The streams of a shard, and what they get.

namespace sse::detail {

inline opening hub_shard::subscribe(hub_stream& stream, const subscribe_options& options) {
    const std::unique_lock lock = look();
    log_store& store = hub_->store;
    std::vector<followed_topic*> topics;
    std::uint64_t dropped = 0;
    for (const std::string& name : options.topics) {
        if (has_wildcard(name)) {
            add_pattern(stream, name);
            dropped = std::max(dropped, store.dropped_up_to_any(name));
        }
        for_each_topic(name, [&](followed_topic& t) {
            if (t.log != nullptr) store.trim(*t.log, now_);
            if (t.readers.empty()) t.view.release(); // nobody has lost anything
            topics.push_back(&t);
        });
    }
    std::sort(topics.begin(), topics.end());
    topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
    const std::string& last = options.last_event_id;
    const reader_position reader = locate_reader(last, store.position(), store.find_own_id(last));
    opening result =
        open_stream(topics, reader, options.replay, horizon_, options.last_value, dropped);
    for (std::size_t i = 0; i < topics.size(); ++i) {
        followed_topic& t = *topics[i];
        stream.follow(t, result.places[i]);
        t.had_at_look = t.had;
    }
    return result;
}

inline errc hub_shard::send(hub_stream& stream, std::string block) {
    { const std::unique_lock lock = look(); }
    return stream.append_behind(horizon_, std::move(block), hub_->options.private_bytes)
               ? errc::success
               : errc::buffer_full;
}

inline std::string hub_shard::first_block(const subscribe_options& options, const opening& opened) {
    if (!opened.missing) return position_block(place(opened.position));
    return echo_block(options.last_event_id, hub_->store.epoch()) +
           gap_block(hub_->options.gap_type, opened.missing, place(opened.position));
}

inline std::string_view hub_shard::next(hub_stream& stream) {
    if (!stream.is_behind()) return stream.next(merged);
    const std::lock_guard lock(hub_->mutex); // for the values beyond the logs
    return stream.next(merged);
}

inline void hub_shard::append_gap(hub_stream& stream, const gap& missing) {
    counts.announced(missing.reason);
    stream.append(gap_block(hub_->options.gap_type, missing, place(stream.position(horizon_))));
}

inline void hub_shard::add(hub_stream& stream) {
    stream.slot_ = static_cast<std::uint32_t>(streams_.size());
    streams_.push_back(&stream);
    layered_ = layered_ || stream.layered_;
    counts.joined();
    stream.live_until(end_of_life());
    tell(hub_->options.on_join, stream);
    start_timer();
}

inline void hub_shard::remove(hub_stream& stream) noexcept {
    if (stream.slot_ >= streams_.size() || streams_[stream.slot_] != &stream) return;
    streams_[stream.slot_] = streams_.back();
    streams_[stream.slot_]->slot_ = stream.slot_;
    streams_.pop_back();
    counts.left();
    if (streams_.empty() && !ending_.active()) timer_.cancel();
}

/// Applies the overflow policy to the streams that need what is no longer there.
inline void hub_shard::settle_lost() {
    constexpr std::size_t max_rest = std::size_t{64} << 10;
    for (std::size_t n = 0; n < tasks_.size(); ++n) {
        followed_topic& topic = *tasks_[n].topic;
        for (std::size_t i = topic.view.has_dropped() ? topic.readers.size() : 0; i-- > 0;) {
            if (i >= topic.readers.size()) continue;
            const followed_topic::slot& reader = topic.readers[i];
            if (!reader.reader->lost(reader.source)) continue;
            auto& stream = static_cast<hub_stream&>(*reader.reader);
            const bool goes_on = stream.policy != overflow::disconnect &&
                                 stream.skip_lost(max_rest, stream.policy == overflow::conflate);
            if (!goes_on) stream.cut(errc::lagged);
        }
    }
    for (const task& t : tasks_)
        t.topic->view.release();
}

/// Calls a hook of the user's, soon.
inline void hub_shard::tell(const std::function<void(const presence&)>& hook, hub_stream& stream) {
    if (!hook) return;
    presence who{stream.followed(), stream.extras() ? stream.extras()->state : nullptr};
    asio::post(executor_, [hub = hub_, &hook, who = std::move(who)] { hook(who); });
}

/// Under the lock: the shard of the event loop that calls this, if one does.
inline hub_shard* hub_shard::find_here() const noexcept {
    for (const hub_state::shard& s : hub_->shards) {
        const auto* const loop = s.executor.target<asio::io_context::executor_type>();
        if (loop != nullptr && loop->running_in_this_thread() && !s.data.expired())
            return s.address;
    }
    return nullptr;
}

/// What is published on the thread of another shard may be the first of many in a turn of its event
/// loop: woken at once, this one would send the first few by themselves. So that one wakes it when
/// it looks at the logs itself, behind all that was ready in this turn.
inline void hub_shard::wake() {
    if (awake_) return;
    hub_shard* const here = find_here();
    if (here == nullptr || here == this) return look_soon();
    if (!here->awake_) here->look_soon();
    if (!std::exchange(waits_, true)) hub_->to_wake.push_back(this);
}

/// Under the lock.
inline void hub_shard::look_soon() {
    awake_ = true;
    asio::post(executor_, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->drain_streams();
    });
}

/// Under the lock. Any shard does it for all: that of the publisher may never run again.
inline void hub_shard::wake_others() {
    for (hub_shard* const s : hub_->to_wake) {
        s->waits_ = false;
        if (!s->awake_) s->look_soon();
    }
    hub_->to_wake.clear();
}

inline void hub_shard::drain_streams() {
    if (working_) {
        again_ = true;
        return;
    }
    {
        const std::lock_guard lock(hub_->mutex);
        wake_others();
        awake_ = false;
        refresh(false);
    }
    settle_lost();
    work();
}

/// What the next streams need comes from memory while the kernel sends to one: with thousands of
/// them nothing of a stream is left in the cache from the last time. Each step finds the pointers
/// that it follows in what the step before has brought, one stream earlier.
template <std::size_t Layers>
void hub_shard::prefetch_behind(const task& t) noexcept {
    const auto stream = [&](std::size_t i) {
        return static_cast<const hub_stream*>(t.topic->readers[i].reader);
    };
    if (t.left > Layers + 1) prefetch(stream(t.left - Layers - 2), sizeof(hub_stream));
    if (t.left > Layers) stream(t.left - Layers - 1)->prefetch_sink();
    for (std::size_t step = 0; step < Layers; ++step)
        if (t.left >= Layers - step) stream(t.left - Layers + step)->prefetch_layer(step);
}

/// All readers of a topic have had their turn.
inline void hub_shard::end_task() noexcept {
    const task& t = tasks_.back();
    if (!t.topic->waits) t.topic->had = std::max(t.topic->had, t.end);
    tasks_.pop_back();
}

inline void hub_shard::work() {
    std::size_t budget = 4096;
    while (!tasks_.empty()) {
        task& t = tasks_.back();
        t.left = std::min(t.left, t.topic->readers.size());
        if (t.left == 0) {
            end_task();
            continue;
        }
        if (budget-- == 0) {
            working_ = true;
            asio::post(executor_, calls<&hub_shard::work_on>(shared_from_this()));
            return;
        }
        const followed_topic::slot& reader = t.topic->readers[--t.left];
        layered_ ? prefetch_behind<stream_sink::layers>(t) : prefetch_behind<0>(t);
        if (reader.reader->has_more(reader.source) || reader.reader->owes_gap()) {
            followed_topic& topic = *t.topic;
            if (static_cast<hub_stream&>(*reader.reader).pump()) topic.waits = true;
        }
    }
    if (std::exchange(again_, false)) drain_streams();
}

inline void hub_shard::work_on() {
    {
        const std::lock_guard lock(hub_->mutex);
        wake_others();
    }
    working_ = false;
    work();
}

} // namespace sse::detail
