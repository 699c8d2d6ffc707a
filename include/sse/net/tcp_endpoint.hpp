// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#include <cstring>
#include <string>

namespace sse::net {

/// The TCP endpoint in `any`; port 0 where that is of another kind.
[[nodiscard]] inline asio::ip::tcp::endpoint
tcp_endpoint(const asio::generic::stream_protocol::endpoint& any) {
    using tcp = asio::ip::tcp;
    tcp::endpoint at;
    const int family = any.protocol().family();
    if (family != tcp::v4().family() && family != tcp::v6().family()) return at;
    at.resize(any.size());
    std::memcpy(at.data(), any.data(), any.size());
    return at;
}

/// The IP address of a peer as a text, IPv6 without brackets; empty for port 0.
[[nodiscard]] inline std::string address_text(const asio::ip::tcp::endpoint& peer) {
    return peer.port() == 0 ? std::string() : peer.address().to_string();
}

} // namespace sse::net
