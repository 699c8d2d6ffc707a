// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/tls_layer.hpp>
#include <sse/text/error.hpp>
#include <sse/tls/channel.hpp>
#include <sse/tls/client_context.hpp>
#include <sse/tls/client_session.hpp>
#include <sse/tls/engine.hpp>
#include <sse/tls/handshake.hpp>
#include <sse/tls/options.hpp>
#include <sse/tls/session_store.hpp>

#include <memory>
#include <string>
#include <utility>

namespace sse {
namespace detail {

/// What a `tls_client` shares with its connections.
class client_layer final : public net::tls_layer,
                           public std::enable_shared_from_this<client_layer> {
public:
    explicit client_layer(const tls_options& options)
        : context_(options), sessions_(options.sessions), verify_(options.verify) {}

    [[nodiscard]] error_code error() const noexcept override {
        return context_.get() != nullptr ? errc::success : errc::tls_misconfigured;
    }
    [[nodiscard]] const std::string& problem() const noexcept { return context_.problem(); }

    void async_handshake(net::transport plain, const net::tls_peer& peer,
                         handler_type handler) override {
        openssl_ptr<SSL> ssl;
        if (context_.get() != nullptr) ssl = make_client(context_.get(), peer, verify_);
        if (!ssl) return refuse_handshake(std::move(handler));
        std::string key = key_of(peer);
        const std::shared_ptr<SSL_SESSION> shown = sessions_.take(key);
        if (shown) SSL_set_session(ssl.get(), shown.get());
        auto channel = std::make_shared<tls_channel>(std::move(ssl), std::move(plain),
                                                     peer.close_timeout, handler.get_executor());
        run_handshake(
            std::move(channel),
            [self = shared_from_this(), k = std::move(key), shown](tls_channel& c) {
                const error_code ec = check_protocol(c.engine().ssl());
                if (!ec)
                    c.established([self, k, shown](SSL* s) { self->keep_session(k, s, shown); });
                return ec;
            },
            std::move(handler));
    }

private:
    /// All that the checks of a certificate depend on, but for the settings: those do not change.
    [[nodiscard]] static std::string key_of(const net::tls_peer& peer) {
        return "https|" + peer.host + '|' + std::to_string(peer.port) +
               (peer.client_certificate ? "|certificate" : "|");
    }

    /// Keeps what resumes the connection that ends: not the ticket that it began with, which who
    /// listens has seen and would know it by (RFC 8446, appendix C.4).
    void keep_session(const std::string& key, SSL* ssl, const std::shared_ptr<SSL_SESSION>& shown) {
        openssl_ptr<SSL_SESSION> session(SSL_get1_session(ssl));
        if (!session || SSL_SESSION_is_resumable(session.get()) != 1) return;
        if (session.get() == shown.get() && SSL_version(ssl) == TLS1_3_VERSION) return;
        sessions_.put(key, std::move(session));
    }

    client_context context_;
    session_store sessions_;
    bool verify_;
};

} // namespace detail

/// Speaks TLS for event sources. Certificates and host names are verified unless told otherwise.
///
///     sse::event_source source(executor, "https://example.org/events", {.tls =
///     sse::tls_client()});
///
/// A handle: copies share settings and sessions, and any number of sources may use one, each
/// reconnecting faster by resuming a session of another.
/// Thread safety: safe.
class tls_client {
public:
    /// Reads the files. What is wrong with them is told by `error()`, and completes the receive of
    /// an event source with `errc::tls_misconfigured`: nothing is ever left out instead.
    explicit tls_client(const tls_options& options = {})
        : layer_(std::make_shared<detail::client_layer>(options)) {}

    /// `errc::tls_misconfigured` or no error.
    [[nodiscard]] error_code error() const noexcept { return layer_->error(); }

    /// What is wrong, for people: names the setting and the file. Empty where nothing is.
    [[nodiscard]] const std::string& problem() const noexcept { return layer_->problem(); }

    /// As an option of an event source.
    operator std::shared_ptr<net::tls_layer>() const { return layer_; }

private:
    std::shared_ptr<detail::client_layer> layer_;
};

} // namespace sse
