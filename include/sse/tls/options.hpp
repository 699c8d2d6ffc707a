// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/tls/openssl.hpp>

#include <cstddef>
#include <string>

namespace sse {

/// Versions of TLS. Older ones are not spoken.
enum class tls_version { tls_1_2, tls_1_3 };

/// How to speak TLS as a client. Files are in PEM.
struct tls_options {
    /// The certificates to trust, in place of the system's.
    std::string ca_file{};
    /// A folder of certificates to trust, named by their hashes (`openssl rehash`), in place of the
    /// system's.
    std::string ca_path{};
    /// Our certificate, for servers that ask for one, followed by those between it and its root.
    std::string certificate_file{};
    /// Its private key. Empty: it is in `certificate_file`, too.
    std::string key_file{};
    /// What the key is encrypted with. Nobody is ever asked for it on a terminal.
    std::string key_password{};
    /// Whether the server has to prove with its certificate who it is. Without that, whoever is in
    /// between reads and writes along.
    bool verify = true;
    tls_version minimum = tls_version::tls_1_2;
    /// How many sessions are kept, to be resumed by later connections; 0: none.
    std::size_t sessions = 64;
    /// A context of your own, in place of the files and of `minimum`: `context.native_handle()` of
    /// an `asio::ssl::context`, of which a reference is held. Host names are checked all the same.
    SSL_CTX* context = nullptr;
};

} // namespace sse
