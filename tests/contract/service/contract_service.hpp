// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "stream_client.hpp"

#include <sse/net/asio.hpp>
#include <sse/server.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace sse::contract {

/// The commands of the harness: creates, restarts and deletes streams.
class contract_service {
public:
    struct options {
        std::uint16_t port = 8123;
        stream_client::log_function log{};
        std::function<void()> on_quit{}; ///< the harness asked to end; the answer is on its way
    };

    contract_service(const asio::any_io_executor& executor, options settings);

    [[nodiscard]] error_code listen() { return server_.listen(); }
    [[nodiscard]] std::uint16_t port() const { return server_.local_endpoint().port(); }

    /// Ends all streams at once, and the connections behind the answers that are under way.
    void close();

private:
    void add_routes();
    void status(reply answer) const;
    void create(const request& command, reply answer);
    void command(const request& command, reply answer);
    void remove(const request& command, reply answer);

    options settings_;
    server server_;
    std::map<std::string, std::shared_ptr<stream_client>, std::less<>> streams_;
    std::uint64_t created_ = 0;
};

} // namespace sse::contract
