// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Counts events as fast as they come, without copying one. With `sse_bench_server` running:
//
//     06_client_batch 'http://127.0.0.1:9000/burst?1000000,100'
#include <sse/client.hpp>

#include <chrono>
#include <cstddef>
#include <iostream>

namespace {

struct counter {
    sse::event_source source;
    std::size_t events = 0;
    std::size_t bytes = 0;
    std::size_t reads = 0;

    void receive() {
        source.async_receive_batch([this](sse::error_code ec, sse::event_batch batch) {
            for (const sse::event_view event : batch) { // views of the read buffer
                events += 1;
                bytes += event.data.size();
            }
            if (ec) {
                std::cout << ec.message() << '\n';
                return;
            }
            ++reads;
            receive();
        });
    }
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: 06_client_batch URL\n";
        return 2;
    }
    sse::asio::io_context context(1);
    counter all{{context, argv[1], {.finish = true}}}; // the end of the stream is the end
    all.receive();
    const auto start = std::chrono::steady_clock::now();
    context.run();
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    std::cout << all.events << " events, " << all.bytes << " bytes of data, " << all.reads
              << " reads, " << time.count() << " s\n";
}
