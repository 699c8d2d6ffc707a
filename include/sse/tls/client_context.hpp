// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/tls/context_builder.hpp>
#include <sse/tls/openssl.hpp>
#include <sse/tls/options.hpp>

#include <string>

namespace sse::detail {

/// OpenSSL's context for `tls_options`. Whatever of them cannot be used leaves it without one.
class client_context {
public:
    explicit client_context(const tls_options& options) {
        context_builder made;
        if (options.context != nullptr)
            adopt(made, options);
        else if (made.make(TLS_client_method(), options.minimum))
            load(made, options);
        problem_ = made.problem();
        context_ = made.take();
    }

    /// Null where there is a problem.
    [[nodiscard]] SSL_CTX* get() const noexcept { return context_.get(); }

    /// What is wrong, for people: names the setting and the file, holds no secret. Empty: nothing.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    static void adopt(context_builder& made, const tls_options& options) {
        made.adopt(options.context);
        if (!options.ca_file.empty() || !options.ca_path.empty() ||
            !options.certificate_file.empty() || !options.key_file.empty())
            made.fail("tls_options: a context of its own goes with none of the files");
    }

    static void load(context_builder& made, const tls_options& options) {
        if (!options.ca_file.empty()) made.trust_file(options.ca_file);
        if (!options.ca_path.empty()) made.trust_folder(options.ca_path);
        const bool ours = !options.ca_file.empty() || !options.ca_path.empty();
        if (options.verify && !ours) made.trust_system();
        made.load_certificate(options.certificate_file, options.key_file, options.key_password);
    }

    openssl_ptr<SSL_CTX> context_;
    std::string problem_;
};

} // namespace sse::detail
