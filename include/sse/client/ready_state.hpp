// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

namespace sse {

/// What an event source is doing, with the values of HTML's `EventSource.readyState` (9.2.2).
enum class ready_state {
    connecting = 0, ///< not connected: not yet asked to, on the way, or between two connections
    open = 1,       ///< a response was accepted as an event stream
    closed = 2,     ///< ended for good: closed by its user, by the server, or by an error
};

} // namespace sse
