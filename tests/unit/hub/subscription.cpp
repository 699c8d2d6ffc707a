// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"
#include "unit/hub/drain.hpp"

#include <sse/hub/log_store.hpp>
#include <sse/hub/subscription.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hub_subscription_test {

using sse::detail::followed_topic;
using sse::detail::log_store;
using sse::detail::merge_buffer;
using sse::detail::subscription;

namespace {

struct fixture {
    explicit fixture(sse::history bounds = {}) : store(bounds, 1, 10) {}

    void publish(std::string_view topic, std::string_view data) {
        REQUIRE(store.append(topic, {.data = data, .id = next_id()}, {}, 0).log != nullptr);
    }
    std::string next_id() { return "i" + std::to_string(store.position().sequence + 1); }
    void refresh(bool release = true) {
        for (followed_topic* t : {&a, &b}) {
            t->log = store.find(t->name);
            if (t->log != nullptr) t->look();
            if (release) t->view.release();
        }
    }
    std::string drain(subscription& s, std::size_t at_most = 1000000) {
        return sse::testing::drain(s, merged, at_most, events);
    }

    log_store store;
    followed_topic a{"a"};
    followed_topic b{"b"};
    merge_buffer merged;
    std::uint64_t events = 0;
};

std::string chunk(std::string_view data, std::string_view id) {
    const std::string block = "data: " + std::string(data) + "\nid: " + std::string(id) + "\n\n";
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", block.size());
    return size.data() + block + "\r\n";
}

} // namespace

TEST_CASE("subscription: what is its own goes out with the events behind it, up to a size",
          "[subscription]") {
    fixture f;
    f.publish("a", "1");
    f.publish("a", "2");
    f.refresh();
    subscription s(true);
    s.follow(f.a, f.a.view.begin());
    s.append_raw("head");
    const std::string all = "head" + chunk("1", "i1") + chunk("2", "i2");
    CHECK(s.next(f.merged) == all);
    CHECK(s.next(f.merged) == all); // nothing went
    CHECK(s.position(2) == 2);
    CHECK(s.commit(all.size() - 1, f.merged) == 0);
    f.publish("a", "3");
    f.refresh();
    CHECK(s.next(f.merged) == "\n"); // what is under way stays as it is
    CHECK(s.commit(1, f.merged) == 2);
    CHECK(f.drain(s) == chunk("3", "i3"));

    for (int i = 4; i <= 8; ++i)
        f.publish("a", std::string(1000, 'x'));
    f.refresh();
    s.append_raw(":\n");
    const std::size_t joined = s.next(f.merged).size();
    CHECK(joined > 4000);
    CHECK(joined <= 4096);
    CHECK(s.commit(joined, f.merged) == 4);
    CHECK(s.next(f.merged) == chunk(std::string(1000, 'x'), "i8"));
}

TEST_CASE("subscription: small segments go out together, and may be cut anywhere",
          "[subscription]") {
    fixture f;
    std::string all;
    const std::string data(60, 'x');
    for (int i = 1; i <= 60; ++i) {
        f.publish("a", data);
        all += chunk(data, "i" + std::to_string(i));
    }
    f.refresh();
    {
        subscription s(true);
        s.follow(f.a, f.a.view.begin());
        CHECK(f.a.view.slice(f.a.view.begin()).size() < all.size() / 4);
        CHECK(s.next(f.merged) == all);
        CHECK(s.commit(all.size(), f.merged) == 60);
        CHECK(s.caught_up());
    }
    for (std::size_t cut = 1; cut < all.size(); cut += 7) {
        subscription s(true);
        s.follow(f.a, f.a.view.begin());
        CHECK(s.next(f.merged) == all);
        const std::uint64_t before = s.commit(cut, f.merged);
        f.events = 0;
        CHECK(f.drain(s) == all.substr(cut));
        CHECK(before + f.events == 60);
    }
}

