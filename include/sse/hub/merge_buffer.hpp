// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/topic_view.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace sse::detail {

/// The bytes of several topics, joined for one send, and whose they are. One for all streams of a
/// thread: it is filled and used up in one go.
struct merge_buffer {
    struct run {
        std::size_t source;
        std::size_t bytes;
    };
    std::string bytes;
    std::vector<run> runs;
    std::vector<cursor> starts; ///< where the runs begin
};

} // namespace sse::detail
