// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/tls/error.hpp>
#include <sse/tls/openssl.hpp>
#include <sse/tls/options.hpp>

#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace sse::detail {

/// Makes OpenSSL's context out of settings. What cannot be used leaves a problem, and in the end no
/// context: there is no going on with less.
class context_builder {
public:
    context_builder() { ERR_clear_error(); }
    context_builder(const context_builder&) = delete;
    context_builder& operator=(const context_builder&) = delete;
    ~context_builder() { ERR_clear_error(); }

    /// A context of the user's own.
    void adopt(SSL_CTX* context) {
        SSL_CTX_up_ref(context);
        context_.reset(context);
    }

    /// A new one, with `minimum` and without what nobody should use; false where there is none.
    bool make(const SSL_METHOD* method, tls_version minimum) {
        context_.reset(SSL_CTX_new(method));
        if (!context_) return fail("cannot make a context"), false;
        const bool only_1_3 = minimum == tls_version::tls_1_3;
        SSL_CTX_set_min_proto_version(get(), only_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
        SSL_CTX_set_options(get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
        SSL_CTX_set_session_cache_mode(get(), SSL_SESS_CACHE_OFF);
        return true;
    }

    void trust_file(const std::string& file) {
        if (SSL_CTX_load_verify_locations(get(), file.c_str(), nullptr) != 1)
            fail("cannot load the CA file", file);
    }
    void trust_folder(const std::string& path) {
        std::error_code ec;
        if (!std::filesystem::is_directory(path, ec) ||
            SSL_CTX_load_verify_locations(get(), nullptr, path.c_str()) != 1)
            fail("no folder of CA certificates", path);
    }
    void trust_system() {
        if (SSL_CTX_set_default_verify_paths(get()) != 1)
            fail("cannot load the CA certificates of the system");
    }

    /// Our certificate and key from files; an empty `key_file` is the same one.
    void load_certificate(const std::string& file, const std::string& key_file,
                          std::string password) {
        const std::string& key = key_file.empty() ? file : key_file;
        const password_scope scope(get(), password);
        if (!file.empty() && SSL_CTX_use_certificate_chain_file(get(), file.c_str()) != 1)
            fail("cannot load the certificate file", file);
        if (!key.empty() && SSL_CTX_use_PrivateKey_file(get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
            fail("cannot load the key file", key);
        if (file.empty() != key.empty()) fail("no certificate for the key file", key);
        if (!file.empty()) check_key(file);
    }

    /// As `load_certificate`, from PEM texts.
    void use_certificate(const std::string& chain, const std::string& key, std::string password) {
        const password_scope scope(get(), password);
        if (!use_chain(chain)) fail("cannot use the certificate");
        const openssl_ptr<BIO> bio = bio_of(key.empty() ? chain : key);
        const openssl_ptr<EVP_PKEY> pkey(
            PEM_read_bio_PrivateKey(bio.get(), nullptr, &give_password, &password));
        if (!pkey || SSL_CTX_use_PrivateKey(get(), pkey.get()) != 1) fail("cannot use the key");
        check_key({});
    }

    /// Keeps the first problem.
    void fail(std::string_view what, const std::string& file = {}) {
        const bool because = ERR_peek_error() != 0;
        const std::string reason = because ? take_tls_error().message() : std::string();
        if (!problem_.empty()) return;
        problem_.append(what);
        if (!file.empty()) problem_.append(" '").append(file).append("'");
        if (because) problem_.append(": ").append(reason);
    }

    [[nodiscard]] SSL_CTX* get() const noexcept { return context_.get(); }
    /// What was made, null where there is a problem.
    [[nodiscard]] openssl_ptr<SSL_CTX> take() {
        if (!problem_.empty()) context_.reset();
        return std::move(context_);
    }
    /// What is wrong, for people: names the setting and the file, holds no secret. Empty: nothing.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    /// Lets OpenSSL ask for a password, and wipes it afterwards.
    class password_scope {
    public:
        password_scope(SSL_CTX* context, std::string& password)
            : context_(context), password_(password) {
            SSL_CTX_set_default_passwd_cb(context_, &give_password);
            SSL_CTX_set_default_passwd_cb_userdata(context_, &password_);
        }
        password_scope(const password_scope&) = delete;
        password_scope& operator=(const password_scope&) = delete;
        ~password_scope() {
            SSL_CTX_set_default_passwd_cb_userdata(context_, nullptr);
            OPENSSL_cleanse(password_.data(), password_.size());
        }

    private:
        SSL_CTX* context_;
        std::string& password_;
    };

    /// Always set: the default one asks on the terminal.
    static int give_password(char* buffer, int size, int, void* data) {
        const auto* const password = static_cast<const std::string*>(data);
        if (password == nullptr || size < 0 || password->empty() ||
            password->size() > static_cast<std::size_t>(size))
            return -1;
        std::memcpy(buffer, password->data(), password->size());
        return static_cast<int>(password->size());
    }

    [[nodiscard]] static openssl_ptr<BIO> bio_of(const std::string& text) {
        return openssl_ptr<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    }

    [[nodiscard]] bool use_chain(const std::string& text) {
        const openssl_ptr<BIO> bio = bio_of(text);
        const auto read = [&bio] {
            return openssl_ptr<X509>(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
        };
        const openssl_ptr<X509> own = read();
        if (!own || SSL_CTX_use_certificate(get(), own.get()) != 1) return false;
        while (const openssl_ptr<X509> next = read()) {
            if (SSL_CTX_add1_chain_cert(get(), next.get()) != 1) return false;
        }
        ERR_clear_error(); // of the end of the text
        return true;
    }

    void check_key(const std::string& file) {
        if (problem_.empty() && SSL_CTX_check_private_key(get()) != 1)
            fail("the key does not belong to the certificate", file);
    }

    openssl_ptr<SSL_CTX> context_;
    std::string problem_;
};

} // namespace sse::detail
