// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Handlers and guards as coroutines: whatever Asio can spawn goes through three lines of glue.
//
//     13_server_coroutine
//     curl -N -H 'Authorization: Bearer open' http://127.0.0.1:8080/count/5
#include "examples/coroutines.hpp"

#include <sse/net/timer.hpp>
#include <sse/server.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

#if defined(SSE_EXAMPLES_HAVE_COROUTINES)

namespace {

using sse::asio::use_awaitable;
using task = sse::asio::awaitable<void>;

/// Makes a handler out of a coroutine. The request is a copy: that of the server is gone as soon
/// as the answer begins.
template <class Coroutine>
sse::request_handler spawned(Coroutine coroutine) {
    return [coroutine](const sse::request& rq, sse::reply re) {
        const auto executor = re.get_executor();
        sse::asio::co_spawn(executor, coroutine(rq, std::move(re)), sse::asio::detached);
    };
}

task pause(std::chrono::milliseconds time) {
    sse::net::timer timer(co_await sse::asio::this_coro::executor);
    timer.expires_after(time);
    co_await timer.async_wait(use_awaitable);
}

task count(sse::request rq, sse::reply re) {
    const int last = std::atoi(std::string(rq.parameter("n")).c_str());
    sse::event_stream stream = re.stream();
    for (int i = 1; i <= last; ++i) {
        const std::string text = std::to_string(i);
        const sse::event_view event{.type = "count", .data = text, .id = text};
        // throws when the reader has left, which ends the coroutine
        co_await stream.async_send(event, use_awaitable);
        co_await pause(std::chrono::milliseconds(500));
    }
}

/// As if a database were asked.
task look_up(std::string authorization, sse::permit permit) {
    co_await pause(std::chrono::milliseconds(50));
    if (authorization == "Bearer open") co_return permit.pass();
    permit.refuse({.status = 401, .headers = {{"WWW-Authenticate", "Bearer"}}});
}

} // namespace

int main(int argc, char** argv) {
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    sse::asio::io_context ctx(1);
    sse::server server(ctx.get_executor(), {.port = port});
    server.guard([](const sse::request& rq, sse::permit permit) {
        const auto executor = permit.get_executor();
        const std::string given(rq.header("Authorization"));
        sse::asio::co_spawn(executor, look_up(given, std::move(permit)), sse::asio::detached);
    });
    server.get("/count/{n}", spawned(count));
    if (const sse::error_code ec = server.listen()) {
        std::cerr << "cannot listen: " << ec.message() << "\n";
        return 1;
    }
    std::cout << "listening on http://127.0.0.1:" << server.local_endpoint().port() << std::endl;
    ctx.run();
}

#else

int main() {
    std::cerr << "This compiler and this Asio have no coroutines together.\n";
    return 1;
}

#endif
