// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/options.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sse::testing {

using texts = std::vector<std::string>;

/// One thing that the server does with a connection.
struct act {
    enum class kind { send, pause, end, half_close, reset };
    kind what;
    std::string bytes{};
    std::chrono::milliseconds time{};
};

[[nodiscard]] inline act send(std::string bytes) { return {act::kind::send, std::move(bytes)}; }
[[nodiscard]] inline act pause(std::chrono::milliseconds t) { return {act::kind::pause, {}, t}; }
[[nodiscard]] inline act end() { return {act::kind::end}; }
[[nodiscard]] inline act half_close() { return {act::kind::half_close}; }
[[nodiscard]] inline act reset() { return {act::kind::reset}; }

/// What becomes of one attempt to connect.
struct connection {
    enum class kind {
        answer,    ///< waits for a request, then does its acts
        interrupt, ///< does its acts at once, whatever comes
        refuse,
        hang, ///< never gets anywhere
    };
    std::vector<act> acts{};
    kind what = kind::answer;

    connection(std::initializer_list<act> list) : acts(list) {}
    explicit connection(kind k, std::initializer_list<act> list = {}) : acts(list), what(k) {}
};

[[nodiscard]] inline connection refused() { return connection(connection::kind::refuse); }
[[nodiscard]] inline connection hanging() { return connection(connection::kind::hang); }

/// What a server does, and what the client has to make of it.
///
/// `expected` is what the source tells, in order: "open STATUS URL", events as "DATA" or
/// "TYPE|DATA|ID" where type or id are not the default, ": COMMENT", "retry MS", "! ERROR +MS" for
/// an end with another attempt after so many milliseconds and "! ERROR" for one that is for good,
/// "= ERROR" for the end of all. The scenario ends there, when an attempt comes that is not in it,
/// or when nothing more happens.
struct scenario {
    std::string name;
    std::vector<connection> server;
    texts expected;
    /// Of each request, texts it contains; "!TEXT": that it does not contain.
    std::vector<texts> requests{};
    std::function<void(event_source_options&)> options{};
    std::string url = "http://a/x";
    /// Whether it is played with reads of one byte as well.
    bool bytewise = true;
};

inline const std::string type_field = "Content-Type: text/event-stream\r\n";
/// A stream that the end of the connection ends.
inline const std::string ok = "HTTP/1.1 200 OK\r\n" + type_field + "\r\n";
/// A stream in chunks.
inline const std::string chunked =
    "HTTP/1.1 200 OK\r\n" + type_field + "Transfer-Encoding: chunked\r\n\r\n";
/// The rest of a chunked stream with one event, `a`.
inline const std::string chunk_a = "9\r\ndata: a\n\n\r\n";
inline const std::string last_chunk = "0\r\n\r\n";

/// A head with further fields, each with its line end.
[[nodiscard]] inline std::string head(std::string_view status, std::string_view fields = {}) {
    return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(fields) + "\r\n";
}
/// The head of an event stream with further fields.
[[nodiscard]] inline std::string stream(std::string_view fields) {
    return head("200 OK", type_field + std::string(fields));
}

inline const std::string opened = "open 200 http://a/x";

/// Plays all of them, each in a section of its own.
void play(const std::vector<scenario>& scenarios);

} // namespace sse::testing
