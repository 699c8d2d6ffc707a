// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/http/request_head.hpp>
#include <sse/http/url.hpp>
#include <sse/net/asio.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sse {

/// What the next attempt to connect is going to send, for `event_source_hooks::on_request`.
struct outgoing_request {
    http::fields& headers; ///< as in the options; changes hold for this attempt
    std::string& body;     ///< as in the options; changes hold for this attempt
    std::size_t attempt;   ///< 1 for the first since the last success
    error_code last_error; ///< what ended the attempt before
    std::string_view last_event_id;
};

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

/// Functions of the user that an event source calls on its way, all optional. They run where the
/// handler of the receive runs, never inside a function that starts one, and may do what they like
/// with the source, its destruction included. They must not throw.
struct event_source_hooks {
    /// Before every attempt. Redirects are followed within one.
    std::function<void(const outgoing_request&)> on_request{};
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
};

} // namespace sse
