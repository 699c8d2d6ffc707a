// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/hooks.hpp>
#include <sse/client/reconnect_policy.hpp>
#include <sse/client/redirect.hpp>
#include <sse/http/fields.hpp>
#include <sse/http/head_limits.hpp>
#include <sse/net/tls_layer.hpp>
#include <sse/text/limits.hpp>
#include <sse/text/utf8.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace sse {

/// How long an event source waits; zero is for ever.
struct event_source_timeouts {
    /// The answer to `event_source_hooks::on_request_async`. Then `errc::request_timeout` and
    /// another attempt.
    std::chrono::milliseconds request{30'000};
    /// Name lookup, connection, the proxy's tunnel and the TLS handshake together. Then
    /// `errc::connect_timeout` and another attempt.
    std::chrono::milliseconds connect{15'000};
    /// One of several addresses, before it is given up for the others.
    std::chrono::milliseconds address{5000};
    /// The head start of each address: after it the next one is tried as well, and the first that
    /// connects wins (RFC 8305). Zero: one after the other.
    std::chrono::milliseconds attempt_delay{250};
    /// The TLS handshake. Then `errc::handshake_timeout` and another attempt.
    std::chrono::milliseconds handshake{10'000};
    /// From the connection to the end of the response head, whatever comes in between. Then
    /// `errc::head_timeout` and another attempt.
    std::chrono::milliseconds head{30'000};
    /// Without a single byte of the body, comments count. Then `errc::idle_timeout` and another
    /// attempt. Off by default: a stream may be silent for as long as it likes.
    std::chrono::milliseconds idle{0};
    /// A closed TLS connection, for the peer's close_notify, in the background. Zero: not at all.
    std::chrono::milliseconds close{1000};
};

/// What an event source does about a stream that breaks one of the text limits.
enum class overflow_action {
    reconnect, ///< drops the connection and connects again, as after a network error
    fail,      ///< ends the source for good with the error that names the limit
    skip, ///< drops the event, tells `on_skip`, and goes on behind it; its id is not taken over
};

/// How much an event source takes from its peer.
struct event_source_limits {
    limits text{};            ///< lines, events, ids and types
    http::head_limits head{}; ///< status line, fields, and the head in all
    std::size_t interim = 16; ///< 1xx responses in front of the final one
    overflow_action overflow = overflow_action::reconnect;
};

/// Everything that can be set about an event source.
struct event_source_options {
    std::string method = "GET";
    /// Sent with every attempt. Content-Length is set where it is not empty or the method is
    /// none of GET and HEAD.
    std::string body{};
    /// Sent with every attempt; one called like a default of ours (`Accept`, `Cache-Control`,
    /// `Host`) replaces it. Credentials do not follow a redirect to another origin.
    std::vector<http::field> headers{};
    /// Where to go on: sent with the first attempt, and in force until an event sets another.
    std::string last_event_id{};

    /// How to speak TLS: a `sse::tls_client` of sse/tls.hpp. Without it, https URLs end with
    /// `errc::tls_unavailable`. Its client certificate does not follow a redirect to another
    /// origin.
    std::shared_ptr<net::tls_layer> tls{};
    /// URL of an HTTP proxy, `http://user:password@host:port`, that opens a tunnel (CONNECT) to
    /// every server, for http as well as for https. Empty: none.
    std::string proxy{};
    /// Path of a unix socket to connect to, in place of any server's, or the proxy's, address.
    std::string unix_socket{};

    reconnect_policy reconnect{};
    redirect_policy redirects{};
    event_source_timeouts timeouts{};
    event_source_limits limits{};
    utf8_policy utf8 = utf8_policy::replace;

    /// For streams that end, such as the answer to one request: once a response was accepted there
    /// is no reconnection, the end of the body completes the receive with `errc::end_of_stream`, a
    /// body cut short with `errc::truncated` or the error of the network.
    bool finish = false;

    event_source_hooks hooks{};
};

} // namespace sse
