// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/head_limits.hpp>

#include <chrono>
#include <cstddef>

namespace sse {

/// What a server takes from its peers. Sizes are in bytes; zero is off. Numbers of connections and
/// streams hold for all threads of a `server_pool` together.
struct server_limits {
    http::head_limits head{};                  ///< over it: 414 or 431
    std::size_t body = std::size_t{1} << 20;   ///< of a request; over it: 413
    std::size_t input = std::size_t{64} << 10; ///< read ahead while a request is being answered

    std::size_t connections = 0;             ///< in all; over it: 503
    std::size_t connections_per_address = 0; ///< over it: 503
    std::size_t streams = 0;                 ///< event streams in all; over it: 503
    std::size_t handshakes = 1'000;          ///< of TLS, under way on one thread; over it: closed

    /// From the accepted connection (its TLS handshake included), or the first byte of a later
    /// head, to the head's last byte: 408.
    std::chrono::milliseconds head_time{10'000};
    std::chrono::milliseconds body_time{30'000};  ///< from the head to the end of the body: 408
    std::chrono::milliseconds idle_time{60'000};  ///< between two requests
    std::chrono::milliseconds write_time{30'000}; ///< without the peer taking a byte of an answer
    std::chrono::milliseconds linger_time{2'000}; ///< for the peer to end once we are done

    std::chrono::seconds retry_after{5}; ///< what a 503 over a limit says in `Retry-After`
};

} // namespace sse
