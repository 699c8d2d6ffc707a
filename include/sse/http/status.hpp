// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/error.hpp>

#include <string_view>

namespace sse::http {

/// The usual reason phrase of a status, or an empty text: RFC 9110, section 15.
[[nodiscard]] constexpr std::string_view reason_phrase(int status) noexcept {
    switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 103: return "Early Hints";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 205: return "Reset Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 407: return "Proxy Authentication Required";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return {};
    }
}

/// The status that a server answers when a request fails with `e`; 500 for what is not the client's
/// doing.
[[nodiscard]] constexpr int status_for(errc e) noexcept {
    switch (e) {
    case errc::bad_start_line:
    case errc::bad_field:
    case errc::bad_host:
    case errc::bad_framing:
    case errc::bad_chunk:
    case errc::invalid_url:
    case errc::truncated: return 400;
    case errc::head_timeout:
    case errc::idle_timeout: return 408;
    case errc::body_too_large: return 413;
    case errc::start_line_too_long: return 414;
    case errc::head_too_large:
    case errc::too_many_fields: return 431;
    case errc::unknown_coding: return 501;
    case errc::too_many_connections:
    case errc::draining: return 503;
    case errc::bad_version: return 505;
    default: return 500;
    }
}

} // namespace sse::http
