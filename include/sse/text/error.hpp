// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <string>
#include <system_error>

namespace sse {

/// Everything that can go wrong in this library, of all layers. `success` is zero.
/// Errors of the operating system and of Asio keep their own categories.
enum class errc {
    success = 0,

    // text: parser and serializer
    line_too_long = 1, ///< a line exceeded `limits::line`
    event_too_large,   ///< the data of one event exceeded `limits::event`
    id_too_long,       ///< an event id exceeded `limits::id`
    type_too_long,     ///< an event type exceeded `limits::type`
    invalid_utf8,      ///< bytes that are not UTF-8, under `utf8_policy::reject`
    invalid_field,     ///< CR, LF or NUL in an id or a type that was to be written

    // http: URLs and messages, RFC 9110 and 9112
    invalid_url = 20,    ///< not an absolute http or https URL
    bad_start_line,      ///< a request or status line that does not follow the grammar
    bad_version,         ///< an HTTP version other than 1.x
    bad_field,           ///< a header or trailer field that does not follow the grammar
    bad_host,            ///< Host is missing, repeated or invalid
    bad_framing,         ///< Content-Length and Transfer-Encoding are invalid or conflict
    unknown_coding,      ///< a transfer coding other than chunked
    bad_chunk,           ///< a chunk size, extension or line end that does not follow the grammar
    start_line_too_long, ///< the request or status line exceeded its limit
    head_too_large,      ///< the head exceeded its limit of bytes
    too_many_fields,     ///< the head or trailer has more fields than its limit
    body_too_large,      ///< a body exceeded its limit
    truncated,           ///< the connection ended in the middle of a message

    // client
    unexpected_status = 40, ///< a status that ends the event source for good
    no_content,             ///< 204: the server asked the client to stop
    bad_content_type,       ///< the response is not `text/event-stream`
    bad_redirect,           ///< a redirect without a usable target, or one not allowed
    too_many_redirects,     ///< the limit of redirects in one attempt was exceeded
    connect_timeout,        ///< no connection in time
    head_timeout,           ///< no response head, or no request head, in time
    idle_timeout,           ///< no byte came for too long
    write_timeout,          ///< the peer took no byte for too long
    attempts_exhausted,     ///< the limit of attempts to connect was reached
    end_of_stream,          ///< the stream ended cleanly
    closed,                 ///< the object was closed by its user
    operation_in_progress,  ///< an operation of the kind that allows only one is under way
    tls_unavailable,        ///< an https URL, but nothing here speaks TLS
    tls_misconfigured,      ///< a setting, certificate or key that TLS cannot use
    handshake_timeout,      ///< the TLS handshake took too long
    proxy_refused,          ///< the proxy did not open a tunnel
    proxy_unauthorized,     ///< the proxy did not open one for want of other credentials
    request_abandoned,      ///< the hook that prepares a request dropped it
    request_timeout,        ///< the hook that prepares a request took too long

    // server and hub
    invalid_topic = 60,   ///< not a topic name, or a pattern where a topic is needed
    invalid_id,           ///< an own id that looks like the hub's, or that is still in history
    lagged,               ///< the subscriber fell off the end of the history
    too_many_connections, ///< the limit of connections or streams was reached
    draining,             ///< the server or hub takes nothing new any more
    too_many_topics,      ///< the limit of topics was reached
    buffer_full,          ///< a bounded buffer has no room, and nothing was taken
};

/// Coarse groups of errors, to decide on without listing codes: `ec == condition::limit`.
enum class condition {
    retryable = 1, ///< another attempt may succeed
    fatal,         ///< another attempt cannot succeed
    limit,         ///< a limit of ours was exceeded
    timeout,       ///< a deadline of ours passed
    protocol,      ///< the peer did not follow HTTP
    tls,           ///< TLS failed: handshake, records, certificates, settings
    certificate,   ///< the peer's certificate was not accepted
};

} // namespace sse

template <>
struct std::is_error_code_enum<sse::errc> : std::true_type {};
template <>
struct std::is_error_condition_enum<sse::condition> : std::true_type {};

