// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/authority.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/tls_layer.hpp>
#include <sse/tls/alpn.hpp>
#include <sse/tls/error.hpp>
#include <sse/tls/openssl.hpp>

#include <string>
#include <string_view>

namespace sse::detail {

/// Lets the peer's certificate be checked, and for the right name: DNS names and addresses of its
/// subject alternative name, no common names, wildcards for a whole label only (RFC 9110, 4.3.4).
[[nodiscard]] inline bool expect_host(SSL* ssl, const std::string& host, bool address) {
    X509_VERIFY_PARAM* const rules = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                               X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
    if (host.empty()) return false;
    return address ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1
                   : X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1;
}

/// The client end of a connection to `peer`, before its handshake; null where OpenSSL refuses.
[[nodiscard]] inline openssl_ptr<SSL> make_client(SSL_CTX* context, const net::tls_peer& peer,
                                                  bool verify) {
    openssl_ptr<SSL> ssl(SSL_new(context));
    if (!ssl) return nullptr;
    SSL_set_connect_state(ssl.get());
    const bool address = http::is_ipv4(peer.host) || http::is_ipv6(peer.host);
    std::string host = peer.host;
    if (host.ends_with('.')) host.pop_back();
    if (verify && !expect_host(ssl.get(), host, address)) return nullptr;
    if (!verify) SSL_set_verify(ssl.get(), SSL_VERIFY_NONE, nullptr);
    // RFC 6066, section 3: names only, without the dot at the end.
    if (!address && SSL_set_tlsext_host_name(ssl.get(), host.c_str()) != 1) return nullptr;
    const auto* const protocols = reinterpret_cast<const unsigned char*>(alpn_http_1_1.data());
    if (SSL_set_alpn_protos(ssl.get(), protocols, alpn_http_1_1.size()) != 0) return nullptr;
    if (!peer.client_certificate) {
        SSL_certs_clear(ssl.get());
        SSL_set_cert_cb(ssl.get(), nullptr, nullptr);
    }
    return ssl;
}

/// What is wrong with a handshake that OpenSSL is content with: a protocol that nobody offered.
[[nodiscard]] inline error_code check_protocol(const SSL* ssl) {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &name, &size);
    const std::string_view chosen(reinterpret_cast<const char*>(name), size);
    if (chosen.empty() || chosen == alpn_http_1_1.substr(1)) return {};
    return std::error_code(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_BAD_EXTENSION), tls_category());
}

} // namespace sse::detail
