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

/// Readers of many topics, to which events go one after the other. `events` of them at once are not
/// so many that a reader's buffer fills.
class topic_crowd {
public:
    topic_crowd(reader_process& ends, std::size_t topics, std::size_t events)
        : crowd_(ends), names_(topic_names(topics)), events_(events) {}

    void publish_to_all() {
        for (const std::string& name : names_)
            crowd_.hub.publish(name, {.data = small_data});
    }
    bool join(std::size_t readers, const char* topic) {
        if (!crowd_.join(readers, topic)) return false;
        bytes_.assign(crowd_.wire_size("t0", small_data), 'x');
        const std::vector<int> sockets = crowd_.sockets();
        for (std::size_t i = 0; i < events_; ++i)
            order_.push_back(sockets[i * 7'919 % sockets.size()]);
        return true;
    }

    /// What an event costs, in seconds.
    double publish() {
        return timed([this] {
            crowd_.turns(events_, [this] {
                crowd_.hub.publish(names_[next_++ % names_.size()], {.data = small_data});
            });
        });
    }
    double send() {
        return timed([this] { send_to_all(order_, bytes_); });
    }

private:
    template <class Task>
    double timed(Task&& task) {
        const double s = cpu_of(task);
        crowd_.drain();
        return s / static_cast<double>(events_);
    }

    crowd crowd_;
    std::vector<std::string> names_;
    std::size_t events_;
    std::string bytes_;
    std::vector<int> order_;
    std::size_t next_ = 0;
};

/// Rows of what an event costs, ours and the floor's, and how that has grown since there was one
/// topic: that is measured in turns with each, since the processor's pace may be another one soon.
class topic_report {
public:
    explicit topic_report(const run_options& options)
        : options_(options), out_(options, {"measured", "topics", "ns", "floor ns", "of floor",
                                            "growth", "floor growth"}) {}

    void row(const char* section, std::size_t topics, topic_crowd& one, topic_crowd& all) const {
        const auto s = times_of_turns(
            options_.rounds(31), [&] { return one.publish(); }, [&] { return all.publish(); },
            [&] { return all.send(); }, [&] { return one.send(); });
        out_.row(section, std::to_string(topics),
                 {median(s[1]) * 1e9, median(s[2]) * 1e9, median_ratio(s[1], s[2]),
                  median_ratio(s[1], s[0]), median_ratio(s[2], s[3])});
    }

private:
    const run_options& options_;
    report out_;
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
    const topic_report out(options);
    for (const std::size_t n : sizes(options, {1, 10, 100, 1'000, 10'000})) {
        topic_crowd one(ends, 1, 100);
        topic_crowd all(ends, n, n * std::clamp<std::size_t>(1'000 / n, 1, 100));
        if (one.join(1, "t%u") && all.join(n, "t%u"))
            out.row("topics", n, one, all);
        else
            leave_out("topics", n);
    }
}

void measure_pattern(const run_options& options, reader_process& ends) {
    const topic_report out(options);
    for (const std::size_t n : sizes(options, {1, 10, 100, 1'000, 10'000})) {
        topic_crowd one(ends, 1, 300);
        topic_crowd all(ends, n, 300);
        for (topic_crowd* c : {&one, &all}) {
            c->publish_to_all();
            if (!c->join(1, "%23")) fail("join");
        }
        out.row("pattern", n, one, all);
    }
}

} // namespace sse::bench
