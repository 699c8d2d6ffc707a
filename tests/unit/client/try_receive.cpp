// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Receiving into an event of the user: by an operation, and without one what is there already.
#include "source_fixture.hpp"
#include "support/allocation_count.hpp"
#include "support/catch.hpp"

#include <sse/client.hpp>
#include <sse/testing/seeded_random.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace client_try_receive_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using sse::errc;
using sse::error_code;
using sse::event;
using sse::event_batch;
using sse::event_view;
using texts = std::vector<std::string>;

namespace {

/// A source that one peer has sent `bytes` to, after the head of a stream.
struct fixture : source_fixture {
    std::optional<source_type> source{};
    event e{"type", "before", "id"};
    error_code error{};
    bool done = false;

    explicit fixture(std::string_view bytes) {
        peer().accept().open_stream().send(bytes).stall();
        peer().time_out_the_rest();
    }

    /// Receives into `e` as far as that goes without waiting for time to pass; whether it ended.
    bool receive_one() {
        if (!source) source.emplace(make());
        done = false;
        source->async_receive(e, [&](error_code ec) {
            error = ec;
            done = true;
        });
        sim.settle();
        return done;
    }

    /// Receives into `e`, and takes all that is there behind it.
    texts take_all() {
        texts all;
        if (!receive_one() || error) return all;
        do {
            all.push_back(e.data);
        } while (source->try_receive(e));
        return all;
    }
};

} // namespace

TEST_CASE("async_receive: fills the event it is given", "[try_receive]") {
    fixture f("event: tick\nid: 7\ndata: a\n\ndata: b\n\n");
    REQUIRE(f.receive_one());
    CHECK(f.e == event{"tick", "a", "7"});
    REQUIRE(f.receive_one());
    CHECK(f.e == event{"message", "b", "7"});
    CHECK_FALSE(f.receive_one());
    f.source->close();
    f.sim.run();
    CHECK(f.e == event{"message", "b", "7"}); // untouched by an error
}

TEST_CASE("try_receive: takes what has arrived, in order, and waits for nothing", "[try_receive]") {
    fixture f("data: a\n\n:\ndata: b\n\n\nid: 1\ndata: c\ndata: d\n\ndata: cut");
    CHECK(f.take_all() == texts{"a", "b", "c\nd"});
    const event last{"message", "c\nd", "1"};
    CHECK(f.e == last);
    CHECK_FALSE(f.source->try_receive(f.e));
    CHECK(f.e == last);
    CHECK(f.source->counters().events == 3);
    CHECK(f.source->last_event_id() == "1");
}

TEST_CASE("try_receive: reads nothing by itself", "[try_receive]") {
    source_fixture f;
    f.peer().accept().open_stream().send("data: a\n\n").send("data: b\n\n", after(1s));
    auto source = f.make();
    event e;
    CHECK_FALSE(source.try_receive(e)); // nor does it connect
    f.sim.run();
    CHECK(f.peer().attempts().empty());
    f.receive(source, 1);
    f.sim.run_for(5s);
    CHECK(f.log == texts{"a"});
    CHECK_FALSE(source.try_receive(e));
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{"a", "b"});
    CHECK_FALSE(source.try_receive(e));
}

TEST_CASE("try_receive: leaves an event to the receive that was there first", "[try_receive]") {
    fixture f("data: a\n\ndata: b\n\ndata: c\n\n");
    REQUIRE(f.receive_one());
    event e;
    const auto is_left_alone = [&] {
        CHECK_FALSE(f.source->try_receive(e));
        CHECK(e == event{});
    };
    SECTION("started, and not begun yet") {
        f.source->async_receive(f.e, [](error_code) {});
        is_left_alone();
        f.sim.settle();
        CHECK(f.e.data == "b");
        REQUIRE(f.source->try_receive(e));
        CHECK(e.data == "c");
    }
    SECTION("a batch") {
        f.receive_batches(*f.source);
        is_left_alone();
        f.sim.settle();
        CHECK(f.log == texts{"b", "c", "/"});
    }
    SECTION("reading") {
        CHECK(f.source->try_receive(f.e));
        CHECK(f.source->try_receive(f.e));
        f.receive(*f.source, 1);
        f.sim.settle();
        is_left_alone();
    }
}

