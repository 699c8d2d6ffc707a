// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/options.hpp>
#include <sse/net/open.hpp>

namespace sse::detail {

/// How the next connection of a `source_core` is opened.
template <class Core>
[[nodiscard]] net::open_options open_options_of(const Core& core) {
    const event_source_options& own = core.options();
    net::open_options options;
    options.connect.timeout = own.timeouts.connect;
    options.connect.address_timeout = own.timeouts.address;
    options.connect.attempt_delay = own.timeouts.attempt_delay;
    options.connect.unix_socket = own.unix_socket;
    options.proxy = core.proxy();
    if (core.url().secure()) options.tls = own.tls;
    options.client_certificate = core.fsm().target().send_credentials;
    options.handshake_timeout = own.timeouts.handshake;
    options.close_timeout = own.timeouts.close;
    return options;
}

} // namespace sse::detail
