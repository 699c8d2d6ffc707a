// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/hub_shard.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace sse::detail {

inline hub_shard::~hub_shard() {
    const std::lock_guard lock(hub_->mutex);
    counts.add_to(hub_->metrics);
    for (auto& [name, topic] : topics_) {
        if (topic->log == nullptr) continue;
        std::erase_if(topic->log->readers, [this](auto& r) { return r.reader == this; });
    }
    std::erase(hub_->store.watchers, this);
    std::erase_if(hub_->shards, [](const auto& weak) { return weak.expired(); });
}

inline void hub_shard::wake() {
    if (std::exchange(awake_, true)) return;
    asio::post(executor_, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->drain_streams();
    });
}

/// Under the lock: asks to be told of new topics.
inline void hub_shard::watch() {
    auto& all = hub_->store.watchers;
    if (std::find(all.begin(), all.end(), this) == all.end()) all.push_back(this);
}

inline followed_topic& hub_shard::follow(std::string_view name) {
    const auto found = topics_.find(name);
    if (found != topics_.end()) return *found->second;
    auto made = std::make_unique<followed_topic>(std::string(name));
    made->log = hub_->store.find(name);
    if (made->log != nullptr) {
        made->log->readers.push_back({this, false});
        by_log_.emplace(made->log, made.get());
        made->view.seen(horizon_);
        made->log->snapshot(made->view);
    } else {
        watch();
    }
    return *topics_.emplace(std::string(name), std::move(made)).first->second;
}

/// Brings the views up to date, and settles at once what that loses some streams. Returns with the
/// hub's lock.
inline std::unique_lock<std::mutex> hub_shard::look() {
    for (;;) {
        std::unique_lock lock(hub_->mutex);
        if (!refresh(true)) return lock;
        lock.unlock();
        settle_lost();
    }
}

inline opening hub_shard::subscribe(hub_stream& stream, const subscribe_options& options) {
    const std::unique_lock lock = look();
    log_store& store = hub_->store;
    std::vector<followed_topic*> topics;
    const auto add_topic = [&](std::string_view name) {
        followed_topic& t = follow(name);
        if (t.log != nullptr) store.trim(*t.log, now_);
        if (t.readers.empty()) t.view.release(); // nobody has lost anything
        topics.push_back(&t);
    };
    for (const std::string& name : options.topics) {
        if (!has_wildcard(name)) {
            add_topic(name);
            continue;
        }
        stream.patterns.push_back(name);
        store.for_each([&](topic_log& log) {
            if (matches_topic(name, log.name())) add_topic(log.name());
        });
    }
    std::sort(topics.begin(), topics.end());
    topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
    const std::string& last = options.last_event_id;
    const reader_position reader = locate_reader(last, store.position(), store.find_own_id(last));
    opening result = open_stream(topics, reader, options.replay, horizon_);
    for (std::size_t i = 0; i < topics.size(); ++i)
        stream.follow(*topics[i], result.places[i]);
    if (!stream.patterns.empty()) watch();
    return result;
}

inline std::string hub_shard::first_block(const subscribe_options& options, const opening& opened) {
    if (!opened.missing) return position_block(place(opened.position));
    counts.announced(opened.missing.reason);
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
    stream.slot = streams_.size();
    streams_.push_back(&stream);
    counts.joined();
    start_timer();
}

inline void hub_shard::remove(hub_stream& stream) noexcept {
    if (stream.slot >= streams_.size() || streams_[stream.slot] != &stream) return;
    streams_[stream.slot] = streams_.back();
    streams_[stream.slot]->slot = stream.slot;
    streams_.pop_back();
    counts.left();
    if (streams_.empty() && !ending_.active()) timer_.cancel();
}

/// Under the lock: brings all that has grown up to one moment. Whether streams may have lost
/// something.
inline bool hub_shard::refresh(bool keep) {
    now_ = hub_->now();
    bool lost = false;
    for (topic_log* log : grown) {
        const auto reader = std::find_if(log->readers.begin(), log->readers.end(),
                                         [this](const auto& r) { return r.reader == this; });
        auto known = by_log_.find(log);
        if (reader == log->readers.end() || known == by_log_.end()) {
            // new: somebody may wait for it by name, or have a pattern that it matches
            known = by_log_.end();
            for (hub_stream* s : streams_) {
                const bool wanted = std::any_of(
                    s->patterns.begin(), s->patterns.end(),
                    [log](const std::string& p) { return matches_topic(p, log->name()); });
                if (wanted && !s->follows(log->name()))
                    s->follow(follow(log->name()), stream_place{});
            }
            const auto named = topics_.find(log->name());
            if (named == topics_.end()) continue;
            followed_topic& t = *named->second;
            if (t.log == nullptr) {
                t.log = log;
                log->readers.push_back({this, false});
                by_log_.emplace(log, &t);
            }
            known = by_log_.find(log);
        } else {
            reader->told = false;
        }
        known->second->view.seen(horizon_);
        log->snapshot(known->second->view, keep);
        lost = lost || known->second->view.has_dropped();
        tasks_.push_back({known->second, known->second->readers.size()});
    }
    grown.clear();
    horizon_ = hub_->store.position().sequence;
    return lost;
}

/// Applies the overflow policy to the streams that need what is no longer there.
inline void hub_shard::settle_lost() {
    constexpr std::size_t max_rest = std::size_t{64} << 10;
    for (const task& t : tasks_) {
        for (std::size_t i = t.topic->view.has_dropped() ? t.topic->readers.size() : 0; i-- > 0;) {
            if (i >= t.topic->readers.size()) continue;
            const followed_topic::slot& reader = t.topic->readers[i];
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

inline void hub_shard::drain_streams() {
    if (working_) {
        again_ = true;
        return;
    }
    {
        const std::lock_guard lock(hub_->mutex);
        awake_ = false;
        refresh(false);
    }
    settle_lost();
    work();
}

inline void hub_shard::work() {
    std::size_t budget = 4096;
    while (!tasks_.empty()) {
        task& t = tasks_.back();
        t.left = std::min(t.left, t.topic->readers.size());
        if (t.left == 0) {
            tasks_.pop_back();
            continue;
        }
        if (budget-- == 0) {
            working_ = true;
            asio::post(executor_, [self = shared_from_this()] {
                self->working_ = false;
                self->work();
            });
            return;
        }
        const followed_topic::slot& reader = t.topic->readers[--t.left];
        if (reader.reader->has_more(reader.source) || reader.reader->owes_gap()) {
            static_cast<hub_stream&>(*reader.reader).pump();
        }
    }
    if (std::exchange(again_, false)) drain_streams();
}

/// Topics that nobody here follows any more.
inline void hub_shard::forget_unused() {
    if (!tasks_.empty()) return;
    const std::lock_guard lock(hub_->mutex);
    for (auto t = topics_.begin(); t != topics_.end();) {
        followed_topic& topic = *t->second;
        if (!topic.readers.empty()) {
            ++t;
            continue;
        }
        if (topic.log != nullptr) {
            std::erase_if(topic.log->readers, [this](auto& r) { return r.reader == this; });
            std::erase(grown, topic.log);
            by_log_.erase(topic.log);
        }
        t = topics_.erase(t);
    }
}

} // namespace sse::detail