TEST_CASE("try_receive: goes on where a batch was left, and ends it", "[try_receive]") {
    fixture f("data: a\n\ndata: b\n\ndata: c\n\ndata: d\n\n");
    f.source.emplace(f.make());
    event_batch kept;
    f.source->async_receive_batch([&](error_code, event_batch batch) { kept = batch; });
    f.sim.settle();
    SECTION("before it was looked at") {
        REQUIRE(f.source->try_receive(f.e));
        CHECK(f.e.data == "a");
    }
    SECTION("in the middle") {
        texts seen;
        for (const event_view view : kept) {
            seen.emplace_back(view.data);
            if (seen.size() == 2) CHECK(f.source->try_receive(f.e));
        }
        CHECK(seen == texts{"a", "b"});
        CHECK(f.e.data == "c");
    }
    CHECK(kept.begin() == kept.end());
    while (f.source->try_receive(f.e)) {
    }
    CHECK(f.e.data == "d");
}

TEST_CASE("try_receive: leaves ends and errors to the next receive", "[try_receive]") {
    SECTION("the end of the body") {
        source_fixture f;
        f.options.finish = true;
        f.peer().accept().reply(chunked_head).send("13\r\ndata: a\n\ndata: b\n\n\n\r\n0\r\n\r\n");
        auto source = f.make();
        f.receive(source, 1);
        f.sim.settle();
        event e;
        CHECK(source.try_receive(e));
        CHECK(e.data == "b");
        CHECK_FALSE(source.try_receive(e));
        CHECK_FALSE(source.try_receive(e));
        CHECK(source.ready_state() == sse::ready_state::open);
        CHECK(f.errors.empty());
        f.receive(source, 1);
        f.sim.settle();
        CHECK(f.log == texts{"a", failure(errc::end_of_stream)});
        CHECK(f.errors.size() == 1);
        CHECK_FALSE(source.try_receive(e));
    }
    SECTION("an event over the limit") {
        source_fixture f;
        f.options.limits.text.event = 4;
        f.peer().accept().open_stream().send("data: a\n\ndata: b\n\ndata: large\n\n").stall();
        f.peer().accept().open_stream().send("data: c\n\n").stall();
        auto source = f.make();
        f.receive(source, 1);
        f.sim.settle();
        event e;
        CHECK(source.try_receive(e));
        CHECK_FALSE(source.try_receive(e));
        CHECK(f.errors.empty());
        f.receive(source, 1);
        f.sim.run_for(10s);
        CHECK(f.log == texts{"a", "c"});
        CHECK(f.errors == texts{sse::message(errc::event_too_large)});
    }
}

TEST_CASE("try_receive: takes nothing from a source that was closed or restarted",
          "[try_receive]") {
    fixture f("data: a\n\ndata: b\n\n");
    REQUIRE(f.receive_one());
    SECTION("close") {
        f.source->close();
        CHECK_FALSE(f.source->try_receive(f.e));
    }
    SECTION("restart") {
        f.source->restart();
        CHECK_FALSE(f.source->try_receive(f.e));
        CHECK_FALSE(f.receive_one()); // connects again
        CHECK(f.peer().attempts().size() == 2);
    }
}

TEST_CASE("try_receive: tells of ids as a receive does, and of the rest as it is parsed",
          "[try_receive]") {
    fixture f("id: 1\ndata: a\n\n:hello\nid: 2\ndata: b\n\nretry: 5\ndata: large\n\n"
              "data: c\n\nid: 3\n\n");
    auto& hooks = f.options.hooks;
    hooks.on_last_event_id = [&](std::string_view id) { f.log.push_back("id " + std::string(id)); };
    hooks.on_comment = [&](std::string_view c) { f.log.emplace_back(c); };
    hooks.on_retry = [&](std::chrono::milliseconds t) {
        CHECK(t == 5ms);
        f.log.push_back("retry");
    };
    hooks.on_skip = [&](errc) { f.log.push_back("skip"); };
    f.options.limits.text.event = 4;
    f.options.limits.overflow = sse::overflow_action::skip;
    REQUIRE(f.receive_one());
    do {
        f.log.push_back(f.e.data);
    } while (f.source->try_receive(f.e));
    const texts told{"a", "id 1", "hello", "b", "id 2", "retry", "skip", "c"};
    CHECK(f.log == told);
    CHECK(f.source->counters().skipped == 1);
    CHECK_FALSE(f.source->try_receive(f.e)); // an id without an event
    CHECK(f.log.back() == "id 3");
    CHECK(f.log.size() == told.size() + 1);
}

