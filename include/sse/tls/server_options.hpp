// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/tls/openssl.hpp>
#include <sse/tls/options.hpp>

#include <string>

namespace sse {

/// Whether clients are asked for a certificate.
enum class client_certificate {
    none,     ///< they are not
    optional, ///< one that is sent has to be good
    required, ///< whoever sends none gets no connection
};

/// How to speak TLS as a server. Files and texts are in PEM.
struct tls_server_options {
    /// Our certificate, followed by those between it and its root.
    std::string certificate_file{};
    /// Its private key. Empty: it is in `certificate_file`, too.
    std::string key_file{};
    /// As `certificate_file`, but the text itself, in place of the file.
    std::string certificate{};
    /// As `key_file`, to go with `certificate`.
    std::string key{};
    /// What the key is encrypted with. Nobody is ever asked for it on a terminal.
    std::string key_password{};
    client_certificate clients = client_certificate::none;
    /// What clients' certificates have to be signed by.
    std::string client_ca_file{};
    tls_version minimum = tls_version::tls_1_2;
    /// Whether clients may resume sessions, by tickets that they keep.
    bool tickets = true;
    /// A context of your own, in place of all above: `context.native_handle()` of an
    /// `asio::ssl::context`, of which a reference is held. Its ALPN is yours, too.
    SSL_CTX* context = nullptr;
};

} // namespace sse
