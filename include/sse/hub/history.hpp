// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <chrono>
#include <cstddef>

namespace sse {

/// What a hub keeps of the events it published, for readers that come back and for slow ones. It
/// bounds the memory of the hub, whatever the number of readers. Zero is no bound.
struct history {
    /// The last events of each topic that are kept.
    std::size_t events = 1000;
    /// Bytes of all topics together, as they go over the wire, with 16 for each event. The oldest
    /// go first, in blocks of up to a sixteenth of this.
    std::size_t bytes = std::size_t{64} << 20;
    /// How long an event is kept.
    std::chrono::milliseconds age{0};
    /// How far a connected reader may be behind in each topic, in bytes, even where that is more
    /// than `events`: a burst of small events does not outrun everybody. Zero: not more.
    std::size_t live_bytes = std::size_t{512} << 10;
};

} // namespace sse
