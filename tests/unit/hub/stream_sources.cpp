// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Streams with many topics, beside a model that looks at all of them for each event.
#include "support/catch.hpp"
#include "unit/hub/drain.hpp"

#include <sse/hub/event_order.hpp>
#include <sse/hub/log_store.hpp>
#include <sse/hub/stream_sources.hpp>
#include <sse/hub/subscription.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hub_stream_sources_test {

namespace {

using namespace sse::detail;

/// One stream on topics that come and go, and what it should send, byte for byte.
class world {
public:
    explicit world(std::uint32_t seed) : random_(seed), topics_(1 + pick(40)) {
        for (std::size_t i = 0; i < topics_; ++i)
            followed_.push_back(std::make_unique<followed_topic>("t" + std::to_string(i)));
    }

    void step() {
        const std::size_t topic = pick(topics_);
        switch (pick(8)) {
        case 0: return follow(topic);
        case 1: return unfollow(topic);
        case 2: return drain(pick(200));
        case 3: return drain(100000);
        case 4: return own();
        default: return publish(topic);
        }
    }

    void finish() {
        drain(1000000);
        REQUIRE(stream_.caught_up());
        REQUIRE(stream_.position(store_.position().sequence) == store_.position().sequence);
    }

private:
    std::size_t pick(std::size_t below) { return random_() % below; }

    void publish(std::size_t topic) {
        const std::string& name = followed_[topic]->name;
        const std::string id = "i" + std::to_string(store_.position().sequence + 1);
        REQUIRE(store_.append(name, {.data = "x", .id = id}, {}, 0).log != nullptr);
        followed_[topic]->log = store_.find(name);
        if (pick(3) != 0) look();
        if (model_.contains(topic)) model_[topic][store_.position().sequence] = wire(id);
    }
    static std::string wire(const std::string& id) {
        const std::string block = "data: x\nid: " + id + "\n\n";
        return (block.size() > 15 ? "1" + std::string(1, "0123456789"[block.size() - 16])
                                  : std::string(1, "0123456789abcdef"[block.size()])) +
               "\r\n" + block + "\r\n";
    }
    /// What a stream sees of all topics is of one moment.
    void look() {
        for (const auto& t : followed_) {
            if (t->log != nullptr) t->look();
            t->view.release();
        }
    }

    void follow(std::size_t topic) {
        if (model_.contains(topic)) return;
        look();
        stream_.follow(*followed_[topic], followed_[topic]->view.end());
        model_[topic];
    }
    void unfollow(std::size_t topic) {
        look();
        CHECK(stream_.unfollow(followed_[topic]->name) == model_.contains(topic));
        model_.erase(topic);
    }
    void own() {
        drain(1000000);
        stream_.append(":\n");
        current_ = "2\r\n:\n\r\n";
        publish(pick(topics_));
        drain(1000000); // what is joined to it goes out even if its topic is left
    }

    void drain(std::size_t at_most) {
        look();
        std::string expected;
        while (expected.size() < at_most && (!current_.empty() || begin_next())) {
            const std::size_t n = std::min(at_most - expected.size(), current_.size());
            expected += current_.substr(0, n);
            current_.erase(0, n);
        }
        REQUIRE(sse::testing::drain(stream_, merged_, at_most, events_) == expected);
    }
    bool begin_next() {
        std::map<std::uint64_t, std::string>* first = nullptr;
        for (auto& [topic, events] : model_) {
            if (events.empty()) continue;
            if (first == nullptr || events.begin()->first < first->begin()->first) first = &events;
        }
        if (first == nullptr) return false;
        current_ = first->begin()->second;
        first->erase(first->begin());
        return true;
    }

    std::mt19937 random_;
    std::size_t topics_;
    log_store store_{{}, 1, 100};
    std::vector<std::unique_ptr<followed_topic>> followed_;
    subscription stream_{true};
    merge_buffer merged_;
    std::uint64_t events_ = 0;
    std::map<std::size_t, std::map<std::uint64_t, std::string>> model_; // not yet begun
    std::string current_;                                               // begun
};

} // namespace

TEST_CASE("stream_sources: topics that come and go send what a look at all of them would",
          "[subscription][property]") {
    for (std::uint32_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        world w(seed);
        for (int i = 0; i < 200; ++i)
            w.step();
        w.finish();
    }
}

TEST_CASE("stream_sources: lists each topic that has more once, and forgets those that have not",
          "[subscription]") {
    log_store store({}, 1, 10);
    std::vector<std::unique_ptr<followed_topic>> topics;
    subscription reader;
    stream_sources sources;
    for (const char* name : {"a", "b", "c", "d"}) {
        REQUIRE(store.append(name, {.data = "x"}, {}, 0).log != nullptr);
        topics.push_back(std::make_unique<followed_topic>(name));
        topics.back()->log = store.find(name);
        topics.back()->look();
        const topic_view& view = topics.back()->view;
        sources.push_back({topics.back().get(), *name == 'b' ? view.end() : view.begin()});
    }
    const auto listed = [&] {
        std::set<std::string> names;
        std::size_t count = 0;
        sources.for_each_listed([&](std::size_t i) {
            names.insert(sources[i].topic->name);
            ++count;
        });
        CHECK(count == names.size());
        return names;
    };
    using names = std::set<std::string>;
    CHECK(listed() == names{"a", "c", "d"});
    sources.list(0);
    sources.list(1); // whether it has more or not
    CHECK(listed() == names{"a", "b", "c", "d"});
    sources.forget_ended();
    CHECK(listed() == names{"a", "c", "d"});
    sources.erase(0); // the last one comes in its place
    CHECK(sources[0].topic->name == "d");
    CHECK(listed() == names{"c", "d"});
    sources.erase(2);
    CHECK(listed() == names{"d"});
    sources[0].place = topics[3]->view.end();
    sources.forget_ended();
    CHECK(listed().empty());
    sources.erase(1);
    sources.erase(0);
    CHECK(sources.size() == 0);
    sources.push_back({topics[0].get(), topics[0]->view.begin()});
    CHECK(listed() == names{"a"});
}

TEST_CASE("event_order: gives the topics by the numbers of their next events", "[subscription]") {
    event_order order;
    CHECK(order.empty());
    CHECK(order.sequence() == event_order::none);
    order.add({30, 3});
    CHECK(order.limit() == event_order::none);
    order.add({10, 1});
    order.add({event_order::none, 4});
    order.add({20, 2});
    CHECK(order.source() == 1);
    CHECK(order.sequence() == 10);
    CHECK(order.limit() == 20);
    order.advance(25);
    CHECK(order.source() == 2);
    CHECK(order.limit() == 25);
    order.advance(event_order::none);
    CHECK(order.source() == 1);
    CHECK(order.limit() == 30);
    order.advance(40);
    CHECK(order.source() == 3);
    order.clear();
    CHECK(order.empty());
}

} // namespace hub_stream_sources_test
