// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/tls/alpn.hpp>
#include <sse/tls/context_builder.hpp>
#include <sse/tls/openssl.hpp>
#include <sse/tls/server_options.hpp>

#include <string>

namespace sse::detail {

/// Sets `made` up for `options`.
inline void build_server_context(context_builder& made, const tls_server_options& options) {
    if (options.context != nullptr) return made.adopt(options.context);
    if (!made.make(TLS_server_method(), options.minimum)) return;
    if (options.certificate.empty() == options.certificate_file.empty()) {
        made.fail("a server needs a certificate: certificate_file or certificate, one of them");
    } else if (options.certificate.empty()) {
        made.load_certificate(options.certificate_file, options.key_file, options.key_password);
    } else {
        made.use_certificate(options.certificate, options.key, options.key_password);
    }
    SSL_CTX_set_alpn_select_cb(made.get(), &select_http_1_1, nullptr);
    // without it OpenSSL refuses to resume where clients have certificates
    SSL_CTX_set_session_id_context(made.get(), reinterpret_cast<const unsigned char*>("sse"), 3);
    if (!options.tickets) {
        SSL_CTX_set_options(made.get(), SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(made.get(), 0);
    }
    if (options.clients == client_certificate::none) return;
    if (options.client_ca_file.empty())
        return made.fail("clients' certificates need a client_ca_file");
    made.trust_file(options.client_ca_file);
    SSL_CTX_set_client_CA_list(made.get(), SSL_load_client_CA_file(options.client_ca_file.c_str()));
    const bool required = options.clients == client_certificate::required;
    SSL_CTX_set_verify(made.get(),
                       SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
}

} // namespace sse::detail
