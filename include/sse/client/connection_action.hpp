// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/response_head.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>

#include <chrono>
#include <optional>

namespace sse::detail {

/// What an event source's algorithm is told.
struct connection_input {
    enum class kind {
        receive,   ///< the user wants an event, and everything read was parsed
        prepared,  ///< the user has decided what to send
        connected, ///< the connection is there
        sent,      ///< the request went out
        read,      ///< bytes came and were parsed; there was no event in them
        head,      ///< `head` is the final response head
        failed,    ///< whatever was under way failed with `error`; `end_of_stream`: a clean end
        timeout,   ///< the action's `until` passed before it was done
        decided,   ///< answers `report`: the next attempt is after `delay`, or there is none
        elapsed,   ///< answers `wait`
        cancelled, ///< the user cancelled the receive
    };
    kind what;
    error_code error{};
    const http::response_head* head = nullptr;
    std::optional<std::chrono::milliseconds> delay{};
};

/// What it wants to be done. Everything but `prepare`, `connect`, `send`, `read` and `wait` takes
/// no time.
struct connection_action {
    enum class kind {
        prepare,  ///< a new attempt: ask the user what to send, until there is `prepared` or
                  ///< `failed`
        connect,  ///< to `target()`, in place of any other connection
        send,     ///< the request
        read,     ///< some bytes
        open,     ///< the response is an event stream: parse what follows
        report,   ///< drop the connection, tell the user about `error` and ask for `decided`
        wait,     ///< nothing, until `until`
        complete, ///< the receive, with `error`
    };
    kind what;
    error_code error{};
    net::time_point until = net::time_point::max();   ///< deadline, or end of the wait
    std::optional<std::chrono::milliseconds> delay{}; ///< proposed by `report`
    bool connected = false;                           ///< `report`: there was a connection
};

} // namespace sse::detail
