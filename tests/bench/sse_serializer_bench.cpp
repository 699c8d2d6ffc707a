// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// The serializer beside what it cannot do without, in the same run: two memchr passes over the
// data and one memcpy of it. Read the ratio, not GB/s.
#include "measure.hpp"
#include "workloads.hpp"

#include <sse/text.hpp>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t stream_size = std::size_t{256} << 10;
constexpr std::size_t sink_size = 128 * 1024;

struct workload {
    std::string_view name;
    std::size_t size;  ///< bytes of data
    std::size_t lines; ///< in the data
    bool has_id;
};

constexpr workload workloads[] = {{"150 B", 150, 1, false},
                                  {"1 KiB", 1024, 1, false},
                                  {"16 KiB", 16 * 1024, 1, false},
                                  {"small", 40, 1, true},
                                  {"multi", 250, 5, false}};

std::vector<sse::event> make_events(const workload& w) {
    sse::bench::random_source random;
    std::vector<sse::event> events(64);
    for (std::size_t serial = 0; serial < events.size(); ++serial) {
        sse::event& e = events[serial];
        for (std::size_t i = 0; i < w.lines; ++i) {
            if (i != 0) e.data += '\n';
            e.data += random.text(w.size / w.lines);
        }
        if (!w.has_id) continue;
        e.id = std::to_string(100000 + serial);
        e.type = "tick";
    }
    return events;
}

void serialize_all(const std::vector<sse::event>& events, std::size_t count, std::string& sink) {
    for (std::size_t i = 0; i < count; ++i) {
        if (sink.size() > sink_size) sink.clear();
        if (serialize(events[i % events.size()], sink) != sse::errc::success) std::abort();
    }
    sse::bench::keep(sink.size());
}

/// The least that a sink can do: what the reference does as well.
struct memory_sink {
    char* at;
    void append(const char* bytes, std::size_t size) {
        std::memcpy(at, bytes, size);
        at += size;
    }
};

void serialize_to_memory(const std::vector<sse::event>& events, std::size_t count,
                         std::vector<char>& out) {
    memory_sink sink{out.data()};
    for (std::size_t i = 0; i < count; ++i) {
        if (sink.at > out.data() + sink_size) sink.at = out.data();
        if (serialize(events[i % events.size()], sink) != sse::errc::success) std::abort();
    }
    sse::bench::keep(static_cast<std::size_t>(sink.at - out.data()));
}

void copy_all(const std::vector<sse::event>& events, std::size_t count, std::vector<char>& out) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string& data = events[i % events.size()].data;
        sse::bench::keep(sse::bench::count_with_memchr(data, '\r'));
        sse::bench::keep(sse::bench::count_with_memchr(data, '\n'));
        if (at > sink_size) at = 0;
        std::memcpy(out.data() + at, data.data(), data.size());
        at += data.size();
    }
    sse::bench::keep(at);
}

} // namespace

int main(int argc, char** argv) {
    const sse::bench::run_options options(argc, argv);
    const int rounds = options.rounds(201);
    const sse::bench::report report(
        options, {"workload", "sink", "GB/s", "Mevents/s", "reference GB/s", "of reference %"});
    for (const auto& w : workloads) {
        const auto events = make_events(w);
        const std::size_t count = stream_size / w.size;
        std::string sink;
        sink.reserve(2 * sink_size);
        std::vector<char> copy(2 * sink_size);
        const auto s = sse::bench::median_seconds(
            rounds, [] {}, [&] { serialize_all(events, count, sink); },
            [&] { serialize_to_memory(events, count, copy); },
            [&] { copy_all(events, count, copy); });
        const auto bytes = static_cast<double>(count * w.size);
        for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
            report.row(w.name, i == 0 ? "std::string" : "memory",
                       {bytes / s[i] / 1e9, static_cast<double>(count) / s[i] / 1e6,
                        bytes / s[2] / 1e9, 100 * s[2] / s[i]});
        }
    }
}
