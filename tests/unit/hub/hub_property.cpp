// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Random publishes, readers that are slow, stop, are cut at any byte and come back, restarts and
// evictions, over the whole hub: once on one thread, where a seed does the same every time, and
// once on several. SSE_ROUNDS and SSE_SEED choose how many and where to start.
#include "support/catch.hpp"
#include "support/hub_world.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace hub_hub_property_test {

using namespace sse::testing;
using namespace std::chrono_literals;

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* value = std::getenv(name);
    return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

/// Plays one round a seed, and tells which one failed.
template <class Round>
void play(std::uint64_t rounds, Round&& round) {
    rounds = from_environment("SSE_ROUNDS", rounds);
    const std::uint64_t first = from_environment("SSE_SEED", 1);
    for (std::uint64_t seed = first; seed < first + rounds; ++seed) {
        std::string failed;
        try {
            round(seed);
        } catch (const std::exception& e) {
            failed = e.what();
        }
        INFO("repeat with SSE_ROUNDS=1 SSE_SEED=" << seed);
        REQUIRE(failed == "");
    }
    WARN("seeds " << first << " to " << first + rounds - 1);
}

chooser seeded(std::uint64_t seed) {
    return [random = std::mt19937_64(seed)](std::size_t n) mutable {
        return n == 0 ? 0 : static_cast<std::size_t>(random() % n);
    };
}

#if defined(SSE_TESTS_SANITIZED)
constexpr std::uint64_t rounds = 1'500;
constexpr std::uint64_t threaded_rounds = 25;
#else
constexpr std::uint64_t rounds = 10'000;
constexpr std::uint64_t threaded_rounds = 100;
#endif

/// A hub whose readers are on two shards, each with a thread of its own, while others publish.
class busy_hub {
public:
    explicit busy_hub(std::uint64_t seed) : seed_(seed), pick_(seeded(seed)) {
        options_ = choose_hub(pick_);
        options_.epoch = 1;
        if (pick_(3) == 0) options_.history.age = std::chrono::milliseconds(1 + pick_(5));
        if (pick_(3) == 0) options_.topic_idle = std::chrono::milliseconds(1 + pick_(3));
        hub_ = std::make_shared<sse::hub>(options_);
        for (std::size_t i = 0; i < 6; ++i) {
            readers_.emplace_back(choose_topics(pick_), contexts_[i % 2].get_executor(),
                                  pick_(4) != 0);
        }
    }

    void play() {
        for (std::size_t i = 0; i < readers_.size(); ++i)
            act(readers_[i], seeded(seed_ * 100 + i));
        for (std::size_t i = 0; i < contexts_.size(); ++i)
            start([this, i] { contexts_[i].run(); });
        for (std::size_t i = 0; i < events_.size(); ++i)
            start([this, i] { publish(i); });
        if (pick_(3) == 0) restart();
        for (std::size_t i = contexts_.size(); i < threads_.size(); ++i)
            threads_[i].join();
        over_ = true;
        for (std::size_t i = 0; i < contexts_.size(); ++i)
            threads_[i].join();
        if (failed_) std::rethrow_exception(failed_);
        check();
    }

private:
    void start(std::function<void()> f) {
        threads_.emplace_back([this, f = std::move(f)] {
            try {
                f();
            } catch (...) {
                const std::lock_guard lock(mutex_);
                failed_ = std::current_exception();
                over_ = true;
                for (sse::asio::io_context& c : contexts_)
                    c.stop();
            }
        });
    }

    [[nodiscard]] std::shared_ptr<sse::hub> current() {
        const std::lock_guard lock(mutex_);
        return hub_;
    }

