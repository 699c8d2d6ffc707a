// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace sse::testing {

/// A certificate and its private key, made when the test runs.
struct identity {
    std::shared_ptr<X509> certificate;
    std::shared_ptr<EVP_PKEY> key;
};

/// What a certificate says.
struct certificate_request {
    std::string common_name = "test";
    std::string names{}; ///< subject alternative names, such as `DNS:localhost,IP:127.0.0.1`
    long from = -3600;   ///< seconds from now
    long until = 3600;   ///< seconds from now
    bool ca = false;
};

namespace detail {

inline void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    if (extension == nullptr) throw std::runtime_error("certificate: bad extension " + value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

inline std::shared_ptr<EVP_PKEY> make_key() {
    EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nullptr);
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_keygen_init(context) != 1 ||
        EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) != 1 ||
        EVP_PKEY_keygen(context, &key) != 1)
        throw std::runtime_error("certificate: no key");
    EVP_PKEY_CTX_free(context);
    return {key, EVP_PKEY_free};
}

} // namespace detail

/// Makes a certificate, signed by `issuer` or, where that is null, by itself.
inline identity make_identity(const certificate_request& request,
                              const identity* issuer = nullptr) {
    static std::atomic<long> serial{1000};
    identity made{{X509_new(), X509_free}, detail::make_key()};
    X509* const x = made.certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(x), request.from);
    X509_gmtime_adj(X509_getm_notAfter(x), request.until);
    X509_set_pubkey(x, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(request.common_name.c_str()),
                               -1, -1, 0);
    X509* const by = issuer != nullptr ? issuer->certificate.get() : x;
    X509_set_issuer_name(x, X509_get_subject_name(by));
    detail::add_extension(x, by, NID_basic_constraints,
                          request.ca ? "critical,CA:TRUE" : "CA:FALSE");
    if (!request.names.empty()) detail::add_extension(x, by, NID_subject_alt_name, request.names);
    EVP_PKEY* const signer = issuer != nullptr ? issuer->key.get() : made.key.get();
    if (X509_sign(x, signer, EVP_sha256()) == 0) throw std::runtime_error("certificate: unsigned");
    return made;
}

/// A folder for the files of one test, gone with it.
class scratch_folder {
public:
    scratch_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "sse_tls_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        path_ = name;
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;
    ~scratch_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string file(const std::string& name) const {
        return (path_ / name).string();
    }

    /// Writes the certificate as PEM, and returns the file's name.
    std::string write(const std::string& name, const identity& who) const {
        with_file(name, [&](std::FILE* f) { PEM_write_X509(f, who.certificate.get()); });
        return file(name);
    }

    /// Writes the private key as PEM, encrypted where there is a password.
    std::string write_key(const std::string& name, const identity& who,
                          std::string password = {}) const {
        with_file(name, [&](std::FILE* f) {
            auto* const bytes = reinterpret_cast<unsigned char*>(password.data());
            const EVP_CIPHER* const cipher = password.empty() ? nullptr : EVP_aes_128_cbc();
            PEM_write_PrivateKey(f, who.key.get(), cipher, password.empty() ? nullptr : bytes,
                                 static_cast<int>(password.size()), nullptr, nullptr);
        });
        return file(name);
    }

private:
    template <class Write>
    void with_file(const std::string& name, Write write) const {
        std::FILE* const f = std::fopen(file(name).c_str(), "wb");
        if (f == nullptr) throw std::runtime_error("cannot write " + name);
        write(f);
        std::fclose(f);
    }

    std::filesystem::path path_;
};

} // namespace sse::testing
