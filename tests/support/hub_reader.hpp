// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// A reader of a hub over a connection in memory, which takes as many bytes as it is told to, can be
// cut anywhere and comes back, and which keeps a log of all it was told.
#pragma once

#include <sse/http/chunked.hpp>
#include <sse/hub.hpp>
#include <sse/server/reply.hpp>
#include <sse/text/parser.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::testing {

/// For tests and fuzz targets alike.
inline void demand(bool holds, const std::string& what) {
    if (!holds) throw std::logic_error(what);
}

/// What a server's connection is to a hub, in memory. All on its executor.
class memory_connection final : public sse::detail::reply_port,
                                public sse::detail::stream_sink,
                                public std::enable_shared_from_this<memory_connection> {
public:
    memory_connection(asio::any_io_executor executor, bool chunked)
        : executor_(std::move(executor)), chunked_(chunked) {}

    /// The reader takes so many bytes more.
    void allow(std::size_t bytes) {
        allowed_ += std::min(bytes, SIZE_MAX / 2 - allowed_);
        tell_later();
    }
    /// The reader leaves.
    void cut() { abort(asio::error::eof); }
    [[nodiscard]] std::string take() { return std::exchange(received_, {}); }
    [[nodiscard]] bool announced_gap() const noexcept { return announced_gap_; }

    // reply_port
    void respond(response&&) override { open_ = false; }
    sse::detail::stream_sink* open_stream(const http::fields& headers,
                                          std::shared_ptr<sse::detail::stream_feeder> feeder,
                                          std::string&) override {
        announced_gap_ = headers.contains("Event-Gap");
        feeder_ = std::move(feeder);
        return this;
    }
    [[nodiscard]] asio::any_io_executor executor() override { return executor_; }
    [[nodiscard]] std::string remote_address() const override { return {}; }
    [[nodiscard]] bool is_open() const noexcept override { return open_; }

    // stream_sink
    std::size_t write_some(std::string_view bytes, error_code& ec) override {
        demand(open_, "written to when it was over");
        const std::size_t n = std::min(bytes.size(), allowed_);
        if (n == 0) ec = asio::error::would_block;
        received_.append(bytes.substr(0, n));
        allowed_ -= n;
        return n;
    }
    void wait_writable(bool) override {
        demand(!waiting_, "one wait at a time");
        waiting_ = true;
        tell_later();
    }
    void wait_turn_end(std::shared_ptr<sse::detail::stream_feeder> feeder) override {
        asio::post(executor_, [feeder = std::move(feeder)] { feeder->on_turn_end(); });
    }
    void finish() override {
        open_ = false;
        feeder_.reset();
    }
    void abort(const error_code& why) override {
        open_ = false;
        if (const auto feeder = std::exchange(feeder_, nullptr)) feeder->on_gone(why);
    }
    [[nodiscard]] bool chunked() const noexcept override { return chunked_; }

private:
    void tell_later() {
        if (!waiting_ || allowed_ == 0) return;
        asio::post(executor_, [self = shared_from_this()] {
            if (!self->feeder_ || self->allowed_ == 0 || !std::exchange(self->waiting_, false))
                return;
            const auto feeder = self->feeder_;
            feeder->on_writable();
        });
    }

    asio::any_io_executor executor_;
    std::shared_ptr<sse::detail::stream_feeder> feeder_;
    std::string received_;
    std::size_t allowed_ = 0;
    bool chunked_;
    bool open_ = true;
    bool waiting_ = false;
    bool announced_gap_ = false;
};

/// A topic or pattern that was added to an open stream: events beyond `from` come. Once it was
/// taken off, those up to `to` may still come, and no later ones.
struct added_topic {
    std::string topic;
    std::uint64_t epoch;
    std::uint64_t from;
    std::uint64_t to = UINT64_MAX;
};

/// One thing that a reader was told.
struct reading {
    enum class kind {
        connected,
        position, ///< an id without an event
        event,
        alone, ///< an event for this reader only
        gap,
        ended, ///< the connection
    };
    kind what;
    bool resumed = false; ///< with an id of the hub's, where connected
    bool foreign = false; ///< with an id that no hub gave
    std::uint64_t epoch = 0;
    std::uint64_t sequence = 0;
    std::string text{}; ///< the event's data, the gap's reason
    std::optional<std::uint64_t> missed{};
    std::vector<added_topic> added{}; ///< while connected
};

/// All on the executor of its connections.
class hub_reader {
public:
    hub_reader(std::vector<std::string> topics, asio::any_io_executor executor, bool chunked)
        : topics_(std::move(topics)), executor_(std::move(executor)), chunked_(chunked) {}
    hub_reader(hub_reader&&) = default;
    ~hub_reader() {
        if (connection_) connection_->cut();
    }

    [[nodiscard]] bool connected() const noexcept {
        return connection_ != nullptr && connection_->is_open();
    }
    [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return executor_; }
    [[nodiscard]] const std::vector<std::string>& topics() const noexcept { return topics_; }
    [[nodiscard]] const std::vector<reading>& log() const noexcept { return log_; }
    [[nodiscard]] const std::string& last_data() const noexcept { return last_data_; }

    /// Whether it asks for a topic when it comes.
    [[nodiscard]] bool asks_for(std::string_view topic) const {
        return std::any_of(topics_.begin(), topics_.end(),
                           [&](const std::string& t) { return matches_topic(t, topic); });
    }

    /// Takes events of the type "y" only.
    void filter() noexcept { filtered_ = true; }
    [[nodiscard]] bool filtered() const noexcept { return filtered_; }

