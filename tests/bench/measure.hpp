// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "pace.hpp"

#include <sse/version.hpp>

#include <time.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::bench {

/// Keeps the compiler from dropping a result.
inline void keep(std::size_t value) { asm volatile("" : : "r"(value) : "memory"); }

/// The processor time that this thread has taken, the kernel's for it included, in seconds.
inline double cpu_seconds() {
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// The seconds of processor time that `task` takes.
template <class Task>
double cpu_of(Task&& task) {
    const double start = cpu_seconds();
    task();
    return cpu_seconds() - start;
}

inline double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Calls each of `tasks` in turn, `rounds` times over, so that all of them see the same noise, and
/// returns the seconds that each says it took, in the order of rounds.
template <class... Tasks>
std::vector<std::vector<double>> times_of_turns(int rounds, Tasks&&... tasks) {
    std::vector<std::vector<double>> times(sizeof...(tasks));
    for (int round = 0; round < rounds; ++round) {
        std::size_t i = 0;
        (times[i++].push_back(tasks()), ...);
    }
    return times;
}

/// The median of the ratios of each round: where the processor's pace changes in between, both have
/// changed in most rounds, and the median of each by itself may be of another pace.
inline double median_ratio(const std::vector<double>& times, const std::vector<double>& of) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < times.size(); ++i)
        ratios.push_back(times[i] / of[i]);
    return median(std::move(ratios));
}

/// As `times_of_turns`, but the median of each.
template <class... Tasks>
std::vector<double> median_of_turns(int rounds, Tasks&&... tasks) {
    std::vector<double> medians;
    for (auto& t : times_of_turns(rounds, tasks...))
        medians.push_back(median(std::move(t)));
    return medians;
}

/// As `median_of_turns`, for tasks of up to a millisecond that are timed as a whole, at full pace,
/// each time behind `prepare`, which is not. Waits up to 15 s for full pace: slower phases of some
/// seconds are waited for, those of minutes are not.
template <class Prepare, class... Tasks>
std::vector<double> median_seconds(int rounds, Prepare&& prepare, Tasks&&... tasks) {
    pace::clock::duration patience = std::chrono::seconds(rounds > 1 ? 15 : 0);
    const auto timed = [&](auto& task) {
        return [&] {
            return pace::of_processor().steady(patience, [&] {
                prepare();
                const auto start = std::chrono::steady_clock::now();
                task();
                const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
                return took.count();
            });
        };
    };
    return median_of_turns(rounds, timed(tasks)...);
}

/// Counts bytes equal to `wanted`, a memchr call each.
inline std::size_t count_with_memchr(std::string_view bytes, char wanted) {
    std::size_t found = 0;
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    while (at != end) {
        at = static_cast<const char*>(std::memchr(at, wanted, static_cast<std::size_t>(end - at)));
        if (at == nullptr) break;
        ++found;
        ++at;
    }
    return found;
}

/// Calls `f` with the pieces of `bytes`; a `size` of zero is one piece.
template <class F>
void for_each_piece(std::string_view bytes, std::size_t size, F&& f) {
    if (size == 0) size = bytes.size();
    for (std::size_t at = 0; at < bytes.size(); at += size)
        f(bytes.substr(at, size));
}

/// What a benchmark is told on its command line. Ends the program at `--help`, `--version` and
/// what it does not know; from then on SIGINT and SIGTERM end it with status 0.
struct run_options {
    bool json = false;
    bool quick = false; ///< fewer rounds: rougher figures
    bool smoke = false; ///< the least that runs everything once: the figures are worth nothing

    run_options(int argc, char** argv) {
        for (const int signal : {SIGINT, SIGTERM})
            std::signal(signal, [](int) { std::_Exit(0); });
        const std::string_view path = argv[0];
        const std::string name(path.substr(path.rfind('/') + 1));
        const std::string usage = "usage: " + name + " [--json] [--quick|--smoke]\n";
        for (const std::string_view argument :
             std::vector<std::string_view>(argv + 1, argv + argc)) {
            if (argument == "--json") {
                json = true;
            } else if (argument == "--quick") {
                quick = true;
            } else if (argument == "--smoke") {
                smoke = true;
            } else if (argument == "--help") {
                std::fputs(usage.c_str(), stdout);
                std::exit(0);
            } else if (argument == "--version") {
                std::printf("%s %s\n", name.c_str(), library_version);
                std::exit(0);
            } else {
                std::fputs((name + ": " + usage).c_str(), stderr);
                std::exit(2);
            }
        }
    }

    /// How many rounds to take where `full` are worth the time.
    [[nodiscard]] int rounds(int full) const noexcept {
        return smoke ? 1 : quick ? (full + 4) / 5 : full;
    }
};

/// Prints rows as a table for people, or as one JSON object a row. The first two columns are text.
class report {
public:
    report(const run_options& options, std::vector<std::string> columns)
        : json_(options.json), columns_(std::move(columns)) {
        if (json_) return;
        for (const auto& column : columns_)
            std::printf("%15s", column.c_str());
        std::printf("\n");
    }

    void row(std::string_view first, std::string_view second,
             const std::vector<double>& values) const {
        if (json_) {
            std::printf("{\"%s\":\"%.*s\",\"%s\":\"%.*s\"", columns_[0].c_str(), width(first),
                        first.data(), columns_[1].c_str(), width(second), second.data());
        } else {
            std::printf("%15.*s%15.*s", width(first), first.data(), width(second), second.data());
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (json_) {
                std::printf(",\"%s\":%.4g", columns_[i + 2].c_str(), values[i]);
            } else {
                std::printf("%15.4g", values[i]);
            }
        }
        std::printf(json_ ? "}\n" : "\n");
        std::fflush(stdout);
    }

private:
    static int width(std::string_view text) { return static_cast<int>(text.size()); }

    bool json_;
    std::vector<std::string> columns_;
};

} // namespace sse::bench
