// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/tls_layer.hpp>
#include <sse/net/transport.hpp>

namespace sse::net {

/// What makes TLS connections out of accepted ones. The one implementation is `sse::tls_server`: so
/// nothing but sse/tls.hpp needs a TLS library. One object serves any number of connections, also
/// on several threads.
class tls_server_layer {
public:
    using handler_type = tls_layer::handler_type;

    tls_server_layer() = default;
    tls_server_layer(const tls_server_layer&) = delete;
    tls_server_layer& operator=(const tls_server_layer&) = delete;
    virtual ~tls_server_layer() = default;

    /// What is wrong with its settings. Every handshake fails with that.
    [[nodiscard]] virtual error_code error() const noexcept = 0;

    /// Does the handshake as a server over `plain`. No limit in time of its own.
    /// Cancellation: all types, by the handler's slot; ends it at once.
    virtual void async_handshake(transport plain, handler_type handler) = 0;
};

} // namespace sse::net
