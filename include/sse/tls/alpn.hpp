// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/tls/openssl.hpp>

#include <cstddef>
#include <string_view>

namespace sse::detail {

/// The one protocol that is spoken, in the form of ALPN (RFC 7301): its length, and its name.
inline constexpr std::string_view alpn_http_1_1 = "\x08http/1.1";

/// Chooses that protocol among those that the client offers. Who offers others only gets the
/// alert `no_application_protocol`: it would take our answers for something else.
inline int select_http_1_1(SSL*, const unsigned char** chosen, unsigned char* size,
                           const unsigned char* offered, unsigned offered_size, void*) {
    for (std::size_t at = 0; at < offered_size; at += std::size_t{1} + offered[at]) {
        const auto* const name = reinterpret_cast<const char*>(offered + at);
        if (!std::string_view(name, offered_size - at).starts_with(alpn_http_1_1)) continue;
        *chosen = offered + at + 1;
        *size = offered[at];
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

} // namespace sse::detail
