// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/any_handler.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/byte_stream.hpp>
#include <sse/net/transport.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace sse::net {

/// The server that a TLS connection is meant for.
struct tls_peer {
    std::string host{}; ///< name or address, without brackets: what its certificate has to be for
    std::uint16_t port = 443;
    bool client_certificate = true; ///< whether it may see ours
    /// How long a closed connection waits for the peer's close_notify; zero: not at all.
    std::chrono::milliseconds close_timeout{1000};
};

/// What makes TLS connections out of plain ones. The one implementation is `sse::tls_client`: so
/// nothing but sse/tls.hpp needs a TLS library. One object serves any number of connections, also
/// on several threads.
class tls_layer {
public:
    /// The stream is null after an error. The plain connection is closed then.
    using handler_type = any_handler<void(error_code, std::unique_ptr<byte_stream>)>;

    tls_layer() = default;
    tls_layer(const tls_layer&) = delete;
    tls_layer& operator=(const tls_layer&) = delete;
    virtual ~tls_layer() = default;

    /// What is wrong with its settings. Every handshake fails with that.
    [[nodiscard]] virtual error_code error() const noexcept = 0;

    /// Does the handshake as a client over `plain`. No limit in time of its own.
    /// Cancellation: all types, by the handler's slot; ends it at once.
    virtual void async_handshake(transport plain, const tls_peer& peer, handler_type handler) = 0;
};

} // namespace sse::net