namespace sse {

/// A text for people, without a trailing full stop.
[[nodiscard]] constexpr const char* message(errc e) noexcept {
    switch (e) {
    case errc::success: return "success";
    case errc::line_too_long: return "line exceeds the limit";
    case errc::event_too_large: return "event data exceeds the limit";
    case errc::id_too_long: return "event id exceeds the limit";
    case errc::type_too_long: return "event type exceeds the limit";
    case errc::invalid_utf8: return "invalid UTF-8 in the stream";
    case errc::invalid_field: return "CR, LF or NUL in an event id or type";
    case errc::invalid_url: return "not an absolute http or https URL";
    case errc::bad_start_line: return "malformed request or status line";
    case errc::bad_version: return "unsupported HTTP version";
    case errc::bad_field: return "malformed header field";
    case errc::bad_host: return "missing, repeated or invalid Host";
    case errc::bad_framing: return "invalid or conflicting Content-Length and Transfer-Encoding";
    case errc::unknown_coding: return "unknown transfer coding";
    case errc::bad_chunk: return "malformed chunked framing";
    case errc::start_line_too_long: return "request or status line exceeds the limit";
    case errc::head_too_large: return "head exceeds the limit";
    case errc::too_many_fields: return "number of fields exceeds the limit";
    case errc::body_too_large: return "body exceeds the limit";
    case errc::truncated: return "connection ended in the middle of a message";
    case errc::unexpected_status: return "unexpected HTTP status";
    case errc::no_content: return "the server ended the stream with 204";
    case errc::bad_content_type: return "response is not text/event-stream";
    case errc::bad_redirect: return "redirect without a usable target";
    case errc::too_many_redirects: return "too many redirects";
    case errc::connect_timeout: return "timed out while connecting";
    case errc::head_timeout: return "timed out while waiting for the head";
    case errc::idle_timeout: return "timed out while waiting for bytes";
    case errc::write_timeout: return "timed out while writing";
    case errc::attempts_exhausted: return "no attempts left";
    case errc::end_of_stream: return "end of stream";
    case errc::closed: return "closed";
    case errc::operation_in_progress: return "an operation is already under way";
    case errc::tls_unavailable: return "https needs TLS, which is not available";
    case errc::tls_misconfigured: return "a setting, certificate or key that TLS cannot use";
    case errc::handshake_timeout: return "timed out in the TLS handshake";
    case errc::proxy_refused: return "the proxy refused the tunnel";
    case errc::proxy_unauthorized: return "the proxy asks for other credentials";
    case errc::request_abandoned: return "the request was dropped before it was sent";
    case errc::request_timeout: return "timed out while preparing the request";
    case errc::invalid_topic: return "invalid topic";
    case errc::invalid_id: return "invalid or repeated event id";
    case errc::lagged: return "subscriber fell behind the history";
    case errc::too_many_connections: return "too many connections";
    case errc::draining: return "shutting down";
    case errc::too_many_topics: return "too many topics";
    case errc::buffer_full: return "buffer is full";
    }
    return "unknown error";
}

/// Whether `e` belongs to the group `c`.
[[nodiscard]] constexpr bool is(errc e, condition c) noexcept {
    const bool limit = (e >= errc::line_too_long && e <= errc::type_too_long) ||
                       (e >= errc::start_line_too_long && e <= errc::body_too_large) ||
                       e == errc::too_many_redirects || e == errc::attempts_exhausted ||
                       e == errc::too_many_connections || e == errc::too_many_topics ||
                       e == errc::buffer_full;
    const bool timeout = (e >= errc::connect_timeout && e <= errc::write_timeout) ||
                         e == errc::handshake_timeout || e == errc::request_timeout;
    const bool protocol = e >= errc::bad_start_line && e <= errc::bad_chunk;
    const bool retryable = timeout || e == errc::truncated || e == errc::end_of_stream ||
                           e == errc::lagged || e == errc::draining ||
                           e == errc::too_many_connections || e == errc::operation_in_progress ||
                           e == errc::proxy_refused || e == errc::request_abandoned;
    switch (c) {
    case condition::retryable: return retryable;
    case condition::fatal: return e != errc::success && !retryable;
    case condition::limit: return limit;
    case condition::timeout: return timeout;
    case condition::protocol: return protocol;
    case condition::tls: return e == errc::tls_unavailable || e == errc::tls_misconfigured;
    case condition::certificate: break; // of the TLS layer's own codes only
    }
    return false;
}

/// The category of `errc`.
[[nodiscard]] inline const std::error_category& error_category() noexcept {
    struct category final : std::error_category {
        const char* name() const noexcept override { return "sse"; }
        std::string message(int value) const override {
            return sse::message(static_cast<errc>(value));
        }
    };
    static const category instance;
    return instance;
}

/// The category of `condition`.
[[nodiscard]] inline const std::error_category& condition_category() noexcept {
    struct category final : std::error_category {
        const char* name() const noexcept override { return "sse.condition"; }
        std::string message(int value) const override {
            switch (static_cast<condition>(value)) {
            case condition::retryable: return "another attempt may succeed";
            case condition::fatal: return "another attempt cannot succeed";
            case condition::limit: return "a limit was exceeded";
            case condition::timeout: return "a deadline passed";
            case condition::protocol: return "the peer does not follow HTTP";
            case condition::tls: return "TLS failed";
            case condition::certificate: return "the peer's certificate was not accepted";
            }
            return "unknown condition";
        }
        bool equivalent(const std::error_code& code, int value) const noexcept override {
            return code.category() == sse::error_category() &&
                   is(static_cast<errc>(code.value()), static_cast<condition>(value));
        }
    };
    static const category instance;
    return instance;
}

[[nodiscard]] inline std::error_code make_error_code(errc e) noexcept {
    return {static_cast<int>(e), error_category()};
}

[[nodiscard]] inline std::error_condition make_error_condition(condition c) noexcept {
    return {static_cast<int>(c), condition_category()};
}

} // namespace sse
