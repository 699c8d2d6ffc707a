// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Listens to events by functions, as in browsers. With `sse_hub --demo` running:
//
//     16_client_listener http://127.0.0.1:8080/events/demo/clock
#include "examples/stop_signals.hpp"

#include <sse/client.hpp>

#include <iostream>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: 16_client_listener URL\n";
        return 2;
    }
    sse::asio::io_context context;
    sse::event_listener listener(context, argv[1]);
    stop_signals signals(context, [&] { listener.close(); });

    listener
        .on_open([](const sse::incoming_response& response) {
            std::cout << "connected to " << response.url.origin() << std::endl;
        })
        .on_message([](sse::event_view event) { std::cout << event.data << std::endl; })
        .on("farewell", [](sse::event_view) { std::cout << "the server takes a break\n"; })
        .on_other([](sse::event_view event) {
            std::cout << event.type << ": " << event.data << std::endl;
        })
        .on_error([&](const sse::disconnection& end) {
            std::cerr << end.error.message() << '\n';
            if (end.delay) return; // it tries again by itself
            std::cerr << "for good\n";
            signals.cancel();
        })
        .start();
    context.run();
}
