// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <algorithm>
#include <chrono>
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

/// Runs each of `tasks` in turn, `rounds` times over, so that all of them see the same noise, and
/// returns the median of the seconds that each took.
template <class... Tasks>
std::vector<double> median_seconds(int rounds, Tasks&&... tasks) {
    std::vector<std::vector<double>> times(sizeof...(tasks));
    const auto timed = [](auto& task) {
        const auto start = std::chrono::steady_clock::now();
        task();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    for (int round = 0; round < rounds; ++round) {
        std::size_t i = 0;
        (times[i++].push_back(timed(tasks)), ...);
    }
    std::vector<double> medians;
    for (auto& t : times) {
        std::nth_element(t.begin(), t.begin() + rounds / 2, t.end());
        medians.push_back(t[static_cast<std::size_t>(rounds / 2)]);
    }
    return medians;
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

/// Prints rows as a table for people, or as one JSON object a row. The first two columns are text.
class report {
public:
    report(bool json, std::vector<std::string> columns)
        : json_(json), columns_(std::move(columns)) {
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

/// Whether the only argument is `--json`; ends the program at any other.
inline bool wants_json(int argc, char** argv) {
    if (argc == 1) return false;
    if (argc == 2 && std::strcmp(argv[1], "--json") == 0) return true;
    const bool help = argc == 2 && std::strcmp(argv[1], "--help") == 0;
    std::fprintf(help ? stdout : stderr, "usage: %s [--json]\n", argv[0]);
    std::exit(help ? 0 : 2);
}

} // namespace sse::bench
