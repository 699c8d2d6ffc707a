// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/tls_server_layer.hpp>
#include <sse/text/error.hpp>
#include <sse/tls/channel.hpp>
#include <sse/tls/engine.hpp>
#include <sse/tls/handshake.hpp>
#include <sse/tls/server_context.hpp>
#include <sse/tls/server_options.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace sse {
namespace detail {

/// What a `tls_server` shares with the servers that use it.
class server_layer final : public net::tls_server_layer {
public:
    explicit server_layer(tls_server_options options) : options_(std::move(options)) { reload(); }

    [[nodiscard]] error_code error() const noexcept override {
        const std::lock_guard lock(mutex_);
        return context_ ? errc::success : errc::tls_misconfigured;
    }
    [[nodiscard]] std::string problem() const {
        const std::lock_guard lock(mutex_);
        return problem_;
    }

    /// Makes the context anew; one that cannot be made does not replace the one there is.
    error_code reload() {
        context_builder made;
        const std::lock_guard lock(mutex_);
        build_server_context(made, options_);
        problem_ = made.problem();
        if (!problem_.empty()) return errc::tls_misconfigured;
        context_ = made.take();
        return {};
    }

    void async_handshake(net::transport plain, handler_type handler) override {
        openssl_ptr<SSL> ssl = make_ssl();
        if (!ssl) return refuse_handshake(std::move(handler));
        SSL_set_accept_state(ssl.get());
        // the server itself waits for its peers to end
        auto channel = std::make_shared<tls_channel>(
            std::move(ssl), std::move(plain), std::chrono::milliseconds(0), handler.get_executor());
        run_handshake(
            std::move(channel),
            [](tls_channel& c) {
                c.established([](SSL*) {});
                return error_code();
            },
            std::move(handler));
    }

private:
    [[nodiscard]] openssl_ptr<SSL> make_ssl() {
        const std::lock_guard lock(mutex_);
        return openssl_ptr<SSL>(context_ ? SSL_new(context_.get()) : nullptr);
    }

    mutable std::mutex mutex_;
    tls_server_options options_;
    openssl_ptr<SSL_CTX> context_;
    std::string problem_;
};

} // namespace detail

/// Lets a server speak TLS.
///
///     sse::tls_server tls({.certificate_file = "chain.pem", .key_file = "key.pem"});
///     sse::server server(executor, {.port = 8443, .tls = tls});
///
/// A handle: copies share one state, and any number of servers, of a pool as well, may use one.
/// TLS 1.2 and 1.3; neither renegotiation nor early data nor compression; ALPN: http/1.1.
/// Thread safety: safe.
class tls_server {
public:
    /// Reads the files. What is wrong with them is told by `error()`, and by `server::listen`.
    explicit tls_server(tls_server_options options)
        : layer_(std::make_shared<detail::server_layer>(std::move(options))) {}

    /// `errc::tls_misconfigured` or no error.
    [[nodiscard]] error_code error() const noexcept { return layer_->error(); }

    /// What was wrong when files were last read, for people: names the setting and the file. Empty
    /// where nothing was.
    [[nodiscard]] std::string problem() const { return layer_->problem(); }

    /// Reads the files again, for new connections: those there are go on with what they have.
    /// Errors: `errc::tls_misconfigured`; then everything stays as it was.
    error_code reload() { return layer_->reload(); }

    /// As an option of a server.
    operator std::shared_ptr<net::tls_server_layer>() const { return layer_; }

private:
    std::shared_ptr<detail::server_layer> layer_;
};

} // namespace sse
