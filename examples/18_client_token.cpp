// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Fetches a fresh token before each attempt to connect, which waits for it. Any server will do, as
// the one of `python3 -m http.server`, to see what it is asked for:
//
//     18_client_token http://127.0.0.1:8080/events/demo/clock
#include <sse/client.hpp>
#include <sse/net/timer.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <utility>

namespace {

/// Stands for a service that gives out tokens and takes a moment for it.
class token_service {
public:
    explicit token_service(sse::asio::io_context& context) : timer_(context.get_executor()) {}

    template <class Handler>
    void async_fetch(Handler handler) {
        timer_.expires_after(std::chrono::milliseconds(100));
        timer_.async_wait([this, handler = std::move(handler)](sse::error_code ec) mutable {
            handler(ec, "token-" + std::to_string(++count_));
        });
    }

private:
    sse::net::timer timer_;
    int count_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: 18_client_token URL\n";
        return 2;
    }
    sse::asio::io_context context;
    token_service tokens(context);
    sse::event_source_options options;
    options.hooks.on_request_async = [&](sse::pending_request request) {
        tokens.async_fetch(
            [request = std::move(request)](sse::error_code ec, const std::string& token) mutable {
                if (ec) return request.fail(ec); // counts as a failed attempt
                request->headers.set("Authorization", "Bearer " + token);
                request.send();
            });
    };
    options.hooks.on_error = [](sse::disconnection& end) {
        std::cerr << end.error.message() << '\n';
        if (end.status == 401 && end.attempt < 3) end.delay = std::chrono::seconds(0);
    };
    sse::event_listener listener(context, argv[1], options);
    listener.on_message([](sse::event_view e) { std::cout << e.data << std::endl; }).start();
    context.run();
    return 1; // only an error that is for good ends it
}