    /// Lets the hub send an event on this stream only, when its last number is `sequence`.
    void send_alone(std::uint64_t sequence) {
        if (!subscriber_.is_open()) return;
        const std::string data = std::to_string(sequence) + " " + std::to_string(sent_ + 1);
        const errc e = subscriber_.send({.type = "alone", .data = data});
        demand(e == errc::success || e == errc::buffer_full, "an event for one stream");
        if (e == errc::success) ++sent_;
    }
    /// How many of these there were on this connection.
    [[nodiscard]] std::size_t sent_alone() const noexcept { return sent_; }

    /// Takes the topic off its stream that was added last, or adds one, when the hub is at `now`.
    void change_topics(std::string topic, const event_id& now) {
        if (!subscriber_.is_open()) return;
        std::vector<added_topic>& added = log_[connected_].added;
        if (added.empty() || added.back().to != UINT64_MAX) {
            demand(subscriber_.follow(topic) == errc::success, "a topic more");
            added.push_back({std::move(topic), now.epoch, now.sequence});
        } else {
            demand(subscriber_.unfollow(added.back().topic) == errc::success, "a topic less");
            added.back().to = now.sequence;
        }
    }

    /// `id`: comes with this one in place of the last that it was given.
    void connect(hub& h, std::string_view id = {}) {
        disconnect();
        parser_.reset();
        if (!id.empty()) demand(parser_.last_event_id(id) == errc::success, "a valid id");
        const std::string last(parser_.last_event_id());
        chunks_.emplace();
        connection_ = std::make_shared<memory_connection>(executor_, chunked_);
        connected_ = log_.size();
        log_.push_back({reading::kind::connected, !last.empty() && id.empty(), !id.empty()});
        first_ = true;
        known_ = last;
        subscribe_options o{.topics = topics_, .last_event_id = last};
        if (filtered_) o.filter = [](const event_outline& e) { return e.type == "y"; };
        sent_ = 0;
        subscriber_ = h.open(reply(connection_), o);
        const errc e = subscriber_.error();
        demand(e == errc::success || e == errc::draining, "subscribed");
    }

    void allow(std::size_t bytes) {
        if (connection_) connection_->allow(bytes);
    }

    /// Looks at what has come, the last of it cut off a connection that is over, too.
    void read() {
        if (!connection_) return;
        const std::string bytes = connection_->take();
        for (std::string_view rest = bytes; !rest.empty() && chunked_;) {
            demand(!chunks_->done(), "nothing behind the last chunk");
            const auto slice = chunks_->next(rest);
            demand(chunks_->error() == errc::success, "chunks are valid");
            parse(slice.payload);
            rest.remove_prefix(slice.consumed);
        }
        if (!chunked_) parse(bytes);
        if (!connection_->is_open()) {
            connection_.reset();
            log_.push_back({reading::kind::ended});
        }
    }

    void disconnect() {
        if (!connection_) return;
        connection_->cut();
        read();
    }

private:
    /// Line by line, so that ids which come without an event are seen.
    void parse(std::string_view bytes) {
        while (!bytes.empty()) {
            const std::string_view line = bytes.substr(0, bytes.find('\n') + 1);
            feed(line.empty() ? bytes : line);
            bytes.remove_prefix(line.empty() ? bytes.size() : line.size());
        }
    }

    void feed(std::string_view bytes) {
        parser_.feed(bytes);
        for (auto s = parser_.next(); s != parse_status::need_input; s = parser_.next()) {
            if (s == parse_status::retry) continue;
            demand(s == parse_status::event, "the stream is valid");
            take(parser_.current());
        }
        if (parser_.last_event_id() == known_) return;
        known_ = parser_.last_event_id();
        add(reading::kind::position, {});
    }

    void take(const event_view& e) {
        known_ = e.id;
        const bool first = std::exchange(first_, false);
        if (e.type == "farewell") return;
        if (e.type == "alone") {
            demand(!connection_->announced_gap() || !first, "a gap goes first");
            return add(reading::kind::alone, std::string(e.data));
        }
        demand(e.type == "gap" || !filtered_ || e.type == "y", "the filter wants it");
        if (e.type == "gap") return take_gap(e.data, first);
        demand(!first || !connection_->announced_gap(), "a gap in the head comes as an event, too");
        last_data_ = e.data;
        add(reading::kind::event, std::string(e.data));
    }

    void take_gap(std::string_view data, bool first) {
        constexpr std::string_view begin = "{\"reason\":\"";
        constexpr std::string_view number = ",\"missed\":";
        demand(data.starts_with(begin) && data.ends_with('}'), "a gap event is of its form");
        data.remove_prefix(begin.size());
        const std::string reason(data.substr(0, data.find('"')));
        demand(connection_->announced_gap() == (reason != "lagged") || !first,
               "a gap at the start is in the head, too");
        demand(first || reason == "lagged", "a stream that goes on has lagged");
        data.remove_prefix(reason.size() + 1);
        add(reading::kind::gap, reason);
        if (!data.starts_with(number)) return demand(data == "}", "a gap event ends");
        log_.back().missed = std::stoull(std::string(data.substr(number.size())));
    }

    void add(reading::kind what, std::string text) {
        const auto id = parse_event_id(known_);
        log_.push_back(
            {what, false, false, id ? id->epoch : 0, id ? id->sequence : 0, std::move(text)});
    }

    std::vector<std::string> topics_;
    asio::any_io_executor executor_;
    bool chunked_;
    bool first_ = true; // no event has come on this connection
    std::shared_ptr<memory_connection> connection_;
    hub_subscriber subscriber_;
    bool filtered_ = false;
    std::size_t sent_ = 0; // for it alone
    std::optional<http::chunked_decoder> chunks_;
    sse::parser parser_;
    std::string known_;
    std::string last_data_;
    std::vector<reading> log_;
    std::size_t connected_ = 0; // where in the log it was, the last time
};

} // namespace sse::testing
