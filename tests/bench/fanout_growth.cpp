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

/// What an event of one topic after the other costs, in seconds, and what the floor's does.
/// `events` of them are not so many that a reader's buffer fills.
std::vector<double> compare_topics(const run_options& options, crowd& c, std::size_t topics,
                                   std::size_t events) {
    const std::vector<std::string> names = topic_names(topics);
    const std::string bytes(c.wire_size("t0", small_data), 'x');
    const std::vector<int> sockets = c.sockets();
    std::vector<int> order;
    for (std::size_t i = 0; i < events; ++i)
        order.push_back(sockets[i * 7'919 % sockets.size()]);
    const auto each = static_cast<double>(events);
    std::size_t next = 0;
    return median_of_turns(
        options.rounds(31),
        [&] {
            const double s = cpu_of([&] {
                c.turns(events,
                        [&] { c.hub.publish(names[next++ % topics], {.data = small_data}); });
            });
            c.drain();
            return s / each;
        },
        [&] {
            const double s = cpu_of([&] { send_to_all(order, bytes); });
            c.drain();
            return s / each;
        });
}

/// Rows of what an event costs, ours and the floor's, and how that has grown since the first.
class topic_report {
public:
    explicit topic_report(const run_options& options)
        : out_(options,
               {"measured", "topics", "ns", "floor ns", "of floor", "growth", "floor growth"}) {}

    void row(const char* section, std::size_t topics, const std::vector<double>& s) {
        if (first_.empty()) first_ = s;
        out_.row(section, std::to_string(topics),
                 {s[0] * 1e9, s[1] * 1e9, s[0] / s[1], s[0] / first_[0], s[1] / first_[1]});
    }

private:
    report out_;
    std::vector<double> first_;
};

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
    topic_report out(options);
    for (const std::size_t n : sizes(options, {1, 10, 100, 1'000, 10'000})) {
        crowd c(ends);
        if (!c.join(n, "t%u")) {
            leave_out("topics", n);
            continue;
        }
        const std::size_t events = n * std::clamp<std::size_t>(1'000 / n, 1, 100);
        const auto s = compare_topics(options, c, n, events);
        out.row("topics", n, s);
    }
}

void measure_pattern(const run_options& options, reader_process& ends) {
    topic_report out(options);
    for (const std::size_t n : sizes(options, {1, 10, 100, 1'000, 10'000})) {
        crowd c(ends);
        for (const std::string& name : topic_names(n))
            c.hub.publish(name, {.data = small_data});
        if (!c.join(1, "%23")) fail("join");
        const auto s = compare_topics(options, c, n, 300);
        out.row("pattern", n, s);
    }
}

} // namespace sse::bench
