// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/server/guard.hpp>
#include <sse/server/limits.hpp>
#include <sse/server/request_reader.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace sse::detail {

/// What a connection needs for requests and short answers, and not while a stream is open.
struct exchange {
    explicit exchange(const server_limits& limits) : reader(limits) {}

    request_reader reader;
    std::string input;  ///< behind the request under way
    std::string output; ///< not sent yet
    bool last = false;  ///< the connection ends behind the output
    bool continued = false;
    std::size_t route = 0;              ///< of the last request
    std::size_t judged_among = 0;       ///< so many routes; 0: it had none
    asio::cancellation_signal left{};   ///< ends the TLS handshake
    std::weak_ptr<guarded_call> call{}; ///< the one that guards still look at
};

} // namespace sse::detail
