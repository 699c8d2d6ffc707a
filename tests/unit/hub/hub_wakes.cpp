// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// When the streams of one thread get what is published on another.
#include "support/catch.hpp"
#include "support/hub_reader.hpp"

#include <sse/hub.hpp>
#include <sse/net/asio.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace hub_hub_wakes_test {

using namespace std::chrono_literals;
using sse::testing::memory_connection;
namespace asio = sse::asio;

namespace {

/// A hub with a stream on each of two event loops.
struct two_loops {
    two_loops() {
        for (int i = 0; i < 2; ++i) {
            streams[i] = std::make_shared<memory_connection>(loops[i]->get_executor(), true);
            streams[i]->allow(SIZE_MAX);
            hub.subscribe(sse::reply(streams[i]), {.topics = {"a"}});
            loops[i]->poll();
            (void)streams[i]->take();
        }
    }
    ~two_loops() {
        for (int i = 0; i < 2; ++i) {
            streams[i]->cut();
            if (loops[i]) loops[i]->poll();
        }
    }

    void publish(std::string_view data) { REQUIRE(hub.publish("a", {.data = data})); }
    /// In a handler of the first loop.
    void post_publish(std::string_view data) {
        asio::post(*loops[0], [this, data] { publish(data); });
    }
    /// Runs the second loop until its stream has got something, its timer included.
    std::string wait_for_second() {
        for (int i = 0; i < 1'000; ++i) {
            loops[1]->run_one_for(1s);
            if (const std::string got = streams[1]->take(); !got.empty()) return got;
        }
        return {};
    }

    // a look at all streams each 10 ms
    sse::hub hub{{.heartbeat = 80ms, .heartbeat_type = {}}};
    std::optional<asio::io_context> loops[2]{std::optional<asio::io_context>(std::in_place),
                                             std::optional<asio::io_context>(std::in_place)};
    std::shared_ptr<memory_connection> streams[2];
};

bool has(const std::string& bytes, std::string_view data) {
    return bytes.find("data: " + std::string(data) + "\n") != std::string::npos;
}

} // namespace

TEST_CASE("hub: what handlers publish in one turn goes to another thread's streams at once behind "
          "it",
          "[hub]") {
    two_loops t;
    t.post_publish("one");
    t.post_publish("two");
    t.loops[0]->run_one();
    CHECK(t.loops[1]->poll() == 0);
    CHECK(t.streams[1]->take().empty());
    t.loops[0]->poll();
    CHECK(has(t.streams[0]->take(), "two"));
    CHECK(t.loops[1]->poll() == 1); // woken once
    const std::string got = t.streams[1]->take();
    CHECK(has(got, "one"));
    CHECK(has(got, "two"));
}

TEST_CASE("hub: what is published outside of a handler goes to all streams at once", "[hub]") {
    two_loops t;
    t.publish("from no loop");
    CHECK(t.loops[1]->poll() == 1);
    CHECK(has(t.streams[1]->take(), "from no loop"));
    CHECK(t.loops[0]->poll() == 1);
    CHECK(has(t.streams[0]->take(), "from no loop"));
    asio::io_context third; // where no stream is
    asio::post(third, [&] { t.publish("from another"); });
    third.run();
    CHECK(t.loops[1]->poll() == 1);
    CHECK(has(t.streams[1]->take(), "from another"));
}

TEST_CASE("hub: a thread that waits to be told of a handler's events is told of others' at once",
          "[hub]") {
    two_loops t;
    t.post_publish("inside");
    t.loops[0]->run_one();
    CHECK(t.loops[1]->poll() == 0);
    const auto other = std::make_shared<memory_connection>(t.loops[1]->get_executor(), true);
    other->allow(SIZE_MAX);
    t.hub.subscribe(sse::reply(other), {.topics = {"b"}});
    REQUIRE(t.hub.publish("b", {.data = "outside"}));
    t.loops[1]->poll();
    CHECK(has(other->take(), "outside"));
    CHECK(has(t.streams[1]->take(), "inside"));
    other->cut();
}

TEST_CASE("hub: a handler that publishes and goes on and on keeps other threads' streams for a "
          "period of their timer only",
          "[hub]") {
    two_loops t;
    asio::post(*t.loops[0], [&] {
        t.publish("early");
        CHECK(has(t.wait_for_second(), "early"));
    });
    t.loops[0]->run_one();
}

TEST_CASE("hub: what a handler published is not lost when its event loop stops", "[hub]") {
    two_loops t;
    t.post_publish("last words");
    SECTION("in it") {
        asio::post(*t.loops[0], [&] {
            t.publish("behind them");
            t.loops[0]->stop();
        });
        t.loops[0]->run();
        CHECK(has(t.wait_for_second(), "last words"));
    }
    SECTION("and is destroyed") {
        t.loops[0]->run_one();
        t.streams[0]->cut();
        t.loops[0].reset();
        CHECK(has(t.wait_for_second(), "last words"));
    }
}

TEST_CASE("hub: what a handler published is told in the same turn although its last stream ends",
          "[hub]") {
    two_loops two;
    asio::post(*two.loops[0], [&] {
        two.publish("1");
        two.streams[0]->cut();
    });
    two.loops[0]->poll();
    two.loops[1]->poll(); // without its timer
    CHECK(two.streams[1]->take().find("data: 1\n") != std::string::npos);
}

TEST_CASE("hub: threads that publish from handlers at the same time lose nothing", "[hub]") {
    constexpr int events = 2'000;
    two_loops t;
    std::thread threads[2];
    for (int i = 0; i < 2; ++i) {
        const auto step = [&t, i](auto& self, int left) -> void {
            if (left == 0) return;
            if (!t.hub.publish("a", {.data = "x"})) return;
            asio::post(*t.loops[i], [&self, left] { self(self, left - 1); });
        };
        threads[i] = std::thread([&t, i, step] {
            asio::post(*t.loops[i], [&] { step(step, events); });
            while (t.hub.metrics().delivered < 4 * events) // both streams get all
                t.loops[i]->run_one_for(20ms);
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(t.hub.metrics().delivered == 4 * events);
}

} // namespace hub_hub_wakes_test
