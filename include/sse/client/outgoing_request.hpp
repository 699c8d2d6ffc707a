// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/http/url.hpp>
#include <sse/net/asio.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace sse {

/// What the next attempt to connect is going to send, for the hooks `on_request` and
/// `on_request_async`. `headers`, `body` and `url` are as in the options; changes hold for this
/// attempt, its redirects included.
struct outgoing_request {
    http::fields& headers;
    std::string& body;
    /// Where permanent redirects have led. To be set by `http::parse_url`. All of `headers` goes to
    /// a URL that is set here, credentials, too, to whatever origin; userinfo in it becomes
    /// Authorization.
    http::url& url;
    std::size_t attempt;   ///< 1 for the first since the last success
    error_code last_error; ///< what ended the attempt before
    std::string_view last_event_id;
};

} // namespace sse
