// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server/deadlines.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace server_deadlines_test {

using namespace std::chrono_literals;
using sse::detail::deadline_entry;
using sse::detail::deadline_kind;
using deadlines = sse::detail::deadlines<sse::asio::io_context::executor_type>;

namespace {

struct entry final : deadline_entry {
    void on_deadline(deadline_kind kind) override { passed.push_back(kind); }
    std::vector<deadline_kind> passed;
};

} // namespace

TEST_CASE("deadlines: each kind passes after its own time, and once", "[deadlines]") {
    sse::asio::io_context context;
    const auto all = std::make_shared<deadlines>(context.get_executor(),
                                                 deadlines::durations{1ms, 2ms, 0ms, 3ms, 1ms});
    entry a, b, c, d;
    all->set(a, deadline_kind::head);
    all->set(b, deadline_kind::write);
    all->set(c, deadline_kind::idle); // off
    all->set(d, deadline_kind::head);
    all->clear(d);
    CHECK(deadlines::kind_of(a) == deadline_kind::head);
    CHECK(deadlines::kind_of(c) == deadline_kind::count_);
    CHECK(deadlines::kind_of(d) == deadline_kind::count_);
    context.run_for(60s);
    CHECK(a.passed == std::vector<deadline_kind>{deadline_kind::head});
    CHECK(b.passed == std::vector<deadline_kind>{deadline_kind::write});
    CHECK(c.passed.empty());
    CHECK(d.passed.empty());
}

TEST_CASE("deadlines: a kind set anew takes the place of the one before", "[deadlines]") {
    sse::asio::io_context context;
    const auto all = std::make_shared<deadlines>(context.get_executor(),
                                                 deadlines::durations{1h, 1ms, 1h, 1h, 1h});
    entry a;
    all->set(a, deadline_kind::head);
    all->set(a, deadline_kind::body); // earlier than what the timer waits for
    context.run_one_for(60s);
    while (a.passed.empty() && context.run_one_for(60s) != 0) {
    }
    CHECK(a.passed == std::vector<deadline_kind>{deadline_kind::body});
}

TEST_CASE("deadlines: the longest length never passes", "[deadlines]") {
    sse::asio::io_context context;
    constexpr auto longest = std::chrono::milliseconds::max();
    const auto all = std::make_shared<deadlines>(
        context.get_executor(), deadlines::durations{longest, longest, longest, longest, longest});
    entry a;
    all->set(a, deadline_kind::idle);
    context.run_for(10ms);
    CHECK(a.passed.empty());
    all->clear(a);
    all->stop();
}

TEST_CASE("deadlines: stopping lets the context run out of work", "[deadlines]") {
    sse::asio::io_context context;
    const auto all = std::make_shared<deadlines>(context.get_executor(),
                                                 deadlines::durations{1h, 1h, 1h, 1h, 1h});
    entry a;
    all->set(a, deadline_kind::head);
    all->stop();
    context.run_for(60s);
    CHECK(context.stopped());
    CHECK(a.passed.empty());
    all->clear(a);
}

} // namespace server_deadlines_test
