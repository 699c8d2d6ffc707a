// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/event_outline.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace sse::detail {

/// What only some streams have, so that the others need not pay for it.
struct stream_extras {
    event_filter filter;
    std::uint64_t left_out = 0; ///< by the filter, since the reader was last told its position

    /// Blocks of this stream alone, each behind all events up to a number.
    struct private_block {
        std::uint64_t position;
        std::string bytes;
    };
    std::deque<private_block> blocks;
    std::size_t block_bytes = 0;

    std::vector<std::string> patterns; ///< with wildcards, that the stream follows
    std::size_t slot = 0;              ///< among the streams with such
    std::shared_ptr<void> state;       ///< of the user's
    std::string farewell;              ///< to end with
};

} // namespace sse::detail