    /// What a reader does, step by step, on its shard.
    void act(hub_reader& reader, chooser pick) {
        sse::asio::post(reader.executor(), [this, &reader, pick]() mutable {
            reader.read();
            const std::size_t dice = pick(100);
            if (!reader.connected())
                reader.connect(*current());
            else if (dice < 90)
                reader.allow(pick(3) == 0 ? 1 + pick(20) : pick(3'000));
            else if (dice < 95)
                reader.disconnect();
            if (!over_)
                act(reader, std::move(pick));
            else if (++stopped_ == readers_.size())
                for (sse::asio::io_context& c : contexts_)
                    c.stop();
        });
    }

    void publish(std::size_t publisher) {
        chooser pick = seeded(seed_ * 100 + 50 + publisher);
        for (int i = 0; i < 150 && !over_; ++i) {
            const std::string data = std::to_string(publisher) + "." + std::to_string(i) + " " +
                                     std::string(pick(10) == 0 ? pick(3'000) : pick(60), 'x');
            if (pick(8) == 0) std::this_thread::yield(); // to the readers
            const std::string key = pick(3) == 0 ? std::to_string(1 + pick(3)) : "";
            publish(topic_names[pick(4)], data, key, events_[publisher]);
        }
    }

    void publish(const std::string& topic, const std::string& data, const std::string& key,
                 std::vector<published>& out) {
        const auto result = current()->publish(topic, {.data = data}, {.key = key});
        if (result.error == sse::errc::draining) return;
        demand(result.error == sse::errc::success, "published");
        const auto id = sse::parse_event_id(result.id());
        demand(id.has_value(), "its id is one");
        out.push_back({id->epoch, id->sequence, topic, data, key});
    }

    void restart() {
        options_.epoch = 2;
        const auto next = std::make_shared<sse::hub>(options_);
        const auto old = current();
        old->close();
        const std::lock_guard lock(mutex_);
        hub_ = next;
    }

    void check() {
        std::vector<published> all;
        let_catch_up(*hub_, contexts_, readers_, [&] {
            for (const char* topic : topic_names)
                publish(topic, std::string("last of ") + topic, "", all);
        });
        for (const auto& some : events_)
            all.insert(all.end(), some.begin(), some.end());
        hub_truth truth(std::move(all), options_.overflow == sse::overflow::conflate,
                        keeps_all(options_));
        for (const hub_reader& r : readers_)
            truth.check(r, true);
    }

    std::uint64_t seed_;
    chooser pick_;
    sse::hub_options options_;
    shard_contexts contexts_{};
    std::shared_ptr<sse::hub> hub_;
    std::vector<hub_reader> readers_;
    std::array<std::vector<published>, 2> events_{}; // of each publisher
    std::vector<std::thread> threads_;
    std::atomic<bool> over_{false};
    std::atomic<std::size_t> stopped_{0};
    std::mutex mutex_; // of hub_ and failed_
    std::exception_ptr failed_;
};

} // namespace

TEST_CASE("hub: every event comes once and in order, or a gap is announced", "[hub][replay]") {
    play(rounds, [](std::uint64_t seed) {
        hub_world world(seeded(seed));
        for (int i = 0; i < 150; ++i)
            world.step();
        world.finish();
    });
}

TEST_CASE("hub: so it is with publishers and shards on threads of their own", "[hub][replay]") {
    play(threaded_rounds, [](std::uint64_t seed) { busy_hub(seed).play(); });
}

TEST_CASE("hub: a gap is told at once, though nothing more comes in the topic", "[hub][replay]") {
    sse::asio::io_context context;
    sse::hub hub({.history = {.events = 0, .bytes = 2'000, .live_bytes = 0},
                  .overflow = sse::overflow::skip});
    hub_reader reader({"a"}, context.get_executor(), true);
    reader.connect(hub);
    reader.allow(100'000);
    context.poll();
    REQUIRE(hub.publish("a", {.data = "lost"}));
    for (int i = 0; i < 100; ++i)
        REQUIRE(hub.publish("b", {.data = std::string(50, 'x')}));
    context.restart();
    context.poll();
    reader.read();
    REQUIRE(reader.log().back().what == reading::kind::gap);
    CHECK(reader.log().back().text == "lagged");
    CHECK(reader.log().back().missed == 1);
}

} // namespace hub_hub_property_test
