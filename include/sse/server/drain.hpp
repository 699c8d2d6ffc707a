// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <chrono>
#include <cstddef>

namespace sse {

/// How a server comes to its end.
struct drain_options {
    /// From the beginning; then what is still open is cut.
    std::chrono::milliseconds limit{5'000};
    /// Each `event_stream` is closed in order at a moment of its own within this time, so that
    /// their readers do not come back all at once. Zero: they go on until somebody closes them.
    /// Streams of a hub are the hub's: see `hub::drain`.
    std::chrono::milliseconds paced{0};
    /// New requests on open connections get 503. Otherwise their handlers answer, the last time.
    bool refuse = true;
};

/// What became of the connections that were open when a server began to drain.
struct drain_result {
    std::size_t ended = 0; ///< in order
    std::size_t cut = 0;   ///< at the limit

    drain_result& operator+=(const drain_result& other) noexcept {
        ended += other.ended;
        cut += other.cut;
        return *this;
    }
};

} // namespace sse