TEST_CASE("subscription: what is joined of small segments is joined once for all that want it",
          "[subscription]") {
    fixture f;
    std::string all;
    const auto publish = [&](std::string_view topic, int n) {
        const std::string data(60, static_cast<char>('a' + n));
        const std::string id = f.next_id();
        f.publish(topic, data);
        if (topic == "a") all += chunk(data, id);
    };
    for (int i = 0; i < 20; ++i) {
        publish("a", i);
        publish("b", i);
    }
    f.refresh();
    subscription first(true);
    subscription second(true);
    subscription other(true);
    subscription both(true);
    first.follow(f.a, f.a.view.begin());
    second.follow(f.a, f.a.view.begin());
    other.follow(f.b, f.b.view.begin());
    both.follow(f.a, f.a.view.begin());
    both.follow(f.b, f.b.view.begin());

    const std::string_view joined = first.next(f.merged);
    CHECK(joined == all);
    const_cast<char&>(joined.back()) = '!'; // is it the same that the second one gets?
    CHECK(second.next(f.merged).data() == joined.data());
    CHECK(second.next(f.merged).back() == '!');
    CHECK(second.commit(10, f.merged) == 0);
    CHECK(second.next(f.merged) == all.substr(10));
    CHECK(first.next(f.merged) == all);

    CHECK(other.next(f.merged).substr(10) != all.substr(10)); // another topic, at the same place
    CHECK(first.next(f.merged) == all);
    CHECK(both.next(f.merged).substr(0, all.size()) != all); // events of both take turns
    CHECK(first.next(f.merged) == all);

    publish("a", 20);
    f.refresh();
    CHECK(first.next(f.merged) == all);
    CHECK(first.commit(all.size(), f.merged) == 21);
    CHECK(first.caught_up());
}

TEST_CASE("subscription: sends what is behind the cursor, and nothing when caught up",
          "[subscription]") {
    fixture f;
    f.publish("a", "1");
    f.refresh();
    subscription s(true);
    s.follow(f.a, f.a.view.end());
    CHECK(s.caught_up());
    CHECK(f.drain(s).empty());
    f.publish("a", "2");
    f.publish("a", "3");
    f.refresh();
    CHECK_FALSE(s.caught_up());
    CHECK(s.position(f.store.position().sequence) == 1);
    CHECK(f.drain(s) == chunk("2", "i2") + chunk("3", "i3"));
    CHECK(f.events == 2);
    CHECK(s.caught_up());
    CHECK(s.position(f.store.position().sequence) == 3);
}

TEST_CASE("subscription: several topics come in the order of their numbers", "[subscription]") {
    fixture f;
    f.refresh();
    subscription s(true);
    s.follow(f.a, f.a.view.end());
    s.follow(f.b, f.b.view.end());
    std::string expected;
    int n = 0;
    for (const char topic : std::string_view("abbaaabab")) {
        ++n;
        f.publish(std::string_view(&topic, 1), std::to_string(n));
        expected += chunk(std::to_string(n), "i" + std::to_string(n));
    }
    f.refresh();
    SECTION("in one go") { CHECK(f.drain(s) == expected); }
    SECTION("byte by byte") {
        std::string out;
        for (std::string one = f.drain(s, 1); !one.empty(); one = f.drain(s, 1))
            out += one;
        CHECK(out == expected);
    }
    SECTION("with more coming in the middle of an event") {
        std::string out = f.drain(s, expected.size() - 3);
        f.publish("a", "10");
        f.refresh();
        out += f.drain(s);
        CHECK(out == expected + chunk("10", "i10"));
    }
    CHECK(f.events >= 9);
}

TEST_CASE("subscription: its own bytes wait for the border of an event", "[subscription]") {
    fixture f;
    f.refresh();
    subscription s(true);
    s.follow(f.a, f.a.view.end());
    f.publish("a", "1");
    f.publish("a", "2");
    f.refresh();
    std::string out = f.drain(s, 5);
    CHECK_FALSE(s.at_border());
    s.append(":\n");
    out += f.drain(s);
    CHECK(out == chunk("1", "i1") + "2\r\n:\n\r\n" + chunk("2", "i2"));
}

