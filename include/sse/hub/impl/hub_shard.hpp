// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/hub_shard.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace sse::detail {

inline hub_shard::~hub_shard() {
    const std::lock_guard lock(hub_->mutex);
    add_to(hub_->metrics);
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
        made->log->snapshot(made->view);
    } else {
        watch();
    }
    return *topics_.emplace(std::string(name), std::move(made)).first->second;
}

inline opening hub_shard::subscribe(hub_stream& stream, const subscribe_options& options) {
    const std::lock_guard lock(hub_->mutex);
    log_store& store = hub_->store;
    refresh(true);
    std::vector<followed_topic*> topics;
    const auto add_topic = [&](std::string_view name) {
        followed_topic& t = follow(name);
        if (t.log != nullptr) store.trim(*t.log, now_);
        if (std::find(topics.begin(), topics.end(), &t) == topics.end()) topics.push_back(&t);
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
    const std::string& last = options.last_event_id;
    const reader_position reader = locate_reader(last, store.position(), store.find_own_id(last));
    opening result = open_stream(topics, reader, options.replay, horizon_);
    for (std::size_t i = 0; i < topics.size(); ++i)
        stream.follow(*topics[i], result.cursors[i]);
    if (!stream.patterns.empty()) watch();
    return result;
}

inline void hub_shard::add(hub_stream& stream) {
    stream.slot = streams_.size();
    streams_.push_back(&stream);
    add_count(counts_.subscribers, 1);
    start_timer();
}

inline void hub_shard::remove(hub_stream& stream) noexcept {
    if (stream.slot >= streams_.size() || streams_[stream.slot] != &stream) return;
    streams_[stream.slot] = streams_.back();
    streams_[stream.slot]->slot = stream.slot;
    streams_.pop_back();
    add_count(counts_.subscribers, static_cast<std::uint64_t>(-1));
    if (streams_.empty() && !ending_) timer_.cancel();
}

/// Under the lock: brings all that has grown up to one moment.
inline void hub_shard::refresh(bool keep) {
    now_ = hub_->now();
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
                if (wanted && !s->follows(log->name())) s->follow(follow(log->name()), {});
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
        log->snapshot(known->second->view, keep);
        tasks_.push_back({known->second, known->second->readers.size()});
    }
    grown.clear();
    horizon_ = hub_->store.position().sequence;
}