TEST_CASE("try_receive: a hook may do with the source what it likes", "[try_receive]") {
    std::function<void(fixture&)> deed;
    SECTION("close it") {
        deed = [](fixture& f) { f.source->close(); };
    }
    SECTION("restart it") {
        deed = [](fixture& f) { f.source->restart(); };
    }
    SECTION("destroy it") {
        deed = [](fixture& f) { f.source.reset(); };
    }
    SECTION("take the next event itself") {
        deed = [](fixture& f) {
            event inner;
            CHECK(f.source->try_receive(inner));
            CHECK(inner.data == "b");
        };
    }
    for (const bool by_id : {false, true}) {
        fixture f("id: 1\ndata: a\n\n:\ndata: b\n\ndata: c\n\n");
        if (by_id)
            f.options.hooks.on_last_event_id = [&](std::string_view) { deed(f); };
        else
            f.options.hooks.on_comment = [&](std::string_view) { deed(f); };
        REQUIRE(f.receive_one());
        CHECK_FALSE(f.source->try_receive(f.e));
        CHECK(f.e.data == "a");
    }
}

TEST_CASE("try_receive: takes no memory in a steady state", "[try_receive]") {
    constexpr std::size_t events = 100;
    std::string block;
    for (std::size_t i = 0; i < events; ++i)
        block += "id: " + std::to_string(100 + i) +
                 "\nevent: tick\ndata: " + std::string(40 + i % 7, 'x') + "\ndata: y\n\n";
    fixture f(block + block);
    REQUIRE(f.receive_one());
    const auto take = [&f](std::size_t n) {
        std::size_t taken = 0;
        while (taken != n && f.source->try_receive(f.e))
            ++taken;
        return taken;
    };
    CHECK(take(events) == events);
    const allocation_count count;
    CHECK(take(events - 1) == events - 1);
    CHECK(count.allocations() == 0);
}

TEST_CASE("receive: all forms in turns make the same events, however the stream is cut",
          "[try_receive]") {
    std::string stream;
    texts expected;
    for (int i = 0; i < 60; ++i) {
        const std::string n = std::to_string(i);
        stream += i % 3 == 0 ? ":\r\n" : "";
        stream += i % 4 == 0 ? "id: " + n + "\n" : "";
        stream += "data: " + n + "\r\n" + (i % 5 == 0 ? "data: more\n" : "") + "\r";
        expected.push_back(n + (i % 5 == 0 ? "\nmore" : ""));
    }
    for (std::uint32_t seed = 1; seed <= 30; ++seed) {
        INFO("seed " << seed);
        seeded_random random(seed);
        const auto below = [&](std::size_t n) {
            return static_cast<std::size_t>(random() * static_cast<double>(n));
        };
        source_fixture f;
        std::size_t told = 0; // how many events had been handed out when an id was told
        f.options.hooks.on_last_event_id = [&](std::string_view id) {
            CHECK(std::stoul(std::string(id)) < f.log.size());
            ++told;
        };
        auto& script = f.peer().accept().open_stream();
        for (std::string_view rest = stream; !rest.empty();) {
            const std::string_view piece = rest.substr(0, 1 + below(200));
            script.send(piece, after(1ms));
            rest.remove_prefix(piece.size());
        }
        auto source = f.make();
        event e;
        const auto note = [&](const event_view& v) { f.log.emplace_back(v.data); };
        const auto step = [&] {
            switch (below(4)) {
            case 0:
                source.async_receive([&](error_code ec, const event& owned) {
                    if (!ec) note(owned);
                });
                break;
            case 1:
                source.async_receive(e, [&](error_code ec) {
                    if (!ec) note(e);
                });
                break;
            case 2:
                source.async_receive_batch([&, most = below(5)](error_code, event_batch b) {
                    std::size_t n = 0;
                    for (const event_view v : b) {
                        if (n++ == most) break; // passed by
                        note(v);
                    }
                    if (n > most) f.log.push_back(expected.at(f.log.size()));
                });
                break;
            default:
                for (std::size_t n = below(5); n != 0 && source.try_receive(e); --n)
                    note(e);
            }
            f.sim.run_for(1ms);
        };
        for (int i = 0; i < 10'000 && f.log.size() < expected.size(); ++i)
            step();
        CHECK(f.log == expected);
        CHECK(told > 0);
        CHECK(source.counters().events == expected.size());
        source.close();
        f.sim.run();
    }
}

} // namespace client_try_receive_test
