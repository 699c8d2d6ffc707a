// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// Work for linear_work.sh to count the instructions of: `linear_work KIND N`.
//
//   pieces N   one event of N MiB in pieces of 1,460 bytes
//   bytes N    one event of N MiB in pieces of one byte
//   events N   N thousand tiny events in one piece
#include <sse/text.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

struct counter {
    std::size_t events = 0;
    void on_event(sse::event_view) { ++events; }
};

/// One event of `size` bytes of data, whose text is never in memory as a whole.
std::size_t parse_large(std::size_t size, std::size_t piece) {
    sse::basic_parser<sse::growing_storage<>, sse::no_limits> parser;
    counter found;
    const std::string text(piece, 'x');
    parser.push("data: ", found);
    for (std::size_t left = size; left > 0; left -= piece < left ? piece : left) {
        parser.push(std::string_view(text).substr(0, left), found);
    }
    parser.push("\n\n", found);
    return found.events;
}

std::size_t parse_many(std::size_t count) {
    std::string stream;
    for (std::size_t i = 0; i < count; ++i)
        stream += "data:1\n\n";
    sse::parser parser;
    counter found;
    parser.push(stream, found);
    return found.events / count;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: linear_work pieces|bytes|events N\n");
        return 2;
    }
    const std::string_view kind = argv[1];
    const auto n = static_cast<std::size_t>(std::strtoul(argv[2], nullptr, 10));
    const std::size_t events =
        kind == "events" ? parse_many(n * 1000) : parse_large(n << 20, kind == "bytes" ? 1 : 1460);
    return events == 1 ? 0 : 1;
}
