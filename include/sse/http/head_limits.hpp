// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>

namespace sse::http {

/// Limits on a head, in bytes without line ends for `start_line`, with them for `head`. 0 = off.
struct head_limits {
    std::size_t start_line = 8 * 1024; ///< the request or status line
    std::size_t head = 16 * 1024;      ///< everything up to and with the blank line
    std::size_t fields = 100;          ///< field lines, continuation lines included
};

/// Which side wrote a head.
enum class head_kind { request, response };

} // namespace sse::http
