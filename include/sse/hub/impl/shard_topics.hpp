// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/hub_shard.hpp>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

// The topics that the streams of a shard follow, and what they may see of them.

namespace sse::detail {

inline hub_shard::~hub_shard() {
    const std::lock_guard lock(hub_->mutex);
    counts.add_to(hub_->metrics);
    for (topic_log* log : grown) {
        if (find(*log) == nullptr) --log->unseen;
    }
    for (auto& [name, topic] : topics_) {
        if (topic->log != nullptr) topic->log->readers.remove(*topic);
    }
    std::erase(hub_->store.watchers, this);
    std::erase(hub_->to_wake, this);
    wake_others(); // those that wait for this one to look
    std::erase_if(hub_->shards, [](const auto& s) { return s.data.expired(); });
}

/// Under the lock: what is known here of a log; null where it was not met.
inline followed_topic* hub_shard::find(const topic_log& log) const noexcept {
    return static_cast<followed_topic*>(log.readers.find(*this));
}

/// Under the lock: asks to be told of new topics.
inline void hub_shard::watch() {
    auto& all = hub_->store.watchers;
    if (std::find(all.begin(), all.end(), this) == all.end()) all.push_back(this);
}

inline std::size_t hub_shard::count(std::string_view topic) const {
    const auto found = topics_.find(topic);
    const bool named = found != topics_.end();
    const std::size_t readers =
        named ? found->second->reader_count.load(std::memory_order_relaxed) : 0;
    if (named && found->second->log != nullptr) return readers; // those with patterns as well
    return readers + static_cast<std::size_t>(std::count_if(
                         pattern_streams_.begin(), pattern_streams_.end(), [&](hub_stream* s) {
                             return s->wants(topic) && !(named && s->follows(topic));
                         }));
}

inline std::size_t hub_shard::waiting_for(const topic_log& log) const { return count(log.name()); }

/// Under the lock: the topic with this name, from now on.
inline followed_topic& hub_shard::follow(std::string_view name) {
    const auto found = topics_.find(name);
    if (found != topics_.end()) return *found->second;
    auto made = std::make_unique<followed_topic>(std::string(name), &unused_);
    if (topic_log* const log = hub_->store.find(name)) {
        made->view.seen(horizon_);
        connect(*made, *log);
        log->snapshot(made->view);
    } else {
        made->dropped_up_to = hub_->store.dropped_up_to(name);
        watch();
    }
    return *topics_.emplace(std::string(name), std::move(made)).first->second;
}

inline void hub_shard::connect(followed_topic& topic, topic_log& log) {
    topic.log = &log;
    topic.owner = this;
    topic.had_at_look = topic.had;
    log.readers.add(topic);
}

/// Under the lock: all topics that a name or pattern stands for.
template <class Visitor>
void hub_shard::for_each_topic(std::string_view name, Visitor&& visit) {
    if (!has_wildcard(name)) return visit(follow(name));
    watch();
    hub_->store.for_each([&](topic_log& log) {
        if (matches_topic(name, log.name())) visit(follow(log.name()));
    });
}

/// Under the lock: a log that is new to this shard. Somebody may wait for it by name, or have a
/// pattern that it matches. Null where nobody does.
inline followed_topic* hub_shard::meet(topic_log& log) {
    --log.unseen;
    const std::string_view name = log.name();
    const bool named = topics_.contains(name); // somebody waits for it by its name
    for (hub_stream* s : pattern_streams_)
        if (s->wants(name) && !(named && s->follows(name))) s->follow(follow(name), {});
    const auto found = topics_.find(name);
    if (found == topics_.end()) return nullptr;
    if (found->second->log == nullptr) connect(*found->second, log);
    return found->second.get();
}

/// Under the lock: brings all that has grown up to one moment. Whether streams may have lost
/// something.
inline bool hub_shard::refresh(bool keep) {
    now_ = hub_->now();
    bool lost = false;
    for (topic_log* log : grown) {
        followed_topic* topic = find(*log);
        if (topic == nullptr) topic = meet(*log);
        if (topic == nullptr) continue;
        topic->told = false;
        topic->had_at_look = topic->had;
        topic->view.seen(horizon_);
        topic->look(keep);
        lost = lost || topic->view.has_dropped();
        topic->waits = false;
        tasks_.push_back({topic, topic->readers.size(), topic->view.end().offset});
    }
    grown.clear();
    horizon_ = hub_->store.position().sequence;
    return lost;
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

/// Topics that nobody here follows any more.
inline void hub_shard::forget_unused() {
    if (!tasks_.empty() || unused_.empty()) return;
    const std::lock_guard lock(hub_->mutex);
    for (followed_topic* topic : unused_) {
        topic->is_unused = false;
        if (!topic->readers.empty()) continue;
        if (topic->log != nullptr) {
            topic->log->readers.remove(*topic);
            std::erase(grown, topic->log);
        }
        topics_.erase(topics_.find(topic->name));
    }
    unused_.clear();
}

} // namespace sse::detail
