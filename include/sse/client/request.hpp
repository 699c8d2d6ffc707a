// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/redirect.hpp>
#include <sse/http/basic_credentials.hpp>
#include <sse/http/fields.hpp>
#include <sse/http/request_head.hpp>
#include <sse/http/url.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sse::detail {

/// Takes the userinfo off `url` and makes the Authorization of it, where there is none yet
/// (RFC 7617). From then on it is treated as any other credential.
inline void take_userinfo(http::url& url, http::fields& headers) {
    if (url.userinfo.empty()) return;
    const auto credentials = http::basic_credentials(url.userinfo);
    if (credentials && !headers.contains("Authorization"))
        headers.add("Authorization", *credentials);
    url.userinfo.clear();
}

/// Sets what every request has and the user did not.
inline void add_defaults(const http::url& url, http::fields& to, const http::fields& headers) {
    const std::string host = url.authority();
    using default_field = std::pair<std::string_view, std::string_view>;
    for (const auto& [name, value] :
         {default_field{"Host", host}, default_field{"Accept", "text/event-stream"},
          default_field{"Cache-Control", "no-cache"}}) {
        if (!headers.contains(name)) to.add(name, value);
    }
}

/// Makes the head of the request for `target`, with the user's `headers` and for a body of
/// `body_size` bytes. An id that no field can carry is left out: better to resume nowhere than to
/// fail for ever.
[[nodiscard]] inline http::request_head make_request(const request_target& target,
                                                     const http::fields& headers,
                                                     std::size_t body_size,
                                                     std::string_view last_event_id) {
    http::request_head head;
    head.method = target.method;
    head.target = target.url.target;
    http::fields kept;
    for (const http::field& line : headers) {
        const bool framing = http::iequals(line.name, "Content-Length") ||
                             http::iequals(line.name, "Transfer-Encoding") ||
                             (http::iequals(line.name, "Content-Type") && !target.send_body);
        const bool replaced = http::iequals(line.name, "Last-Event-ID") && !last_event_id.empty();
        if (!framing && !replaced && (target.send_credentials || !is_credential(line.name)))
            kept.add(line.name, line.value);
    }
    add_defaults(target.url, head.headers, kept);
    for (const http::field& line : kept)
        head.headers.add(line.name, line.value);
    if (!last_event_id.empty() && http::is_field_value(last_event_id))
        head.headers.add("Last-Event-ID", last_event_id);
    const std::size_t size = target.send_body ? body_size : 0;
    if (size != 0 || (head.method != "GET" && head.method != "HEAD"))
        head.headers.add("Content-Length", std::to_string(size));
    return head;
}

} // namespace sse::detail
