// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// Work for `run` to count the instructions of: `parser_work WORKLOAD PIECE` parses a megabyte of a
// workload in pieces of PIECE bytes, all of it in `parse_counted`, and prints the number of events.
#include "workloads.hpp"

#include <sse/text.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

struct looking_handler {
    std::size_t events = 0;
    std::size_t sum = 0;
    void on_event(sse::event_view e) {
        ++events;
        if (!e.data.empty()) sum += static_cast<unsigned char>(e.data.front());
    }
};

[[gnu::noinline]] std::size_t parse_counted(std::string_view stream, std::size_t piece,
                                            looking_handler& found) {
    sse::parser parser;
    for (std::size_t at = 0; at < stream.size(); at += piece)
        parser.push(stream.substr(at, piece), found);
    return found.events;
}

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: parser_work WORKLOAD PIECE\n");
        return 2;
    }
    const std::string stream = sse::bench::make_workload(argv[1], std::size_t{1} << 20);
    looking_handler found;
    const std::size_t events =
        parse_counted(stream, static_cast<std::size_t>(std::strtoul(argv[2], nullptr, 10)), found);
    std::printf("%zu events\n", events);
    return found.sum != 0 ? 0 : 1;
}
