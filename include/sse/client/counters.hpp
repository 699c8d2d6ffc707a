// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/timer.hpp>

#include <cstdint>

namespace sse {

/// What an event source has done since it was made.
struct event_source_counters {
    std::uint64_t attempts = 0;    ///< attempts to connect, without redirects
    std::uint64_t connections = 0; ///< connections made, those of redirects included
    std::uint64_t reconnects = 0;  ///< event streams opened after the first one
    std::uint64_t bytes = 0;       ///< read, heads and framing included, TLS records not
    std::uint64_t events = 0;      ///< parsed; those of a batch as it is iterated
    std::uint64_t comments = 0;    ///< comment lines, with `on_comment` and without
    std::uint64_t skipped = 0;     ///< events and comments that broke a limit
    /// When bytes came last, on the steady clock; the epoch where none ever did.
    net::time_point last_activity{};
};

} // namespace sse
