// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/date.hpp>
#include <sse/http/fields.hpp>
#include <sse/http/response_head.hpp>
#include <sse/http/status.hpp>
#include <sse/http/syntax.hpp>
#include <sse/text/error.hpp>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace sse {

/// A short answer.
struct response {
    int status = 200;
    std::string type{}; ///< empty: `text/plain; charset=utf-8`; not written for an empty body
    std::string body{};
    http::fields headers{};
};

namespace detail {

/// How an answer depends on its request and connection.
struct answer_context {
    bool head_only = false;  ///< to HEAD
    bool keep_alive = true;  ///< the connection stays open behind it
    int minor = 1;           ///< of the request
    std::string_view date{}; ///< the field line
};

/// Ends a head with the fields of `more`, but for those that are not its to choose, and with what
/// all heads have.
[[nodiscard]] inline errc end_head(http::response_head_writer& head, const http::fields& more,
                                   const answer_context& context) {
    const bool tells = !context.keep_alive || context.minor == 0;
    bool dated = false;
    for (const http::field& f : more) {
        if (http::iequals(f.name, "Transfer-Encoding") || http::iequals(f.name, "Content-Length") ||
            (tells && http::iequals(f.name, "Connection")))
            continue;
        dated = dated || http::iequals(f.name, "Date");
        head.add(f.name, f.value);
    }
    if (!dated) head.put_line(context.date);
    if (tells) head.put("Connection", context.keep_alive ? "keep-alive" : "close");
    return head.end();
}

inline constexpr std::string_view plain_text_type = "text/plain; charset=utf-8";

/// Appends `answer` as it goes over the wire. One whose head cannot be written becomes a 500.
inline void write_response(const response& answer, const answer_context& context,
                           std::string& out) {
    http::response_head_writer head(answer.status, 1, http::reason_phrase(answer.status), out);
    const bool bodyless = answer.status < 200 || answer.status == 204 || answer.status == 304;
    if (!bodyless) {
        if (!answer.body.empty() && !answer.headers.contains("Content-Type"))
            head.add("Content-Type",
                     answer.type.empty() ? std::string_view(plain_text_type) : answer.type);
        char length[20];
        const char* const end =
            std::to_chars(length, length + sizeof length, answer.body.size()).ptr;
        head.put("Content-Length", {length, static_cast<std::size_t>(end - length)});
    }
    if (end_head(head, answer.headers, context) != errc::success)
        return write_response({.status = 500, .body = "invalid response\n"}, context, out);
    if (!bodyless && !context.head_only) out.append(answer.body);
}

/// Appends the head of an event stream. Fields in `more` that cannot be written are an error.
[[nodiscard]] inline errc write_stream_head(const http::fields& more, const answer_context& context,
                                            std::string& out) {
    http::response_head_writer head(200, 1, http::reason_phrase(200), out);
    const auto put = [&](std::string_view name, std::string_view value) {
        if (!more.contains(name)) head.put(name, value);
    };
    put("Content-Type", "text/event-stream");
    // both: without no-transform proxies compress and so hold events back
    put("Cache-Control", "no-cache, no-transform");
    put("X-Accel-Buffering", "no");
    if (context.minor != 0) head.put("Transfer-Encoding", "chunked");
    return end_head(head, more, context);
}

/// The field line of Date, made once a second.
class date_cache {
public:
    /// Asks for the time. Once does for all answers that are given in one go.
    void look() {
        const auto now =
            std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
        if (now == second_) return;
        second_ = now;
        text_ = line_of(now);
    }
    /// As of the last look.
    [[nodiscard]] std::string_view line() const noexcept { return text_; }

private:
    using second = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

    [[nodiscard]] static std::string line_of(second at) {
        return "Date: " + http::http_date(at) + "\r\n";
    }

    second second_{};
    std::string text_ = line_of({});
};

} // namespace detail

} // namespace sse
