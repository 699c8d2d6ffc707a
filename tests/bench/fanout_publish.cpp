// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "fanout_sections.hpp"
#include "integration/raw_client.hpp"
#include "loopback_sockets.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace sse::bench {

namespace {

/// Publishes to its topics in turn.
class round_robin {
public:
    explicit round_robin(std::size_t topics) : names_(topic_names(topics)) {}

    void publish(std::size_t events, const std::string& text) {
        for (std::size_t i = 0; i < events; ++i) {
            hub_.publish(names_[next_], {.data = text});
            next_ = next_ + 1 == names_.size() ? 0 : next_ + 1;
        }
    }
    /// Until each topic has twice as many events as it keeps, or all memory for logs was used four
    /// times over.
    void fill_history(const std::string& text) {
        const sse::history kept;
        publish(std::min(2 * kept.events * names_.size(), 4 * kept.bytes / text.size()), text);
    }
    [[nodiscard]] std::uint64_t log_bytes() const { return hub_.metrics().log_bytes; }

private:
    sse::hub hub_;
    std::vector<std::string> names_;
    std::size_t next_ = 0;
};

/// Where the copies go that publishing is compared with: as much memory as the logs take, in as
/// many parts, and as cold.
class copied_logs {
public:
    copied_logs(std::size_t bytes, std::size_t topics, std::size_t size)
        : topics_(topics), part_(std::max(bytes / topics, 2 * size)), wire_(size, 'x'),
          memory_(part_ * topics) {}

    void copy(std::size_t events) {
        for (std::size_t i = 0; i < events; ++i) {
            char* const to = memory_.data() + topic_ * part_ + at_;
            std::memcpy(to, wire_.data(), wire_.size());
            keep(static_cast<std::size_t>(*to));
            if (++topic_ < topics_) continue;
            topic_ = 0;
            at_ = at_ + 2 * wire_.size() <= part_ ? at_ + wire_.size() : 0;
        }
    }

private:
    std::size_t topics_;
    std::size_t part_;
    std::string wire_;
    std::vector<char> memory_;
    std::size_t topic_ = 0;
    std::size_t at_ = 0;
};

/// Seconds for an event published where nobody reads, and for copying its bytes, where the
/// processor runs at its full pace.
std::vector<double> publish_unread(const run_options& options, std::size_t topics,
                                   const std::string& text) {
    const std::size_t events = options.smoke ? 100 : 2'000; // a millisecond or less
    round_robin all(topics);
    all.publish(events, text);
    if (!options.smoke) all.fill_history(text);
    // besides the data: names of fields, id, line ends, chunk
    copied_logs floor(all.log_bytes(), topics, text.size() + 40);
    pace::clock::duration patience = std::chrono::seconds(options.smoke ? 0 : 5);
    const auto timed = [&](auto&& task) {
        return pace::of_processor().steady(patience, [&] { return cpu_of(task); }) /
               static_cast<double>(events);
    };
    return median_of_turns(
        options.rounds(101), [&] { return timed([&] { all.publish(events, text); }); },
        [&] { return timed([&] { floor.copy(events); }); });
}

} // namespace

void measure_unread(const run_options& options) {
    const report out(options,
                     {"measured", "topics", "data B", "ns", "copy ns", "beyond ns", "growth"});
    for (const std::size_t size : {std::size_t{64}, std::size_t{1'024}}) {
        double first = 0;
        for (const std::size_t n : sizes(options, {1, 100, 10'000})) {
            const auto s = publish_unread(options, n, std::string(size, 'x'));
            if (first == 0) first = s[0];
            out.row("unread", std::to_string(n),
                    {static_cast<double>(size), s[0] * 1e9, s[1] * 1e9, (s[0] - s[1]) * 1e9,
                     s[0] / first});
        }
    }
}

namespace {

/// So many requests to publish, in one piece.
std::string requests_for(std::string_view target, std::size_t count) {
    const std::string one =
        "POST " + std::string(target) +
        " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(small_data.size()) +
        "\r\n\r\n" + small_data;
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += one;
    return all;
}

} // namespace

void measure_handler(const run_options& options, reader_process& ends) {
    const report out(options,
                     {"measured", "requests", "readers", "inside ns", "outside ns", "ratio"});
    const std::size_t readers = options.smoke ? 4 : 100;
    crowd c(ends);
    if (!c.join(readers, "crowd")) return leave_out("handler", readers);
    testing::raw_client client(c.port());
    c.turn();
    for (const std::size_t requests : {std::size_t{1}, std::size_t{64}}) {
        const auto timed = [&](std::string_view target, auto&& besides) {
            double s = 0;
            for (int i = 0; i < 8; ++i) { // one is short
                client.send(requests_for(target, requests));
                besides();
                s += cpu_of([&] { c.turn(); });
                discard_input(client.native_handle());
                c.drain();
            }
            return s / static_cast<double>(8 * requests * readers);
        };
        const auto publish_outside = [&] {
            for (std::size_t i = 0; i < requests; ++i)
                asio::post(c.executor(), [&c] { c.hub.publish("crowd", {.data = small_data}); });
        };
        const auto s = median_of_turns(
            options.rounds(101), [&] { return timed("/inside", [] {}); },
            [&] { return timed("/outside", publish_outside); });
        out.row("handler", std::to_string(requests),
                {static_cast<double>(readers), s[0] * 1e9, s[1] * 1e9, s[0] / s[1]});
    }
}

} // namespace sse::bench
