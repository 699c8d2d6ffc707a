// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "fanout_sections.hpp"
#include "support/hub_reader.hpp"

#include <malloc.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sse::bench {

namespace {

/// A field of a file of /proc, such as `Slab:`, as a number.
double proc_field(const char* file, std::string_view field) {
    std::ifstream in(file);
    for (std::string word; in >> word;)
        if (word == field && in >> word) return std::strtod(word.c_str(), nullptr);
    return 0;
}

/// KiB in use.
struct memory_use {
    double user = proc_field("/proc/self/smaps_rollup", "Pss:");
    double slab = proc_field("/proc/meminfo", "Slab:");
    double available = proc_field("/proc/meminfo", "MemAvailable:");
};

} // namespace

void measure_memory(const run_options& options, reader_process& ends) {
    const report out(options,
                     {"measured", "streams", "user KiB", "slab KiB an end", "both ends KiB"});
    for (const std::size_t n : sizes(options, {1'000, 10'000})) {
        crowd c(ends);
        c.turn();
        ::malloc_trim(0);
        const memory_use before;
        if (!c.join(n, "crowd")) {
            leave_out("memory", n);
            continue;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(options.smoke ? 0 : 500));
        const memory_use after;
        const auto streams = static_cast<double>(n);
        out.row("memory", std::to_string(n),
                {(after.user - before.user) / streams, (after.slab - before.slab) / streams / 2,
                 (before.available - after.available) / streams});
    }
}

namespace {

/// A stream beside others that all read one topic.
class joining_crowd {
public:
    static constexpr int times = 500;

    explicit joining_crowd(reader_process& ends) : crowd_(ends) {}

    bool join(std::size_t others) {
        if (!crowd_.join(others, "crowd") || !crowd_.join(1, "elsewhere")) return false;
        one_ = crowd_.last();
        return true;
    }

    /// Seconds for a stream that comes and goes.
    double come_and_go() {
        const auto once = [&] {
            const auto end = std::make_shared<testing::memory_connection>(crowd_.executor(), true);
            end->allow(4'096);
            crowd_.hub.subscribe(reply(end), {.topics = {"crowd"}});
            end->cut();
        };
        return cpu_of([&] { crowd_.turns(times, once); }) / times;
    }

    /// Seconds for one that takes the topic on and off again.
    double take_on_and_off() {
        const auto all = [&] {
            for (int i = 0; i < times; ++i) {
                one_.follow("crowd");
                one_.unfollow("crowd");
            }
        };
        return cpu_of(all) / times;
    }

private:
    crowd crowd_;
    hub_subscriber one_;
};

} // namespace

void measure_joining(const run_options& options, reader_process& ends) {
    const report out(options,
                     {"measured", "others", "come+go ns", "growth", "on+off ns", "its growth"});
    for (const std::size_t n : sizes(options, {1, 100, 1'000, 10'000})) {
        // in turns, since the processor's pace may be another one in the next minute
        joining_crowd first(ends);
        joining_crowd c(ends);
        if (!first.join(1) || !c.join(n)) {
            leave_out("joining", n);
            continue;
        }
        const auto s = times_of_turns(
            options.rounds(31), [&] { return first.come_and_go(); },
            [&] { return c.come_and_go(); }, [&] { return first.take_on_and_off(); },
            [&] { return c.take_on_and_off(); });
        out.row("joining", std::to_string(n),
                {median(s[1]) * 1e9, median_ratio(s[1], s[0]), median(s[3]) * 1e9,
                 median_ratio(s[3], s[2])});
    }
}

namespace {

/// Publishes until the stalled take nothing any more: the kernel's buffers are full.
bool fill(crowd& c, std::size_t readers) {
    const std::string text(1'000, 'x');
    const std::size_t wire = c.wire_size("crowd", text);
    constexpr std::size_t events = 60;
    for (int i = 0; i < 1'000; ++i) {
        const std::uint64_t before = c.hub.metrics().sent_bytes;
        for (std::size_t e = 0; e < events; ++e) {
            c.hub.publish("crowd", {.data = text});
            c.turn();
        }
        c.drain();
        if (c.hub.metrics().sent_bytes - before <= readers * events * (wire + 4)) return true;
    }
    return false;
}

/// One second of events to both at 500 a second each: how long they took.
std::array<latencies, 2> age_in_turns(reader_process& ends, crowd& without, crowd& with,
                                      int events) {
    ends.listen();
    auto at = std::chrono::steady_clock::now();
    for (int i = 0; i < events; ++i) {
        crowd& c = i % 2 == 0 ? without : with;
        c.turns(1, [&] { c.hub.publish("crowd", {.data = stamp() + std::string(980, 'x')}); });
        std::this_thread::sleep_until(at += std::chrono::milliseconds(1));
    }
    return ends.stop_listening();
}

} // namespace

void measure_stalled(const run_options& options, reader_process& ends) {
    const report out(options,
                     {"measured", "stalled", "events", "p50 us", "p99 us", "max us", "p99 ratio"});
    constexpr std::size_t readers = 90;
    constexpr std::size_t stalled = 10;
    const hub_options settings{.overflow = overflow::skip};
    crowd without(ends, settings);
    crowd with(ends, settings);
    if (!without.join(readers, "crowd", reader_process::readers) ||
        !with.join(readers, "crowd", reader_process::others) ||
        !with.join(stalled, "crowd", reader_process::stalled))
        return leave_out("stalled", readers);
    if (!options.smoke && !fill(with, readers)) {
        std::fprintf(stderr, "stalled: the buffers of those who never read do not fill\n");
        return;
    }
    std::array<std::array<std::vector<double>, 3>, 2> times;
    std::array<double, 2> events{};
    for (int round = 0; round < options.rounds(11); ++round) {
        const auto all = age_in_turns(ends, without, with, options.smoke ? 20 : 1'000);
        for (std::size_t i = 0; i < 2; ++i) {
            times[i][0].push_back(all[i].p50);
            times[i][1].push_back(all[i].p99);
            times[i][2].push_back(all[i].max);
            events[i] += static_cast<double>(all[i].events);
        }
    }
    const double reference = median(times[0][1]);
    for (std::size_t i = 0; i < 2; ++i) {
        const double p99 = median(times[i][1]);
        out.row("stalled", std::to_string(i * stalled),
                {events[i], median(times[i][0]), p99, median(times[i][2]), p99 / reference});
    }
}

} // namespace sse::bench
