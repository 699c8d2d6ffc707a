// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "examples/coroutines.hpp"
#include "source_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client/event_source.hpp>

#if defined(SSE_BOOST_ASIO)
#include <boost/asio/use_future.hpp>
#else
#include <asio/use_future.hpp>
#endif

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace client_default_tokens_test {

using namespace sse::testing;
using namespace std::chrono_literals;

namespace {

using rebound = sse::event_source::rebind_executor<sse::asio::io_context::executor_type>::other;
static_assert(std::is_same_v<rebound::executor_type, sse::asio::io_context::executor_type>);
static_assert(
    std::is_same_v<rebound, sse::basic_event_source<
                                sse::asio::io_context::executor_type,
                                sse::net::basic_socket_net<sse::asio::io_context::executor_type>>>);

} // namespace

TEST_CASE("event_source: works on any executor", "[event_source]") {
    sse::asio::io_context context;
    rebound source(context.get_executor(), "ftp://x/");
    sse::error_code error;
    source.async_receive([&](sse::error_code ec, const sse::event&) { error = ec; });
    context.run();
    CHECK(error == sse::errc::invalid_url);
}

TEST_CASE("event_source: completes futures, and stays on its executor all the same",
          "[event_source]") {
    source_fixture f;
    std::thread::id hook;
    f.options.hooks.on_request_async = [&](sse::pending_request r) {
        hook = std::this_thread::get_id(); // use_future's own executor has threads of the system
        r.send();
    };
    f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n").close();
    f.peer().accept().expect_request().reply("HTTP/1.1 404 X\r\n\r\n");
    auto source = f.make();
    std::future<sse::event> first = source.async_receive(sse::asio::use_future);
    f.sim.run();
    CHECK(first.get().data == "a");
    CHECK(hook == std::this_thread::get_id());
    std::future<sse::event_batch> second = source.async_receive_batch(sse::asio::use_future);
    f.sim.run();
    CHECK_THROWS(second.get());
}

TEST_CASE("event_source: calls handlers on the executors they are bound to, of any type",
          "[event_source]") {
    sse::asio::io_context context;
    rebound of_context(context.get_executor(), "ftp://x/");
    sse::event_source of_any(context, "ftp://x/");
    const auto strand = sse::asio::make_strand(context);
    int on_strand = 0;
    const auto bound = [&] {
        return sse::asio::bind_executor(strand, [&](sse::error_code, const auto&) {
            on_strand += strand.running_in_this_thread() ? 1 : 0;
        });
    };
    of_any.async_receive(bound());
    of_context.async_receive_batch(bound());
    context.run();
    CHECK(on_strand == 2);
    // one that keeps no order gives way to the source's
    bool called = false;
    of_any.async_receive(sse::asio::bind_executor(
        sse::asio::system_executor(), [&](sse::error_code, const sse::event&) { called = true; }));
    context.restart();
    context.run();
    CHECK(called);
}

#if defined(SSE_EXAMPLES_HAVE_COROUTINES)

TEST_CASE("event_source: completes coroutines by default where asked to", "[event_source]") {
    using executor =
        sse::asio::use_awaitable_t<>::executor_with_default<sse::asio::any_io_executor>;
    using source_type = sse::event_source::rebind_executor<executor>::other;
    using scripted = sse::basic_event_source<executor, test_net>;
    source_fixture f;
    f.peer()
        .accept()
        .expect_request()
        .reply(stream_head)
        .send("data: a\n\ndata: b\n\ndata: c\n\n")
        .send("data: d\n\ndata: e\n\n", after(1s));
    std::string all;
    sse::asio::co_spawn(
        f.sim.context(),
        [&]() -> sse::asio::awaitable<void> {
            scripted source(f.sim.get_executor(), f.url, f.options, f.net);
            const sse::event first = co_await source.async_receive();
            all += first.data;
            sse::event_batch batch = co_await source.async_receive_batch();
            for (const sse::event_view e : batch)
                all += e.data;
            sse::event into;
            co_await source.async_receive(into);
            do {
                all += into.data;
            } while (source.try_receive(into));
            source_type unused(f.sim.get_executor(), "ftp://x/");
            sse::error_code ec;
            auto token = sse::asio::redirect_error(sse::asio::use_awaitable, ec);
            co_await unused.async_receive(std::move(token));
            all += ec.message();
        },
        sse::asio::detached);
    f.sim.run();
    CHECK(all == std::string("abcde") + sse::message(sse::errc::invalid_url));
}

#endif

} // namespace client_default_tokens_test
