// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/net/asio.hpp>
#include <sse/server/cors.hpp>
#include <sse/server/event_stream.hpp>
#include <sse/server/foreign_port.hpp>
#include <sse/server/foreign_request.hpp>
#include <sse/server/reply.hpp>

#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

namespace sse {

/// How a connection of another server becomes an event stream.
struct upgrade_options {
    event_stream_options stream{};
    cors_options cors{};
    std::chrono::milliseconds write_time{30'000}; ///< without the peer taking anything; 0: off
};

/// Makes a reply out of a connection that another server has read `request` from: any stream that
/// reads and writes as Asio's do, and any request that `request_field` understands. To be answered
/// by an event stream, one of a hub as well, or a short response; the connection ends behind it.
/// Lifetime: `request` has to stay valid during this call only.
/// Thread safety: all on one (implicit) strand, the executor of the stream.
template <class Stream, class Request>
[[nodiscard]] reply make_reply(Stream stream, const Request& request,
                               const upgrade_options& options = {}) {
    http::fields more;
    detail::add_cors_fields(options.cors, request_field(request, "Origin"), more);
    const bool head_only = detail::request_method(request) == "HEAD";
    return reply(std::make_shared<detail::foreign_port<Stream>>(
        std::move(stream), head_only, detail::request_minor(request), std::move(more),
        options.write_time));
}

namespace detail {

/// Waits until the head has gone, and hands the stream out.
struct upgrade_op {
    event_stream stream;
    bool begun = false;

    template <class Self>
    void operator()(Self& self, error_code ec = {}) {
        if (std::exchange(begun, true)) return self.complete(ec, std::move(stream));
        stream.async_wait_sent(std::move(self));
    }
};

} // namespace detail

/// Makes an event stream out of a connection that another server has read `request` from, as
/// `make_reply` does, and sends its head.
/// Completion signature: `void(error_code, event_stream)`, the stream being closed after an error.
/// Errors: `errc::closed` to a HEAD request, whose answer was sent; those of the stream.
/// Cancellation: terminal; cuts the connection.
/// Lifetime: `request` has to stay valid during this call only.
template <class Stream, class Request, class CompletionToken>
auto async_upgrade(Stream stream, const Request& request, const upgrade_options& options,
                   CompletionToken&& token) {
    event_stream opened = make_reply(std::move(stream), request, options).stream(options.stream);
    const auto executor = opened.get_executor();
    return asio::async_compose<CompletionToken, void(error_code, event_stream)>(
        detail::upgrade_op{std::move(opened)}, token, executor);
}

} // namespace sse
