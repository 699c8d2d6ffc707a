// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// A hub: whoever comes back with the id of the last event it saw gets what it missed.
//
//     05_hub_replay
//     curl -N http://127.0.0.1:8080/news?replay=3        then, with an id that it printed:
//     curl -N -H 'Last-Event-ID: ID' http://127.0.0.1:8080/news
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
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    sse::asio::io_context ctx(1);
    sse::hub hub({.history = {.events = 100}});

    sse::server server(ctx.get_executor(), {.port = port});
    server.get("/news", [&hub](const sse::request& rq, sse::reply re) {
        sse::subscribe_options options{.topics = {"news"}};
        if (read_position(rq, options) != sse::errc::success) return re.send({.status = 400});
        hub.subscribe(std::move(re), options);
    });
    if (const sse::error_code ec = server.listen()) {
        std::cerr << "cannot listen: " << ec.message() << "\n";
        return 1;
    }
    std::cout << "listening on http://127.0.0.1:" << server.local_endpoint().port() << std::endl;

    int count = 0;
    sse::net::timer timer(ctx.get_executor());
    std::function<void()> publish_next = [&] {
        timer.expires_after(std::chrono::seconds(1));
        timer.async_wait([&](sse::error_code ec) {
            if (ec) return;
            hub.publish("news", {.type = "headline", .data = "story " + std::to_string(++count)});
            publish_next();
        });
    };
    publish_next();
    ctx.run();
}
