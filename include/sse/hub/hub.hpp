// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/hub_shard.hpp>
#include <sse/hub/hub_state.hpp>
#include <sse/hub/hub_stream.hpp>
#include <sse/hub/hub_subscriber.hpp>
#include <sse/hub/options.hpp>
#include <sse/net/member_call.hpp>
#include <sse/server/reply.hpp>
#include <sse/text/event.hpp>
#include <sse/text/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse {

/// Events by topic, for any number of streams. A topic is an append-only log of what goes over the
/// wire; a stream is a cursor into it. An event is serialised once, nothing is queued for a
/// stream, and memory is bounded by the history however slow the readers are.
///
///     sse::hub hub({.history = {.events = 1000}});
///     server.get("/events/*", [&](const sse::request& rq, sse::reply re) {
///         sse::subscribe_options options{.topics = {std::string(rq.parameter("*"))}};
///         if (read_position(rq, options) != sse::errc::success) return re.send({.status = 400});
///         hub.subscribe(std::move(re), options);
///     });
///     hub.publish("news", {.type = "headline", .data = "..."});
///
/// Streams live on the executor of their server; a hub serves any number of those.
/// Lifetime: streams that are open when the hub is destroyed stay open and get no more events;
/// `close` ends them.
/// Thread safety: `publish`, `metrics` and `subscribers` from any thread, at any time. The rest as
/// for a server: on the executor of the reply.
class hub {
public:
    explicit hub(hub_options options = {})
        : state_(std::make_shared<detail::hub_state>(std::move(options))),
          heartbeat_(detail::heartbeat_field(state_->options.heartbeat)) {}

    /// Appends an event to the log of `topic` and wakes those who follow it: at once, or, within a
    /// handler of a server's thread, at the end of that turn of its event loop. It never touches a
    /// socket. Without an id the event gets its number in the hub.
    /// Errors: `errc::invalid_topic`; `errc::invalid_field` for CR, LF or NUL in the type or id,
    /// and for a key that is too long; `errc::invalid_id` for an id that looks like the hub's or is
    /// still in history; `errc::too_many_topics`; `errc::draining`. Nothing is appended then.
    publish_result publish(std::string_view topic, const event_view& e,
                           const publish_options& options = {}) {
        publish_result result{.own_id = std::string(e.id)}; // outside of the lock
        const std::lock_guard lock(state_->mutex);
        detail::log_store& store = state_->store;
        if (state_->draining) return {errc::draining};
        const std::uint64_t now = store.needs_time() ? state_->now() : 0;
        const auto r = store.append(topic, e, {options.retry, options.key}, now);
        if (r.error != errc::success) return {r.error};
        result.position = {store.epoch(), r.sequence};
        result.woken = r.woken;
        ++state_->metrics.published;
        if (store.needs_time()) store.drop_idle(now);
        return result;
    }

    /// Answers with a stream of the topics, from where the reader stands. What cannot be
    /// served is answered with 400, or with 503 while draining, and its error returned.
    /// Errors: `errc::invalid_topic`, `errc::too_many_topics`, `errc::draining`; `errc::closed`
    /// where no stream was opened, since the request was HEAD or the peer is gone.
    errc subscribe(reply re, const subscribe_options& options) {
        return open(std::move(re), options).error();
    }

    /// As `subscribe`, for those who want to reach the stream later on.
    [[nodiscard]] hub_subscriber open(reply re, const subscribe_options& options) {
        // a drain that begins after the check finds the shard
        const auto shard = shard_of(re.get_executor());
        if (const errc refused = check(options); refused != errc::success) {
            re.send({.status = refused == errc::draining ? 503 : 400,
                     .body = std::string(message(refused)) + "\n"});
            return hub_subscriber(refused);
        }
        auto stream = std::make_shared<detail::hub_stream>(
            shard, options.overflow.value_or(state_->options.overflow));
        if (options.filter) stream->make_extras().filter = options.filter;
        if (options.state) stream->make_extras().state = options.state;
        const detail::opening opened = shard->subscribe(*stream, options);
        http::fields headers = options.headers;
        if (opened.missing) headers.set("Event-Gap", to_string(opened.missing.reason));
        if (!heartbeat_.empty()) headers.set("Event-Heartbeat", heartbeat_);
        stream->begin_with(shard->first_block(options, opened));
        if (!re.open(headers, stream)) return hub_subscriber(errc::closed);
        shard->counts.announced(opened.missing.reason);
        return hub_subscriber(stream);
    }

    /// How many streams follow a topic, by its name or a pattern.
    /// Thread safety: from any thread.
    [[nodiscard]] std::size_t subscribers(std::string_view topic) const {
        const auto all = shards(); // none of them may end under the lock
        const std::lock_guard lock(state_->mutex);
        std::size_t n = 0;
        for (const auto& shard : all)
            n += shard->count(topic);
        return n;
    }

    /// Takes no events and streams any more, and ends all streams behind what was published: each
    /// with a farewell event that tells when to come back.
    void drain(const farewell& f = {}) {
        {
            const std::lock_guard lock(state_->mutex);
            state_->draining = true;
        }
        for (const auto& shard : shards()) {
            asio::post(shard->executor(), [shard, f] { shard->drain(f); });
        }
    }

    /// Takes no events and streams any more, and cuts all streams.
    void close() {
        {
            const std::lock_guard lock(state_->mutex);
            state_->draining = true;
        }
        for (const auto& shard : shards()) {
            asio::post(shard->executor(), detail::calls<&detail::hub_shard::close>(shard));
        }
    }

    [[nodiscard]] hub_metrics metrics() const {
        const auto all = shards();
        const std::lock_guard lock(state_->mutex);
        hub_metrics m = state_->metrics;
        m.topics = state_->store.topics();
        m.log_bytes = state_->store.bytes();
        for (const auto& shard : all)
            shard->counts.add_to(m);
        return m;
    }

private:
    [[nodiscard]] errc check(const subscribe_options& options) const {
        if (options.topics.empty()) return errc::invalid_topic;
        if (detail::exceeds(options.topics.size(), state_->options.max_stream_topics))
            return errc::too_many_topics;
        for (const std::string& topic : options.topics) {
            if (!is_topic_pattern(topic)) return errc::invalid_topic;
        }
        const std::lock_guard lock(state_->mutex);
        return state_->draining ? errc::draining : errc::success;
    }

    [[nodiscard]] std::vector<std::shared_ptr<detail::hub_shard>> shards() const {
        std::vector<std::shared_ptr<detail::hub_shard>> all;
        const std::lock_guard lock(state_->mutex);
        for (const auto& s : state_->shards) {
            if (auto shard = s.data.lock()) all.push_back(std::move(shard));
        }
        return all;
    }

    [[nodiscard]] std::shared_ptr<detail::hub_shard> shard_of(const asio::any_io_executor& ex) {
        {
            const std::lock_guard lock(state_->mutex);
            for (const auto& s : state_->shards) {
                if (s.executor != ex) continue;
                if (auto shard = s.data.lock()) return shard;
            }
        }
        auto made = std::make_shared<detail::hub_shard>(state_, ex);
        const std::lock_guard lock(state_->mutex);
        state_->shards.push_back({ex, made, made.get()});
        return made;
    }

    std::shared_ptr<detail::hub_state> state_;
    std::string heartbeat_; // its period, as the response field tells it
};

} // namespace sse
