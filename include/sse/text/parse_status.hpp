// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

namespace sse {

/// What `basic_parser::next` found.
enum class parse_status : unsigned char {
    need_input, ///< nothing more: all that was fed is parsed
    event,      ///< an event was dispatched: `current()`
    comment,    ///< a comment line, where asked for: `comment()`
    retry,      ///< the reconnection time was set: `retry()`
    failed,     ///< a limit was exceeded, or UTF-8 rejected: `error()`
};

} // namespace sse
