// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/text/error.hpp>
#include <sse/tls/error.hpp>
#include <sse/tls/openssl.hpp>
#include <sse/tls/options.hpp>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace sse::detail {

/// OpenSSL's context for `tls_options`. Whatever of them cannot be used leaves it without one:
/// there is no going on with less.
class client_context {
public:
    explicit client_context(const tls_options& options) {
        ERR_clear_error();
        if (options.context != nullptr)
            adopt(options);
        else
            make(options);
        if (!problem_.empty()) context_.reset();
        ERR_clear_error();
    }

    /// Null where there is a problem.
    [[nodiscard]] SSL_CTX* get() const noexcept { return context_.get(); }

    /// What is wrong, for people: names the setting and the file, holds no secret. Empty: nothing.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    void adopt(const tls_options& options) {
        if (!options.ca_file.empty() || !options.ca_path.empty() ||
            !options.certificate_file.empty() || !options.key_file.empty()) {
            problem_ = "tls_options: a context of its own goes with none of the files";
            return;
        }
        SSL_CTX_up_ref(options.context);
        context_.reset(options.context);
    }

    void make(const tls_options& options) {
        context_.reset(SSL_CTX_new(TLS_client_method()));
        if (!context_) return fail("cannot make a context", {});
        const bool only_1_3 = options.minimum == tls_version::tls_1_3;
        SSL_CTX_set_min_proto_version(get(), only_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
        SSL_CTX_set_options(get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
        SSL_CTX_set_session_cache_mode(get(), SSL_SESS_CACHE_OFF);
        load_trust(options);
        load_certificate(options);
    }

    void load_trust(const tls_options& options) {
        const std::string& file = options.ca_file;
        const std::string& path = options.ca_path;
        if (!file.empty() && SSL_CTX_load_verify_locations(get(), file.c_str(), nullptr) != 1)
            fail("cannot load the CA file", file);
        std::error_code ec;
        if (!path.empty() && (!std::filesystem::is_directory(path, ec) ||
                              SSL_CTX_load_verify_locations(get(), nullptr, path.c_str()) != 1))
            fail("no folder of CA certificates", path);
        const bool ours = !file.empty() || !path.empty();
        if (options.verify && !ours && SSL_CTX_set_default_verify_paths(get()) != 1)
            fail("cannot load the CA certificates of the system", {});
    }

    void load_certificate(const tls_options& options) {
        const std::string& file = options.certificate_file;
        const std::string& key = options.key_file.empty() ? file : options.key_file;
        std::string password = options.key_password;
        SSL_CTX_set_default_passwd_cb(get(), &give_password);
        SSL_CTX_set_default_passwd_cb_userdata(get(), &password);
        if (!file.empty() && SSL_CTX_use_certificate_chain_file(get(), file.c_str()) != 1)
            fail("cannot load the certificate file", file);
        if (!key.empty() && SSL_CTX_use_PrivateKey_file(get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
            fail("cannot load the key file", key);
        if (file.empty() != key.empty()) fail("no certificate for the key file", key);
        if (problem_.empty() && !file.empty() && SSL_CTX_check_private_key(get()) != 1)
            fail("the key does not belong to the certificate", file);
        SSL_CTX_set_default_passwd_cb_userdata(get(), nullptr);
        OPENSSL_cleanse(password.data(), password.size());
    }

    /// Always set: the default one asks on the terminal.
    static int give_password(char* buffer, int size, int, void* data) {
        const auto* const password = static_cast<const std::string*>(data);
        if (password == nullptr || size < 0 || password->empty() ||
            password->size() > static_cast<std::size_t>(size))
            return -1;
        std::memcpy(buffer, password->data(), password->size());
        return static_cast<int>(password->size());
    }

    /// Keeps the first problem.
    void fail(std::string_view what, const std::string& file) {
        const bool because = ERR_peek_error() != 0;
        const std::string reason = because ? take_tls_error().message() : std::string();
        if (!problem_.empty()) return;
        problem_.append(what);
        if (!file.empty()) problem_.append(" '").append(file).append("'");
        if (because) problem_.append(": ").append(reason);
    }

    openssl_ptr<SSL_CTX> context_;
    std::string problem_;
};

} // namespace sse::detail
