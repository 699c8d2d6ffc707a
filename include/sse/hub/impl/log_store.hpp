// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/log_store.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace sse::detail {

inline void log_store::drop_idle(std::uint64_t now) {
    for (int i = 0; i < 64 && needs_time() && !recent_.empty(); ++i) {
        topic_log& log = *recent_.front();
        if (log.used + rest_ >= now) return;
        trim(log, now);
        const bool idled = idle_ != 0 && log.used + idle_ < now;
        const bool empty = log.empty() && (!log.values || log.values->empty());
        if (log.readers.empty() && log.unseen == 0 && (idled || empty)) {
            drop(log);
        } else {
            use(log, now);
        }
    }
}

inline topic_log* log_store::add(std::string_view topic) {
    if (max_topics_ != 0 && logs_.size() >= max_topics_) return nullptr;
    auto made = std::make_unique<topic_log>(std::string(topic));
    topic_log* const log = &logs_.add(std::move(made));
    log->use = recent_.insert(recent_.end(), log);
    if (const std::uint64_t lost = dropped_.take(topic)) log->continue_after(lost);
    for (log_reader* w : watchers) {
        ++log->unseen;
        w->tell(*log);
    }
    return log;
}

inline void log_store::drop(topic_log& log) {
    while (!log.empty())
        evict(log);
    while (log.front() != nullptr)
        bytes_ -= log.drop_front(segments_);
    while (log.values && !log.values->empty())
        drop_value(log, log.values->after(0, UINT64_MAX)->first);
    dropped_.add(log.name(), log.last_lost());
    recent_.erase(log.use);
    logs_.erase(log);
}

inline std::uint32_t log_store::supersede(topic_log& log, std::string_view key,
                                          std::uint64_t sequence) {
    if (!log.values) log.values = std::make_unique<newest_values>();
    newest_values& values = *log.values;
    const std::size_t before = values.footprint();
    const std::uint32_t number = values.number(key);
    const newest_values::node old = values.publish(number, sequence, log.end_ordinal());
    forget(old, old ? old.mapped().bytes.size() + newest_values::footprint_of(key) : 0);
    bytes_ += values.footprint() - before;
    return number;
}

inline void log_store::settle_oldest(topic_log& log) {
    const topic_log::event e = log.oldest();
    std::string own_id;
    if (!log.own_ids.empty() && log.own_ids.front().first == e.sequence) {
        own_id = std::move(log.own_ids.front().second);
        log.own_ids.pop_front();
    }
    if (e.key != 0 && log.values->is_newest(e.key, e.sequence)) {
        log.values->keep(e.sequence, e.bytes, std::move(own_id));
        kept_.emplace(e.sequence, &log);
        kept_bytes_ += log.values->footprint_of(e.sequence);
        bytes_ += e.bytes.size();
    } else {
        own_ids_.erase(own_id);
        if (e.key == 0) log.lose(e.sequence);
    }
}

inline void log_store::forget(const newest_values::node& old, std::size_t size) {
    if (!old || !old.mapped().evicted) return;
    kept_bytes_ -= size;
    kept_.erase(old.key());
    own_ids_.erase(old.mapped().own_id);
}

inline void log_store::drop_value(topic_log& log, std::uint64_t sequence) {
    const std::size_t before = log.values->footprint();
    const newest_values::node old = log.values->drop(sequence);
    const std::size_t size = before - log.values->footprint();
    forget(old, size);
    bytes_ -= size;
    log.lose(sequence);
}

inline void log_store::evict_segment() {
    const segment& oldest = segments_.front();
    topic_log& log = *oldest.log;
    segments_.prefetch_behind(oldest); // nobody has looked at it for long
    if (log.is_plain()) return give_back(log, log.evict_front(segments_));
    const std::uint64_t end = oldest.ordinal() + oldest.count();
    while (log.begin_ordinal() < end)
        evict(log);
    const bool is_kept = log.front() != nullptr && log.front()->ordinal() < end;
    if (is_kept) give_back(log, log.drop_front(segments_));
}

inline std::size_t log_store::waiting_for(const topic_log& log) const {
    std::size_t streams = 0;
    for (const log_reader* w : watchers)
        if (log.readers.find(*w) == nullptr) streams += w->waiting_for(log);
    return streams;
}

} // namespace sse::detail
