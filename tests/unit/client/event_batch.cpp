// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "source_fixture.hpp"
#include "support/allocation_count.hpp"
#include "support/catch.hpp"

#include <sse/client/event_batch.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

namespace client_event_batch_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using sse::errc;
using sse::error_code;
using sse::event_batch;
using sse::event_view;
using texts = std::vector<std::string>;

static_assert(std::ranges::input_range<event_batch>);
static_assert(std::ranges::viewable_range<event_batch>);

TEST_CASE("event_batch: holds all that one read brought", "[event_batch]") {
    source_fixture f;
    f.peer()
        .accept()
        .expect_request()
        .reply(stream_head)
        .send("data: a\n\n:\ndata: b\n\ndata: c")
        .send("\n\n", after(1s))
        .send(":comment\n", after(1s))
        .send("data: d\n\n", after(1s))
        .close();
    f.options.finish = true;
    auto source = f.make();
    f.receive_batches(source);
    f.sim.run();
    CHECK(f.log == texts{"a", "b", "/", "c", "/", "d", "/", failure(errc::end_of_stream)});
}

TEST_CASE("event_batch: events that were not reached come with the next receive", "[event_batch]") {
    source_fixture f;
    f.peer()
        .accept()
        .expect_request()
        .reply(stream_head)
        .send("data: a\n\ndata: b\n\ndata: c\n\ndata: d\n\ndata: e\n\n");
    auto source = f.make();
    const auto batch = [&](auto&& use) {
        source.async_receive_batch([&](error_code ec, event_batch events) {
            REQUIRE_FALSE(ec);
            use(events);
        });
        f.sim.run();
    };
    batch([](event_batch&) {}); // not even looked at
    batch([](event_batch& events) {
        for (const event_view e : events) {
            CHECK(e.data == "a");
            break;
        }
        CHECK(events.begin() == events.end()); // only once
    });
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{"b"});
    batch([](event_batch& events) {
        std::string all;
        for (const event_view e : events)
            all += e.data;
        CHECK(all == "cde");
    });
}

TEST_CASE("event_batch: ends where the source goes on, closes or is destroyed", "[event_batch]") {
    enum class deed { receive, close, restart, destroy };
    for (const deed what : {deed::receive, deed::close, deed::restart, deed::destroy}) {
        source_fixture f;
        f.peer().accept().expect_request().reply(stream_head).send("data: a\n\ndata: b\n\n");
        f.peer().time_out_the_rest();
        std::optional<source_fixture::source_type> source(f.make());
        texts seen;
        event_batch kept;
        source->async_receive_batch([&](error_code, event_batch events) {
            for (const event_view e : events) {
                seen.emplace_back(e.data);
                switch (what) {
                case deed::receive: source->async_receive([](error_code, sse::event) {}); break;
                case deed::close: source->close(); break;
                case deed::restart: source->restart(); break;
                case deed::destroy: source.reset(); break;
                }
            }
            kept = events;
        });
        f.sim.settle();
        if (what == deed::receive) {
            // The next receive only begins behind the initiating function, so both are seen here.
            CHECK(seen.at(0) == "a");
        } else {
            CHECK(seen == texts{"a"});
        }
        CHECK(kept.begin() == kept.end());
    }
}

TEST_CASE("event_batch: the id of an event that was not reached does not count", "[event_batch]") {
    for (const std::size_t before : {0U, 1U}) {
        CAPTURE(before);
        source_fixture f;
        const std::string id = before == 0 ? "0" : "1";
        f.options.last_event_id = "0";
        f.peer().accept().open_stream().send("id: 1\ndata: a\n\nid: 2\ndata: b\n\n").stall();
        f.peer().accept().expect_request("Last-Event-ID: " + id + "\r\n").open_stream().stall();
        auto source = f.make();
        f.receive(source, before);
        f.sim.settle();
        source.async_receive_batch([&](error_code ec, const event_batch&) {
            REQUIRE_FALSE(ec);
            CHECK(source.last_event_id() == id);
            source.restart(); // so it has to come again
        });
        f.sim.settle();
        f.receive(source, 1);
        f.sim.settle();
        CHECK(f.peer().unplayed() == "");
        CHECK(f.peer().attempts().size() == 2);
        source.close();
        f.sim.run();
    }
}

TEST_CASE("event_batch: an empty one has no events", "[event_batch]") {
    event_batch none;
    CHECK(none.begin() == none.end());
}

TEST_CASE("event_batch: takes no memory per event in a steady state", "[event_batch]") {
    source_fixture f;
    std::optional<test_stream> near;
    f.peer().on_connection([&](test_stream& s) { near = s; });
    std::string block;
    for (int i = 0; i < 100; ++i)
        block += "id: " + std::to_string(100 + i) + "\nevent: tick\ndata: some data\n\n";
    auto& script = f.peer().accept().expect_request().reply(stream_head);
    constexpr int rounds = 20;
    for (int i = 0; i < rounds; ++i)
        script.send(block, after(1s));
    auto source = f.make();

    struct receiver {
        source_fixture::source_type& source;
        std::size_t events = 0;
        std::size_t batches = 0;
        std::size_t inside = 0;
        std::optional<allocation_count> count{};

        void operator()() {
            source.async_receive_batch([this](error_code ec, event_batch batch) {
                if (ec) return;
                count.emplace();
                for (const event_view e : batch)
                    events += e.data.size() == 9 ? 1 : 0;
                inside += count->allocations();
                ++batches;
                (*this)();
            });
        }
    } receive{source};
    receive();
    f.sim.run_for(5s);
    const std::size_t events = receive.events;
    receive.inside = 0;
    const allocation_count all;
    f.sim.run_for(10s);
    CHECK(receive.events - events == 1000);
    CHECK(receive.inside == 0);
    // The memory streams of the test take some per read; a hundred events share it.
    CHECK(all.allocations() < 20 * 10);
    source.close();
    f.sim.run();
}

} // namespace client_event_batch_test
