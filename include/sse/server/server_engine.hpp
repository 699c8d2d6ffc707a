// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/any_handler.hpp>
#include <sse/net/asio.hpp>
#include <sse/server/drain.hpp>

namespace sse::detail {

/// What a `server` sets going: its connections, and where it listens. Behind it everything is a
/// template of the executor, and so is compiled where a server is made and nowhere else.
class server_engine {
public:
    using drain_handler = net::any_handler<void(error_code, drain_result)>;

    server_engine() = default;
    server_engine(const server_engine&) = delete;
    server_engine& operator=(const server_engine&) = delete;
    virtual ~server_engine() = default;

    [[nodiscard]] virtual error_code listen() = 0;
    [[nodiscard]] virtual asio::ip::tcp::endpoint local_endpoint() const = 0;
    /// Takes no new connections, and calls `handler` when those there are have ended.
    virtual void drain(const drain_options& options, drain_handler handler) = 0;
    virtual void close() = 0;
};

} // namespace sse::detail