TEST_CASE("subscription: without chunks the envelopes are left out", "[subscription]") {
    fixture f;
    f.refresh();
    subscription s(false);
    s.follow(f.a, f.a.view.end());
    s.follow(f.b, f.b.view.end());
    s.append(":\n");
    f.publish("b", "1");
    f.publish("a", "2");
    f.refresh();
    std::string out;
    for (std::string one = f.drain(s, 3); !one.empty(); one = f.drain(s, 3))
        out += one;
    CHECK(out == ":\ndata: 1\nid: i1\n\ndata: 2\nid: i2\n\n");
    CHECK(f.events == 2);
}

TEST_CASE("subscription: skipping what is lost finishes the event under way", "[subscription]") {
    fixture f({.events = 2, .live_bytes = 0});
    f.refresh();
    subscription s(true);
    s.follow(f.a, f.a.view.end());
    const std::string data(2000, 'x');
    for (int i = 0; i < 2; ++i)
        f.publish("a", data);
    f.refresh();
    std::string out = f.drain(s, 100);
    for (int i = 0; i < 100; ++i)
        f.publish("a", data);
    f.refresh(false);
    REQUIRE(s.lost());
    SECTION("when its rest is small enough") {
        REQUIRE(s.skip_lost(4096));
        const std::uint64_t missed = s.take_gap().missed.value_or(0);
        f.a.view.release();
        CHECK_FALSE(s.lost());
        out += f.drain(s);
        CHECK(out.substr(0, chunk(data, "i1").size()) == chunk(data, "i1"));
        const std::string last = chunk(data, "i102");
        CHECK(out.substr(out.size() - last.size()) == last);
        CHECK((out.size() + last.size() - 1) / last.size() + missed == 102);
    }
    SECTION("and gives up when it is not") { CHECK_FALSE(s.skip_lost(100)); }
}

TEST_CASE("subscription: nothing overtakes the gap event that it owes", "[subscription]") {
    fixture f({.events = 3, .live_bytes = 0});
    f.refresh();
    subscription s(true);
    s.follow(f.a, f.a.view.end());
    s.follow(f.b, f.b.view.end());
    const std::string data(400, 'x');
    f.publish("b", "1");
    f.publish("a", "2");
    f.publish("b", "3");
    f.refresh();
    std::string out = f.drain(s, 10);
    for (int i = 0; i < 20; ++i)
        f.publish("a", data);
    f.refresh(false);
    REQUIRE(s.lost());
    REQUIRE(s.skip_lost(4096));
    f.a.view.release();
    CHECK_FALSE(s.take_gap());
    out += s.next(f.merged);
    CHECK(out == chunk("1", "i1"));
    s.commit(s.next(f.merged).size(), f.merged);
    CHECK(s.take_gap().missed.value_or(0) >= 1);
    CHECK(f.drain(s).substr(0, chunk("3", "i3").size()) == chunk("3", "i3"));
}

TEST_CASE("subscription: leaving takes it off its topics", "[subscription]") {
    fixture f;
    auto one = std::make_unique<subscription>(true);
    auto two = std::make_unique<subscription>(true);
    auto three = std::make_unique<subscription>(true);
    for (auto* s : {one.get(), two.get(), three.get()}) {
        s->follow(f.a, {});
        s->follow(f.b, {});
    }
    one.reset();
    CHECK(f.a.readers.size() == 2);
    three.reset();
    REQUIRE(f.b.readers.size() == 1);
    CHECK(f.b.readers[0].reader == two.get());
    two.reset();
    CHECK(f.a.readers.empty());
    CHECK(f.b.readers.empty());
}

} // namespace hub_subscription_test
