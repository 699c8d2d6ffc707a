// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "fanout_sections.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sse::bench {
namespace {

/// The least that a fan-out can do.
void send_to_all(const std::vector<int>& sockets, std::string_view bytes) {
    for (const int socket : sockets)
        if (::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            fail("send of the floor");
}

/// One reader a topic: what an event costs, in seconds, and what the floor's does.
std::vector<double> compare_topics(const run_options& options, crowd& c, std::size_t topics) {
    const std::vector<std::string> names = topic_names(topics);
    const std::string bytes(c.wire_size("t0", small_data), 'x');
    const std::vector<int> sockets = c.sockets();
    std::vector<int> order;
    for (std::size_t i = 0; i < topics; ++i)
        order.push_back(sockets[i * 7'919 % topics]);
    // not so many that a reader's buffer fills
    const std::size_t passes = std::clamp<std::size_t>(1'000 / topics, 1, 100);
    const auto each = static_cast<double>(passes * topics);
    std::size_t next = 0;
    return median_of_turns(
        options.rounds(31),
        [&] {
            const double s = cpu_of([&] {
                c.turns(passes * topics,
                        [&] { c.hub.publish(names[next++ % topics], {.data = small_data}); });
            });
            c.drain();
            return s / each;
        },
        [&] {
            const double s = cpu_of([&] {
                for (std::size_t i = 0; i < passes; ++i)
                    send_to_all(order, bytes);
            });
            c.drain();
            return s / each;
        });
}

} // namespace

void measure_fan_out(const run_options& options, reader_process& ends) {
    const report out(options, {"measured", "readers", "a turn", "ns", "floor ns", "of floor",
                               "growth", "floor growth"});
    std::vector<double> first[2];
    for (const std::size_t n : sizes(options, {100, 1'000, 10'000})) {
        crowd c(ends);
        if (!c.join(n, "crowd")) {
            leave_out("fan-out", n);
            continue;
        }
        const std::vector<int> sockets = c.sockets();
        for (const std::size_t events : {std::size_t{1}, std::size_t{64}}) {
            const auto s =
                compare_deliveries(options.rounds(31), c, small_data, events,
                                   [&](const std::string& bytes) { send_to_all(sockets, bytes); });
            auto& base = first[events == 1 ? 0 : 1];
            if (base.empty()) base = s;
            out.row("fan-out", std::to_string(n),
                    {static_cast<double>(events), s[0] * 1e9, s[1] * 1e9, s[0] / s[1],
                     s[0] / base[0], s[1] / base[1]});
        }
    }
}

void measure_topics(const run_options& options, reader_process& ends) {
    const report out(
        options, {"measured", "topics", "ns", "floor ns", "of floor", "growth", "floor growth"});
    std::vector<double> first;
    for (const std::size_t n : sizes(options, {1, 10, 100, 1'000, 10'000})) {
        crowd c(ends);
        if (!c.join(n, "t%u")) {
            leave_out("topics", n);
            continue;
        }
        const auto s = compare_topics(options, c, n);
        if (first.empty()) first = s;
        out.row("topics", std::to_string(n),
                {s[0] * 1e9, s[1] * 1e9, s[0] / s[1], s[0] / first[0], s[1] / first[1]});
    }
}

} // namespace sse::bench
