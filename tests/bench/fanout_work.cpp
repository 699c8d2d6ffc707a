// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// Work for tests/bench/run to count the instructions of, outside of the kernel:
// `fanout_work READERS EVENTS` publishes 100 times so many events a turn to so many readers.
#include "crowd.hpp"
#include "reader_process.hpp"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

[[gnu::noinline]] void deliver_counted(sse::bench::crowd& c, std::size_t events) {
    static const std::string data(64, 'x');
    c.turns(4, [&] {
        for (std::size_t i = 0; i < events; ++i)
            c.hub.publish("crowd", {.data = data});
    });
}

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: fanout_work READERS EVENTS\n");
        return 2;
    }
    const std::size_t readers = std::strtoul(argv[1], nullptr, 10);
    const std::size_t events = std::strtoul(argv[2], nullptr, 10);
    sse::bench::raise_descriptors();
    sse::bench::reader_process ends;
    sse::bench::crowd c(ends);
    if (readers == 0 || events == 0 || !c.join(readers, "crowd")) return 1;
    for (int i = 0; i < 25; ++i) {
        deliver_counted(c, events);
        c.drain(); // no reader's buffer fills
    }
    std::printf("%zu events\n", 100 * readers * events);
    return c.hub.metrics().delivered == 100 * readers * events ? 0 : 1;
}
