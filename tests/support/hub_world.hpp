// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// A hub on two shards and its readers, driven by choices: those of a random generator, or of a
// fuzzer. One thread, no clock: the same choices do the same.
#pragma once

#include "support/hub_truth.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sse::testing {

/// A number below the one given.
using chooser = std::function<std::size_t(std::size_t)>;

/// How a hub of a test keeps its events: anything from nothing to everything.
[[nodiscard]] inline hub_options choose_hub(const chooser& pick) {
    hub_options o;
    o.history.events = pick(3) == 0 ? 0 : 1 + pick(30);
    o.history.bytes = pick(3) == 0 ? 0 : 500 + pick(20'000);
    o.history.live_bytes = pick(2) * pick(5'000);
    o.heartbeat = std::chrono::milliseconds(0);
    o.overflow = static_cast<overflow>(pick(3));
    return o;
}

[[nodiscard]] inline bool keeps_all(const hub_options& o) noexcept {
    return o.history.events == 0 && o.history.bytes == 0 && o.history.age.count() == 0 &&
           o.topic_idle.count() == 0;
}

inline constexpr std::array<const char*, 4> topic_names = {"a", "b", "c/x", "c/y"};

/// What a reader follows, by name or by pattern.
[[nodiscard]] inline std::vector<std::string> choose_topics(const chooser& pick) {
    constexpr std::array<const char*, 4> patterns = {"#", "+", "c/+", "c/#"};
    std::vector<std::string> topics;
    const std::size_t n = 1 + pick(3);
    for (std::size_t i = 0; i < n; ++i)
        topics.emplace_back(pick(4) == 0 ? patterns[pick(4)] : topic_names[pick(4)]);
    return topics;
}

using shard_contexts = std::array<asio::io_context, 2>;

inline void poll_shard(asio::io_context& context) {
    context.restart();
    context.poll();
}

/// Lets all readers get everything there is, and then what `publish_last` publishes.
inline void let_catch_up(hub& h, shard_contexts& contexts, std::vector<hub_reader>& readers,
                         const std::function<void()>& publish_last) {
    const auto turn = [&](hub_reader& r) {
        if (!r.connected()) r.connect(h);
        r.allow(SIZE_MAX / 4);
        for (asio::io_context& c : contexts)
            poll_shard(c);
        r.read();
    };
    // whoever stands nowhere would get nothing of what was before
    for (hub_reader& r : readers)
        turn(r);
    publish_last();
    for (hub_reader& r : readers) {
        std::size_t known = 0;
        for (int i = 0; i < 20 && (!r.connected() || r.log().size() != known); ++i) {
            known = r.log().size();
            turn(r);
        }
        demand(r.connected() && r.log().size() == known, "a reader gets to the end");
    }
}

class hub_world {
public:
    explicit hub_world(chooser choose) : pick(std::move(choose)), options_(choose_hub(pick)) {
        options_.epoch = 1;
        hub_ = std::make_unique<hub>(options_);
        const std::size_t n = 1 + pick(4);
        for (std::size_t i = 0; i < n; ++i) {
            readers_.emplace_back(choose_topics(pick), contexts_[pick(2)].get_executor(),
                                  pick(4) != 0);
            if (pick(5) == 0) readers_.back().filter();
        }
    }

    void step() {
        const std::size_t dice = pick(100);
        hub_reader& reader = readers_[pick(readers_.size())];
        if (dice < 40) return publish(topic_names[pick(4)]);
        if (dice < 56) return poll(pick(2));
        if (dice < 78) return reader.allow(pick(3) == 0 ? 1 + pick(20) : pick(3'000));
        if (dice < 84) return reader.disconnect();
        if (dice < 94) return reader.connected() ? reader.read() : connect(reader);
        if (dice < 97) return reader.send_alone(sequence_);
        if (dice < 98) return restart();
        if (dice < 99) return try_invalid();
        change_topics(reader);
        poll(0);
        poll(1);
    }

    /// Lets everybody get what there is, and checks what they were told.
    void finish() {
        let_catch_up(*hub_, contexts_, readers_, [this] {
            for (const char* topic : topic_names)
                publish(topic);
        });
        hub_truth truth(events_, options_.overflow == overflow::conflate, keeps_all(options_));
        for (const hub_reader& r : readers_)
            truth.check(r, true);
    }

private:
    void publish(const char* topic) {
        const std::size_t own = pick(6);
        const std::size_t key = pick(3) == 0 ? 1 + pick(3) : 0;
        published e{options_.epoch, ++sequence_, topic, std::to_string(++number_)};
        e.data += ' ' + std::string(pick(10) == 0 ? pick(3'000) : pick(60), 'x');
        if (key != 0) e.key = std::to_string(key);
        e.own_id = own == 0;
        const std::string id = e.own_id ? "own" + std::to_string(number_) : "";
        e.wanted = pick(3) == 0;
        const auto result = hub_->publish(
            topic, {.type = e.wanted ? "y" : "", .data = e.data, .id = id}, {.key = e.key});
        demand(result.error == errc::success, "published");
        const std::string expected = e.own_id ? id : to_string(event_id{options_.epoch, sequence_});
        demand(result.id() == expected, "its id is the next one");
        events_.push_back(std::move(e));
    }

    void try_invalid() {
        const std::string last = events_.empty() || !events_.back().own_id
                                     ? "00000000000a-1"
                                     : "own" + std::to_string(number_);
        demand(!hub_->publish("a/+", {.data = "x"}), "a pattern is no topic");
        demand(!hub_->publish("a", {.type = "a\nb", .data = "x"}), "a type is one line");
        demand(!hub_->publish("a", {.data = "x", .id = "000000000001-1"}), "an id of the hub's");
        if (last.starts_with("own") && events_.back().epoch == options_.epoch)
            demand(!hub_->publish("a", {.data = "x", .id = last}), "an id that is in use");
    }

    /// Those that it asked for stay: taking one off that is added would take them as well.
    void change_topics(hub_reader& reader) {
        constexpr std::array<const char*, 5> more = {"a", "b", "c/x", "c/y", "c/+"};
        const std::string topic = more[sequence_ % more.size()];
        for (const char* name : topic_names) {
            if (matches_topic(topic, name) && reader.asks_for(name)) return;
        }
        reader.change_topics(topic, {options_.epoch, sequence_});
    }

    void connect(hub_reader& reader) {
        if (pick(20) != 0) return reader.connect(*hub_);
        constexpr std::array<const char*, 5> foreign = {"x", "000000000001-99999999999",
                                                        "ffffffffffff-1", "000000000001-01", "own"};
        reader.connect(*hub_, foreign[pick(5)]);
    }

    void poll(std::size_t shard) {
        poll_shard(contexts_[shard]);
        for (hub_reader& r : readers_)
            r.read();
    }

    void restart() {
        const std::size_t how = pick(3);
        if (how == 0) hub_->close();
        if (how == 1) hub_->drain({.period = std::chrono::milliseconds(0)});
        if (how == 2) hub_ = nullptr;
        if (hub_) demand(!hub_->publish("a", {.data = "x"}), "no events any more");
        poll(0);
        poll(1);
        for (hub_reader& r : readers_)
            r.disconnect();
        ++options_.epoch;
        sequence_ = 0;
        hub_ = std::make_unique<hub>(options_);
    }

    chooser pick;
    hub_options options_;
    shard_contexts contexts_{};
    std::unique_ptr<hub> hub_;
    std::vector<hub_reader> readers_;
    std::vector<published> events_;
    std::uint64_t sequence_ = 0; // in this life of the hub
    std::uint64_t number_ = 0;
};

} // namespace sse::testing
