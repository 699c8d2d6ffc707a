// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/allocation_count.hpp"
#include "support/catch.hpp"
#include "support/handler_probe.hpp"

#include <sse/net/any_handler.hpp>

#if defined(SSE_BOOST_ASIO)
#include <boost/asio/use_future.hpp>
#else
#include <asio/use_future.hpp>
#endif

#include <cstddef>
#include <future>
#include <memory>
#include <type_traits>
#include <utility>

namespace net_any_handler_test {

using namespace sse;
using namespace sse::testing;
using net::any_handler;

static_assert(!std::is_copy_constructible_v<net::io_handler>);
static_assert(std::is_nothrow_move_constructible_v<net::io_handler>);
static_assert(sizeof(net::io_handler) == sizeof(void*));

TEST_CASE("any_handler: calls what it holds once, and is empty then", "[any_handler]") {
    asio::io_context context;
    int calls = 0;
    std::size_t last = 0;
    net::io_handler handler(
        [&, only = std::make_unique<int>(7)](error_code ec, std::size_t n) {
            CHECK(ec == errc::closed);
            ++calls;
            last = n + static_cast<std::size_t>(*only);
        },
        context.get_executor());
    REQUIRE(handler);
    handler(errc::closed, 5);
    CHECK_FALSE(handler);
    CHECK(calls == 1);
    CHECK(last == 12);
}

TEST_CASE("any_handler: destroys uncalled what it holds", "[any_handler]") {
    asio::io_context context;
    const auto token = std::make_shared<int>();
    {
        net::wait_handler a([token](error_code) {}, context.get_executor());
        net::wait_handler b(std::move(a));
        CHECK_FALSE(a);
        CHECK(token.use_count() == 2);
        b = net::wait_handler();
        CHECK(token.use_count() == 1);
        b = net::wait_handler([token](error_code) {}, context.get_executor());
        CHECK(token.use_count() == 2);
    }
    CHECK(token.use_count() == 1);
}

TEST_CASE("any_handler: uses the candidate executor where the handler has none", "[any_handler]") {
    asio::io_context context;
    const auto strand = asio::make_strand(context);
    const net::wait_handler plain([](error_code) {}, context.get_executor());
    CHECK(plain.get_executor() == asio::any_io_executor(context.get_executor()));
    const net::wait_handler bound(asio::bind_executor(strand, [](error_code) {}),
                                  context.get_executor());
    CHECK(bound.get_executor() == asio::any_io_executor(strand));
}

TEST_CASE("any_handler: completes futures, whose own executor nothing can hold", "[any_handler]") {
    asio::io_context context;
    net::io_handler held;
    std::future<std::size_t> future =
        asio::async_initiate<const asio::use_future_t<>, void(error_code, std::size_t)>(
            [&](auto handler) {
                held = net::io_handler(std::move(handler), context.get_executor());
            },
            asio::use_future);
    held({}, 5);
    CHECK(future.get() == 5);
}

TEST_CASE("any_handler: forwards executor, allocator and cancellation slot", "[any_handler]") {
    asio::io_context context;
    handler_probe<void(error_code)> probe(context);
    int cancelled = 0;
    net::wait_handler erased;
    probe.initiate([&](auto handler) {
        erased = net::wait_handler(std::move(handler), context.get_executor());
    });
    const std::size_t own = probe.allocations();
    CHECK(own == 1);
    auto slot = asio::get_associated_cancellation_slot(erased);
    REQUIRE(slot.is_connected());
    slot.assign([&](asio::cancellation_type) { ++cancelled; });
    probe.cancel();
    CHECK(cancelled == 1);
    slot.clear();
    // The operation below is allocated with the probe's allocator, and runs on its strand.
    asio::post(std::move(erased).get_executor(), [&] { erased(errc::closed); });
    {
        auto allocator = asio::get_associated_allocator(erased);
        using traits = std::allocator_traits<decltype(allocator)>::rebind_traits<long double>;
        typename traits::allocator_type rebound(allocator);
        long double* memory = rebound.allocate(3);
        CHECK(probe.allocations() == own + 1);
        rebound.deallocate(memory, 3);
    }
    context.run();
    CHECK(probe.fault() == "");
    CHECK(probe.error() == errc::closed);
}

TEST_CASE("any_handler: goes through Asio's operations as a handler of its own", "[any_handler]") {
    asio::io_context context;
    handler_probe<void(error_code)> probe(context);
    asio::basic_waitable_timer<std::chrono::steady_clock> timer(context);
    timer.expires_after(std::chrono::hours(1));
    probe.initiate([&](auto handler) {
        timer.async_wait(net::wait_handler(std::move(handler), context.get_executor()));
    });
    CHECK(probe.allocations() >= 2);
    probe.cancel();
    context.run();
    CHECK(probe.fault() == "");
    CHECK(probe.error() == asio::error::operation_aborted);
}

TEST_CASE("any_handler: takes its memory from the recycling allocator", "[any_handler]") {
    asio::io_context context;
    const allocation_count count;
    std::size_t first = 0;
    int calls = 0;
    asio::post(context, [&] {
        for (int i = 0; i < 100; ++i) {
            net::wait_handler handler([&](error_code) { ++calls; }, context.get_executor());
            handler({});
            if (i == 0) first = count.allocations();
        }
        CHECK(count.allocations() == first);
    });
    context.run();
    CHECK(calls == 100);
}

} // namespace net_any_handler_test
