// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// Work for tests/bench/run to count the instructions of, outside of the kernel:
// `post_work REQUESTS repeated|changing` answers so many requests a turn, which publish 64 bytes
// each to a topic without readers. Their heads are alike, or each differs from the one before.
#include "integration/raw_client.hpp"
#include "loopback_sockets.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr int warming = 3; ///< turns that are not counted, in which memory takes its size
constexpr int counted = 200;

std::string requests_of_a_turn(std::size_t count, bool changing) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) {
        all += "POST /pub HTTP/1.1\r\nHost: 127.0.0.1:9000\r\n";
        if (changing) all += i % 2 == 0 ? "X-Turn: even\r\n" : "X-Turn: odd\r\n";
        all += "Content-Length: 64\r\n\r\n";
        all.append(64, 'x');
    }
    return all;
}

} // namespace

[[gnu::noinline]] void answer_counted(sse::asio::io_context& context) {
    context.restart();
    context.poll();
}

int main(int argc, char** argv) {
    const std::size_t requests = argc == 3 ? std::strtoul(argv[1], nullptr, 10) : 0;
    const std::string_view form = argc == 3 ? argv[2] : "";
    if (requests == 0 || (form != "repeated" && form != "changing")) {
        std::fprintf(stderr, "usage: post_work REQUESTS repeated|changing\n");
        return 2;
    }
    sse::hub hub;
    sse::asio::io_context context{1};
    sse::server server(context.get_executor(), {.address = "0.0.0.0", .port = 0});
    server.post("/pub", [&hub](const sse::request& rq, sse::reply re) {
        const bool published = static_cast<bool>(hub.publish("bench", {.data = rq.body}));
        re.send({.status = published ? 204 : 503});
    });
    if (server.listen()) return 1;
    sse::testing::raw_client client(server.local_endpoint().port());
    const std::string all = requests_of_a_turn(requests, form == "changing");
    for (int turn = 0; turn < warming + counted; ++turn) {
        client.send(all);
        if (turn < warming) { // the first one is accepted, too
            context.restart();
            context.run_for(std::chrono::milliseconds(5));
        } else {
            answer_counted(context);
        }
        sse::bench::discard_input(client.native_handle());
    }
    const std::size_t expected = requests * (warming + counted);
    std::printf("%zu events\n", requests * counted);
    return hub.metrics().published == expected ? 0 : 1;
}
