// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/server/options.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::testing {

using texts = std::vector<std::string>;

/// What a client sends, and what the server has to make of it.
///
/// `expected` are the answers in order: "STATUS", and the body behind it where the status is a 2xx
/// ("200 hello"), "200 HEAD" where no body may follow. After them the connection is to be kept or
/// closed: behind what is to be refused comes a request that must not be looked at, and
/// behind what is to be kept one that must be answered.
struct scenario {
    enum class end {
        closed, ///< by the server, although more requests come
        kept,   ///< for the next request
        eof,    ///< by the server, once the client has said that it sends no more
        silent, ///< by the server, while the client sends nothing
    };
    std::string name;
    texts pieces; ///< sent one after the other
    texts expected;
    end then = end::closed;
    /// Texts that the answers contain; "!TEXT": that they do not contain.
    texts contained{};
    /// Whether it is played a second time byte by byte.
    bool bytewise = true;
};

/// A request that is refused, and the connection with it.
[[nodiscard]] inline scenario refused(std::string name, std::string bytes, std::string status) {
    return {std::move(name), {std::move(bytes)}, {std::move(status)}};
}
/// A request that is answered, whereupon the next one is.
[[nodiscard]] inline scenario served(std::string name, std::string bytes,
                                     std::string answer = "200 hello") {
    return {std::move(name), {std::move(bytes)}, {std::move(answer)}, scenario::end::kept};
}

inline const std::string host = "Host: localhost\r\n";

/// A request for `target` with further fields, each with its line end.
[[nodiscard]] inline std::string get(std::string_view target, std::string_view fields = {}) {
    return "GET " + std::string(target) + " HTTP/1.1\r\n" + host + std::string(fields) + "\r\n";
}
/// The same with another method.
[[nodiscard]] inline std::string ask(std::string_view method, std::string_view target,
                                     std::string_view fields = {}) {
    return std::string(method) + get(target, fields).substr(3);
}
/// A POST to a route that answers with the body.
[[nodiscard]] inline std::string echo(std::string_view fields, std::string_view body) {
    return ask("POST", "/echo", fields) + std::string(body);
}
[[nodiscard]] inline std::string echo_chunks(std::string_view body) {
    return echo("Transfer-Encoding: chunked\r\n", body);
}

[[nodiscard]] inline std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    while (times-- > 0)
        all += text;
    return all;
}

/// Plays all of them against one server, one after the other.
void play(const std::vector<scenario>& scenarios, const server_options& options = {});

} // namespace sse::testing
