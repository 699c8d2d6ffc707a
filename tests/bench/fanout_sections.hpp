// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "crowd.hpp"
#include "measure.hpp"
#include "reader_process.hpp"

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace sse::bench {

// The sections of sse_fanout_bench: each prints a table of its own.

void measure_memory(const run_options& options, reader_process& ends);
void measure_fan_out(const run_options& options, reader_process& ends);
void measure_topics(const run_options& options, reader_process& ends);
void measure_pattern(const run_options& options, reader_process& ends);
void measure_unread(const run_options& options);
void measure_joining(const run_options& options, reader_process& ends);
void measure_handler(const run_options& options, reader_process& ends);
void measure_stalled(const run_options& options, reader_process& ends);

/// The data of events, unless something else is said.
inline const std::string small_data(64, 'x');

/// The sizes to measure at.
inline std::vector<std::size_t> sizes(const run_options& options, std::vector<std::size_t> full) {
    return options.smoke ? std::vector<std::size_t>{1, 8} : full;
}

inline void leave_out(const char* section, std::size_t size) {
    std::fprintf(stderr, "%s: %zu left out, not enough descriptors (ulimit -n)\n", section, size);
}

/// `count` names, in an order in which neighbours are far apart.
inline std::vector<std::string> topic_names(std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i)
        names.push_back("t" + std::to_string(i * 7'919 % count));
    return names;
}

} // namespace sse::bench
