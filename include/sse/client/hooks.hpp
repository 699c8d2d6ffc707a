// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/outgoing_request.hpp>
#include <sse/client/pending_request.hpp>
#include <sse/client/ready_state.hpp>
#include <sse/http/fields.hpp>
#include <sse/http/request_head.hpp>
#include <sse/http/url.hpp>
#include <sse/net/asio.hpp>
#include <sse/text/error.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

namespace sse {

/// The head of a response.
struct incoming_response {
    int status;
    const http::url& url; ///< behind redirects: the origin of the events
    const http::fields& headers;
};

/// The end of a connection or of an attempt, and what follows from it.
struct disconnection {
    error_code error;    ///< `errc::end_of_stream` where the peer ended the stream in good order
    int status;          ///< of the response, or 0 where there was none
    bool connected;      ///< whether there was a connection
    std::size_t attempt; ///< attempts since the last event or stable stream
    /// How long until the next attempt; nothing: it is for good, and `error` or
    /// `errc::attempts_exhausted` completes the receive. The hook may decide otherwise.
    std::optional<std::chrono::milliseconds> delay;
};

/// What an event source does from now on.
struct state_change {
    ready_state state;
    std::size_t attempt; ///< attempts since the last event or stable stream
    /// `connecting`: how long until the next attempt begins; nothing: it has begun.
    std::optional<std::chrono::milliseconds> delay;
    error_code error; ///< `closed`: what completes the receive
};

/// Functions of the user that an event source calls on its way, all optional. They run where the
/// handler of the receive runs, never inside a function that starts one, and may do what they like
/// with the source, its destruction included. Those that tell of the stream's lines are called
/// inside `try_receive` and the iteration of a batch, too. They must not throw.
struct event_source_hooks {
    /// Before every attempt. Redirects are followed within one.
    std::function<void(const outgoing_request&)> on_request{};
    /// As `on_request` and behind it, but the attempt waits for the answer to `pending_request`, up
    /// to `event_source_timeouts::request`. A cancelled receive leaves it to the next one.
    std::function<void(pending_request)> on_request_async{};
    /// The head of a request goes out, also of one that follows a redirect. Holds credentials.
    std::function<void(const http::request_head&, const http::url&)> on_send{};
    /// The final head of any response, before it is judged: redirects and errors, too.
    std::function<void(const incoming_response&)> on_response{};
    /// A response was accepted as an event stream.
    std::function<void(const incoming_response&)> on_open{};
    /// A comment line. Without this hook, comments are skipped in constant memory.
    std::function<void(std::string_view comment)> on_comment{};
    /// The server set the reconnection time.
    std::function<void(std::chrono::milliseconds)> on_retry{};
    /// A connection or an attempt ended by itself; not called for `close()`, `restart()` and
    /// cancellation. May change `delay`.
    std::function<void(disconnection&)> on_error{};
    /// The source begins an attempt, is open, waits for the next attempt, or has ended for good.
    /// Behind the hook that tells why; not called for `close()`, `restart()` and cancellation.
    std::function<void(const state_change&)> on_state{};
    /// An event, or a comment that was asked for, exceeded the limit that is named, and is skipped
    /// (`overflow_action::skip`).
    std::function<void(errc limit)> on_skip{};
    /// The last event id has changed, and every event up to it was handed out: a receive that
    /// completed with it has been followed by the next one, or by `try_receive`. Who keeps the id
    /// from here and crashes gets the events that were handed out last once more, and loses none.
    std::function<void(std::string_view id)> on_last_event_id{};
};

} // namespace sse
