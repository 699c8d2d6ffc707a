// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "support/tls_certificates.hpp"
#include "support/tls_server.hpp"

#include <sse/client.hpp>
#include <sse/tls.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sse::testing {

inline const std::string stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

/// The authority that most tests trust, with its file.
struct authority {
    std::string name = "root";
    identity root = make_identity({.common_name = name, .ca = true});
    scratch_folder folder{};
    std::string file = folder.write("root.pem", root);

    [[nodiscard]] identity issue(const std::string& names) const {
        return make_identity({.common_name = "server", .names = names}, &root);
    }
};

/// Reads the request, answers with an event, and waits until the client has gone.
inline void serve_one_event(blocking_connection& connection, std::size_t number) {
    if (connection.receive_head().empty()) return;
    connection.send(stream_head + "id: " + std::to_string(number) + "\ndata: hello\n\n");
    connection.wait_for_end();
}

/// What an event source came to.
struct outcome {
    std::vector<event> events{};
    std::vector<error_code> errors{}; ///< of attempts, the last one stops the source
    std::optional<error_code> end{};  ///< what completed the last receive, unless with an event
};

/// Receives from `url` until there are `events` events, or `errors` errors.
inline outcome receive(const std::string& url, event_source_options options, std::size_t events = 1,
                       std::size_t errors = 1) {
    outcome seen;
    asio::io_context context;
    options.reconnect.base = std::chrono::milliseconds(1);
    options.hooks.on_error = [&](disconnection& info) {
        seen.errors.push_back(info.error);
        if (seen.errors.size() >= errors) info.delay.reset();
    };
    event_source source(context, url, std::move(options));
    const auto next = [&](auto& self) -> void {
        source.async_receive([&](error_code ec, event e) {
            if (ec) {
                seen.end = ec;
                return;
            }
            seen.events.push_back(std::move(e));
            if (seen.events.size() < events) return self(self);
            source.close();
        });
    };
    next(next);
    context.run_for(std::chrono::seconds(60));
    if (!context.stopped()) seen.end = asio::error::try_again;
    return seen;
}

} // namespace sse::testing
