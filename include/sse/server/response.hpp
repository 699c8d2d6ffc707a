// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/date.hpp>
#include <sse/http/fields.hpp>
#include <sse/http/response_head.hpp>
#include <sse/http/status.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace sse {

/// A short answer.
struct response {
    int status = 200;
    std::string type = "text/plain; charset=utf-8"; ///< not written for an empty body
    std::string body{};
    http::fields headers{};
};

namespace detail {

/// How an answer depends on its request and connection.
struct answer_context {
    bool head_only = false;  ///< to HEAD
    bool keep_alive = true;  ///< the connection stays open behind it
    int minor = 1;           ///< of the request
    std::string_view date{}; ///< the value of Date
};

inline void add_common_fields(http::response_head& head, const answer_context& context) {
    head.reason = http::reason_phrase(head.status);
    if (!head.headers.contains("Date")) head.headers.add("Date", context.date);
    if (!context.keep_alive) {
        head.headers.set("Connection", "close");
    } else if (context.minor == 0) {
        head.headers.set("Connection", "keep-alive");
    }
}

/// Appends `answer` as it goes over the wire. One whose head cannot be written becomes a 500.
inline void write_response(const response& answer, const answer_context& context,
                           std::string& out) {
    http::response_head head{answer.status, 1, {}, answer.headers};
    const bool bodyless = answer.status < 200 || answer.status == 204 || answer.status == 304;
    head.headers.erase("Transfer-Encoding");
    head.headers.erase("Content-Length");
    if (!bodyless) {
        if (!answer.body.empty() && !head.headers.contains("Content-Type")) {
            head.headers.add("Content-Type", answer.type);
        }
        head.headers.add("Content-Length", std::to_string(answer.body.size()));
    }
    add_common_fields(head, context);
    if (http::write_head(head, out) != errc::success) {
        return write_response({.status = 500, .body = "invalid response\n"}, context, out);
    }
    if (!bodyless && !context.head_only) out.append(answer.body);
}

/// Appends the head of an event stream. Fields in `more` that cannot be written are an error.
[[nodiscard]] inline errc write_stream_head(const http::fields& more, const answer_context& context,
                                            std::string& out) {
    http::response_head head{200, 1, {}, {}};
    head.headers.add("Content-Type", "text/event-stream");
    // both: without no-transform proxies compress and so hold events back
    head.headers.add("Cache-Control", "no-cache, no-transform");
    head.headers.add("X-Accel-Buffering", "no");
    for (const http::field& f : more)
        head.headers.set(f.name, f.value);
    if (context.minor != 0) head.headers.set("Transfer-Encoding", "chunked");
    add_common_fields(head, context);
    return http::write_head(head, out);
}

/// The value of Date, made once a second.
class date_cache {
public:
    [[nodiscard]] std::string_view value() {
        const auto now =
            std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
        if (now != second_) {
            second_ = now;
            text_ = http::http_date(now);
        }
        return text_;
    }

private:
    std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds> second_{};
    std::string text_ = http::http_date({});
};

} // namespace detail

} // namespace sse
