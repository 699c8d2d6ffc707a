// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Receives events in a coroutine, and remembers where it was. With `sse_hub --demo` running:
//
//     03_client_coroutine http://127.0.0.1:8080/events/demo/clock [LAST_EVENT_ID]
#include "examples/coroutines.hpp"

#include <sse/client.hpp>

#include <iostream>
#include <string>
#include <utility>

#if defined(SSE_EXAMPLES_HAVE_COROUTINES)

namespace asio = sse::asio;

asio::awaitable<void> read_stream(std::string url, std::string last_event_id) {
    const auto executor = co_await asio::this_coro::executor;
    sse::event_source source(executor, url, {.last_event_id = last_event_id});
    sse::event event;
    for (int i = 0; i < 10; ++i) {
        sse::error_code ec;
        auto token = asio::redirect_error(asio::use_awaitable, ec);
        co_await source.async_receive(event, std::move(token));
        if (ec) {
            std::cerr << ec.message() << '\n';
            co_return;
        }
        std::cout << event.type << ": " << event.data << std::endl;
    }
    std::cout << "go on with: " << source.last_event_id() << '\n';
}

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: 03_client_coroutine URL [LAST_EVENT_ID]\n";
        return 2;
    }
    asio::io_context context;
    asio::co_spawn(context, read_stream(argv[1], argc > 2 ? argv[2] : ""), asio::detached);
    context.run();
}

#else

int main() {
    std::cerr << "This compiler and this Asio have no coroutines together.\n";
    return 1;
}

#endif
