// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/tls_server_layer.hpp>
#include <sse/server/cors.hpp>
#include <sse/server/limits.hpp>
#include <sse/server/metrics.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sse {

/// How a server listens and whom it serves.
struct server_options {
    std::string address = "127.0.0.1"; ///< an IPv4 or IPv6 address, without brackets
    std::uint16_t port = 8080;         ///< 0 takes any free one
    int backlog = 4096;
    /// Lets several servers, of one thread each, listen on the same port: the system spreads the
    /// connections over them.
    bool reuse_port = false;
    /// Listens on this unix socket instead, a path of at most 107 bytes. A socket that is left
    /// there by nobody who still listens is replaced, and ours is removed in the end.
    std::string unix_path{};
    unsigned unix_mode = 0660; ///< permissions of that socket: who may connect
    /// Speaks TLS: a `tls_server` (sse/tls.hpp). Null: plain HTTP.
    std::shared_ptr<net::tls_server_layer> tls{};
    server_limits limits{};
    /// The names in Host that are served, on any port; requests for others get 421. `*` allows all,
    /// `[::1]` is how an IPv6 address stands here. Without a value everything is allowed, but on a
    /// loopback address `localhost`, `127.0.0.1` and `[::1]` only, so that no web page can reach
    /// the server by a name of its own.
    /// Requests that change something (other than GET, HEAD and OPTIONS) and come from a web page
    /// of neither these names nor `cors.origins` get 403.
    std::optional<std::vector<std::string>> hosts{};
    cors_options cors{};
};

} // namespace sse
