// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// A server with one event stream: the time, once a second, to everybody who asks.
//
//     04_server_clock
//     curl -N http://127.0.0.1:8080/clock
#include <sse/net/timer.hpp>
#include <sse/server.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace {

/// Keeps itself alive for as long as its reader is there.
class clock_session : public std::enable_shared_from_this<clock_session> {
public:
    explicit clock_session(sse::event_stream stream)
        : stream_(std::move(stream)), timer_(stream_.get_executor()) {}

    void tick() {
        const std::string now = std::to_string(std::time(nullptr));
        stream_.async_send({.type = "tick", .data = now},
                           [self = shared_from_this()](sse::error_code ec) {
                               if (!ec) self->wait();
                           });
    }

private:
    void wait() {
        timer_.expires_after(std::chrono::seconds(1));
        timer_.async_wait([self = shared_from_this()](sse::error_code ec) {
            if (!ec) self->tick();
        });
    }

    sse::event_stream stream_;
    sse::net::timer timer_;
};

} // namespace

int main(int argc, char** argv) {
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    sse::asio::io_context ctx(1);
    sse::server server(ctx.get_executor(), {.port = port});
    server.get("/clock", [](const sse::request&, sse::reply re) {
        std::make_shared<clock_session>(re.stream())->tick();
    });
    if (const sse::error_code ec = server.listen()) {
        std::cerr << "cannot listen: " << ec.message() << "\n";
        return 1;
    }
    std::cout << "listening on http://127.0.0.1:" << server.local_endpoint().port() << std::endl;
    ctx.run();
}
