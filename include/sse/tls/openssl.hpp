// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

// The only header of this library that includes OpenSSL's.

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>

static_assert(OPENSSL_VERSION_NUMBER >= 0x10101000L, "asio-sse needs OpenSSL 1.1.1 or newer");

namespace sse::detail {

/// Frees what OpenSSL allocated.
struct openssl_free {
    void operator()(SSL_CTX* p) const noexcept { SSL_CTX_free(p); }
    void operator()(SSL* p) const noexcept { SSL_free(p); }
    void operator()(SSL_SESSION* p) const noexcept { SSL_SESSION_free(p); }
    void operator()(BIO* p) const noexcept { BIO_free(p); }
    void operator()(X509* p) const noexcept { X509_free(p); }
    void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
    void operator()(BIO_METHOD* p) const noexcept { BIO_meth_free(p); }
};

template <class T>
using openssl_ptr = std::unique_ptr<T, openssl_free>;

} // namespace sse::detail
