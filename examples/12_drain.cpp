// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// A server that ends without losing anything: on SIGTERM or Ctrl-C it takes no more connections,
// sends what was published and a farewell that tells when to come back, and closes the streams one
// by one.
//
//     12_drain
//     curl -N http://127.0.0.1:8080/ticks              in several terminals, then: kill -TERM PID
#include "examples/stop_signals.hpp"

#include <sse/hub.hpp>
#include <sse/net/timer.hpp>
#include <sse/server.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <utility>

int main(int argc, char** argv) {
    using namespace std::chrono_literals;
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    sse::asio::io_context ctx(1);
    sse::hub hub;
    sse::server server(ctx.get_executor(), {.port = port});
    server.get("/ticks", [&hub](const sse::request& rq, sse::reply re) {
        sse::subscribe_options options{.topics = {"ticks"}};
        if (read_position(rq, options) != sse::errc::success) return re.send({.status = 400});
        hub.subscribe(std::move(re), options);
    });
    if (const sse::error_code ec = server.listen()) {
        std::cerr << "cannot listen: " << ec.message() << "\n";
        return 1;
    }

    int count = 0;
    sse::net::timer timer(ctx.get_executor());
    std::function<void()> tick = [&] {
        timer.expires_after(200ms);
        timer.async_wait([&](sse::error_code ec) {
            if (ec) return;
            hub.publish("ticks", {.type = "tick", .data = std::to_string(++count)});
            tick();
        });
    };
    tick();

    stop_signals signals(ctx, [&] {
        timer.cancel();
        // Readers come back 1 to 3 s later, each at a time of its own; by then there is a new
        // server.
        hub.drain({.retry = 1s, .spread = 2s, .period = 500ms});
        server.async_drain({.limit = 5s}, [](sse::error_code, sse::drain_result result) {
            std::cout << result.ended << " ended in order, " << result.cut << " cut" << std::endl;
        });
    });
    std::cout << "listening on http://127.0.0.1:" << server.local_endpoint().port() << std::endl;
    ctx.run();
}
