// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Posts a request and prints the answer as it streams in, until it ends; each attempt has a token
// of its own. Any server that answers a POST with an event stream will do:
//
//     07_client_post http://127.0.0.1:8000/v1/completions '{"prompt":"hello","stream":true}'
#include <sse/client.hpp>

#include <functional>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: 07_client_post URL BODY\n";
        return 2;
    }
    sse::event_source_options options{
        .method = "POST",
        .body = argv[2],
        .headers = {{"Content-Type", "application/json"}},
        .finish = true,
    };
    options.reconnect.max_attempts = 3;
    options.reconnect.retry_status = [](int status) { return status == 429 || status == 503; };
    options.hooks.on_request = [](const sse::outgoing_request& request) {
        request.headers.set("Authorization", "Bearer token-" + std::to_string(request.attempt));
    };
    sse::asio::io_context context;
    sse::event_source source(context, argv[1], options);
    int status = 1;
    sse::event event; // its memory is used again
    const std::function<void()> receive = [&] {
        source.async_receive(event, [&](sse::error_code ec) {
            if (!ec) {
                do {
                    std::cout << event.data;
                } while (source.try_receive(event)); // all that has come, and one flush
                std::cout << std::flush;
                return receive();
            }
            status = ec == sse::errc::end_of_stream ? 0 : 1; // a body cut short is another error
            std::cerr << '\n' << ec.message() << '\n';
        });
    };
    receive();
    context.run();
    return status;
}
