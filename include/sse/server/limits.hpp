// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/head_limits.hpp>

#include <chrono>
#include <cstddef>

namespace sse {

/// What a server takes from its peers. Sizes are in bytes; zero is off.
struct server_limits {
    http::head_limits head{};                  ///< over it: 414 or 431
    std::size_t body = std::size_t{1} << 20;   ///< of a request; over it: 413
    std::size_t input = std::size_t{64} << 10; ///< read ahead while a request is being answered

    std::size_t connections = 0;             ///< in all; over it: 503
    std::size_t connections_per_address = 0; ///< over it: 503

    std::chrono::milliseconds head_time{10'000}; ///< from the first byte of a head to its last: 408
    std::chrono::milliseconds body_time{30'000}; ///< from the head to the end of the body: 408
    std::chrono::milliseconds idle_time{60'000}; ///< between two requests
    std::chrono::milliseconds write_time{30'000}; ///< without the peer taking a byte of an answer
    std::chrono::milliseconds linger_time{2'000}; ///< for the peer to end once we are done
};

} // namespace sse