/// Applies the overflow policy to the streams that need what is no longer there.
inline void hub_shard::settle_lost() {
    constexpr std::size_t max_rest = std::size_t{64} << 10;
    for (const task& t : tasks_) {
        for (std::size_t i = t.topic->view.has_dropped() ? t.topic->readers.size() : 0; i-- > 0;) {
            if (i >= t.topic->readers.size()) continue;
            auto& stream = static_cast<hub_stream&>(*t.topic->readers[i].reader);
            if (!stream.lost()) continue;
            if (stream.policy == overflow::skip && stream.skip_lost(max_rest)) continue;
            stream.cut(errc::lagged);
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
        --t.left;
        static_cast<hub_stream&>(*t.topic->readers[t.left].reader).pump();
    }
    if (std::exchange(again_, false)) drain_streams();
}

inline void hub_shard::count_gap(gap_reason reason) noexcept {
    switch (reason) {
    case gap_reason::none: return;
    case gap_reason::evicted: return add_count(counts_.evicted, 1);
    case gap_reason::unknown: return add_count(counts_.unknown, 1);
    case gap_reason::restarted: return add_count(counts_.restarted, 1);
    case gap_reason::lagged: return add_count(counts_.lagged, 1);
    }
}

inline void hub_shard::append_gap(hub_stream& stream, const gap& missing, std::uint64_t position) {
    count_gap(missing.reason);
    stream.append(gap_block(missing, position));
}

inline std::string hub_shard::gap_block(const gap& missing, std::uint64_t position) const {
    const std::string data = gap_data(missing);
    const std::string id = to_string(event_id{hub_->store.epoch(), position});
    std::string block;
    put_event(block, {.type = hub_->options.gap_type, .data = data, .id = id});
    return block;
}

inline std::string hub_shard::first_block(const subscribe_options& options, const opening& opened) {
    constexpr std::size_t longest_echo = 1024;
    std::string block;
    if (!opened.missing) {
        const std::string id = to_string(event_id{hub_->store.epoch(), opened.position});
        static_cast<void>(serialize_id(id, block));
        return block;
    }
    // the reader stays where it stands until it has the gap event: cut before, it is told again
    if (options.last_event_id.size() > longest_echo ||
        serialize_id(options.last_event_id, block) != errc::success) {
        static_cast<void>(serialize_id(to_string(event_id{hub_->store.epoch(), 0}), block));
    }
    count_gap(opened.missing.reason);
    return block + gap_block(opened.missing, opened.position);
}

inline void hub_shard::count_disconnect(errc why) noexcept {
    switch (why) {
    case errc::lagged: return add_count(counts_.cut_lagged, 1);
    case errc::draining: return add_count(counts_.drained, 1);
    case errc::closed: return add_count(counts_.closed, 1);
    default: return add_count(counts_.left, 1);
    }
}

inline void hub_shard::add_to(hub_metrics& m) const noexcept {
    const auto get = [](const counter& c) { return c.load(std::memory_order_relaxed); };
    m.subscribers += get(counts_.subscribers);
    m.delivered += get(counts_.delivered);
    m.sent_bytes += get(counts_.sent_bytes);
    m.gaps.evicted += get(counts_.evicted);
    m.gaps.unknown += get(counts_.unknown);
    m.gaps.restarted += get(counts_.restarted);
    m.gaps.lagged += get(counts_.lagged);
    m.disconnects.peer += get(counts_.left);
    m.disconnects.lagged += get(counts_.cut_lagged);
    m.disconnects.drained += get(counts_.drained);
    m.disconnects.closed += get(counts_.closed);
}

inline void hub_shard::start_timer() {
    using std::chrono::milliseconds;
    const std::uint64_t beat = static_cast<std::uint64_t>(hub_->options.heartbeat.count());
    // a look at all streams now and then costs less than a timer for each
    milliseconds period(beat == 0 ? 1000 : std::clamp<std::uint64_t>(beat / 8, 10, 1000));
    if (ending_) period = milliseconds(20);
    if (ticking_) return;
    ticking_ = true;
    timer_.expires_after(period);
    timer_.async_wait([weak = weak_from_this()](const error_code&) {
        const auto self = weak.lock();
        if (!self) return;
        self->ticking_ = false;
        if (!self->streams_.empty()) self->tick();
    });
}

inline void hub_shard::tick() {
    {
        const std::lock_guard lock(hub_->mutex);
        now_ = hub_->now();
        hub_->store.trim(now_);
    }
    if (ending_) end_some();
    const std::uint64_t beat = static_cast<std::uint64_t>(hub_->options.heartbeat.count());
    for (std::size_t i = beat != 0 && now_ >= beat ? streams_.size() : 0; i-- > 0;) {
        if (i < streams_.size()) streams_[i]->beat(now_ - beat);
    }
    forget_unused();
    if (!streams_.empty()) start_timer();
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

inline void hub_shard::drain(const farewell& f) {
    now_ = hub_->now();
    farewell_ = f;
    ends_at_ = now_ + static_cast<std::uint64_t>(std::max<std::int64_t>(f.period.count(), 0));
    ending_ = true;
    timer_.cancel();
    if (!streams_.empty() && !ticking_) start_timer();
}

inline void hub_shard::end_some() {
    constexpr std::uint64_t tick = 20;
    const std::uint64_t ticks = ends_at_ > now_ ? (ends_at_ - now_) / tick + 1 : 1;
    std::vector<hub_stream*> some;
    std::size_t waiting = 0;
    for (hub_stream* s : streams_)
        waiting += s->is_ending() ? 0U : 1U;
    std::size_t count = (waiting + ticks - 1) / ticks;
    for (hub_stream* s : streams_) {
        if (count == 0) break;
        if (s->is_ending()) continue;
        some.push_back(s);
        --count;
    }
    for (hub_stream* s : some)
        s->end_with(farewell_block());
}

inline std::string hub_shard::farewell_block() {
    const auto spread =
        static_cast<std::uint64_t>(std::max<std::int64_t>(farewell_.spread.count(), 0));
    const auto retry = farewell_.retry + std::chrono::milliseconds(random_() % (spread + 1));
    const std::string data = "{\"retry\":" + std::to_string(retry.count()) + "}";
    std::string block;
    serialize_retry(retry, block);
    put_event(block, {.type = farewell_.type, .data = data});
    return block;
}

inline void hub_shard::close() {
    for (std::size_t i = streams_.size(); i-- > 0;) {
        if (i < streams_.size()) streams_[i]->cut(errc::closed);
    }
}

} // namespace sse::detail
