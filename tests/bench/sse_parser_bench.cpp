// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// The parser beside memchr over the same bytes in the same run. Read the ratios, not GB/s:
// "of memchr" is the parser as it comes, with UTF-8 replacement, BOM, retry, id rules and limits;
// "passing" is the same with utf8_policy::pass; "of scan" compares with the line scanner alone.
#include "line_count.hpp"
#include "measure.hpp"
#include "workloads.hpp"

#include <sse/text.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace {

constexpr std::size_t stream_size = std::size_t{256} << 10;

/// Looks at the first and last byte of each event's data.
struct looking_handler {
    std::size_t sum = 0;
    std::size_t events = 0;
    void on_event(sse::event_view e) {
        ++events;
        if (!e.data.empty()) {
            sum += static_cast<unsigned char>(e.data.front()) +
                   static_cast<unsigned char>(e.data.back());
        }
    }
};

std::size_t parse_all(std::string_view stream, std::size_t piece, sse::utf8_policy utf8) {
    sse::parser parser({.utf8 = utf8});
    looking_handler handler;
    sse::bench::for_each_piece(stream, piece,
                               [&](std::string_view bytes) { parser.push(bytes, handler); });
    sse::bench::keep(handler.sum);
    return handler.events;
}

std::size_t scan_all(std::string_view stream, std::size_t piece) {
    std::size_t found = 0;
    sse::bench::for_each_piece(
        stream, piece, [&](std::string_view bytes) { found += sse::bench::count_lines(bytes); });
    return found;
}

std::size_t memchr_all(std::string_view stream, std::size_t piece, char wanted) {
    std::size_t found = 0;
    sse::bench::for_each_piece(stream, piece, [&](std::string_view bytes) {
        found += sse::bench::count_with_memchr(bytes, wanted);
    });
    return found;
}

/// What a stream has of bytes and of events.
std::pair<double, double> average(sse::bench::changing_stream& stream) {
    std::size_t bytes = 0;
    std::size_t events = 0;
    for (std::size_t i = 0; i < stream.count; ++i) {
        stream.change();
        bytes += stream.now().size();
        events += parse_all(stream.now(), 0, sse::utf8_policy::replace);
    }
    const auto count = static_cast<double>(stream.count);
    return {static_cast<double>(bytes) / count, static_cast<double>(events) / count};
}

} // namespace

int main(int argc, char** argv) {
    using sse::bench::keep;
    const sse::bench::run_options options(argc, argv);
    const int rounds = options.rounds(201);
    const sse::bench::report report(options,
                                    {"workload", "pieces", "GB/s", "Mevents/s", "memchr GB/s",
                                     "of memchr %", "of LF+CR %", "passing %", "of scan %"});
    const std::pair<std::string_view, std::size_t> pieces[] = {
        {"whole", 0}, {"64 KiB", 64 * 1024}, {"1460 B", 1460}};
    for (const std::string_view name : sse::bench::workload_names) {
        sse::bench::changing_stream stream(name, stream_size);
        const auto [bytes, events] = average(stream);
        for (const auto& [label, size] : pieces) {
            const auto s = sse::bench::median_seconds(
                rounds, [&] { stream.change(); },
                [&, n = size] { keep(parse_all(stream.now(), n, sse::utf8_policy::replace)); },
                [&, n = size] { keep(parse_all(stream.now(), n, sse::utf8_policy::pass)); },
                [&, n = size] { keep(memchr_all(stream.now(), n, '\n')); },
                [&, n = size] { keep(memchr_all(stream.now(), n, '\r')); },
                [&, n = size] { keep(scan_all(stream.now(), n)); });
            report.row(name, label,
                       {bytes / s[0] / 1e9, events / s[0] / 1e6, bytes / s[2] / 1e9,
                        100 * s[2] / s[0], 100 * (s[2] + s[3]) / s[0], 100 * s[2] / s[1],
                        100 * s[4] / s[0]});
        }
    }
}
