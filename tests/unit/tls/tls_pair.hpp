// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "support/handler_probe.hpp"
#include "support/tls_certificates.hpp"

#include <sse/testing/simulation.hpp>
#include <sse/testing/test_stream.hpp>
#include <sse/tls.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sse::testing {

using handshake_probe = handler_probe<void(error_code, std::unique_ptr<net::byte_stream>)>;

/// A server's end in memory, driven by hand.
class memory_server {
public:
    memory_server(SSL_CTX* context, const test_stream& end)
        : engine_(make(context), end.transport()) {}

    /// Goes on with the handshake; whether it is done.
    bool handshake() { return engine_.handshake().what == sse::detail::tls_step::kind::done; }

    /// Sends as much of `bytes` as goes, and returns the rest.
    std::string_view send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto step = engine_.write(asio::buffer(bytes.data(), bytes.size()));
            if (step.what != sse::detail::tls_step::kind::done) break;
            bytes.remove_prefix(step.size);
        }
        return bytes;
    }

    /// All that has come.
    std::string receive() {
        std::string all;
        for (;;) {
            std::array<char, 4096> buffer;
            const auto step = engine_.read(asio::buffer(buffer));
            last_ = step.error;
            if (step.what != sse::detail::tls_step::kind::done) return all;
            all.append(buffer.data(), step.size);
        }
    }

    /// Sends a KeyUpdate: a record without data, as many as one likes (RFC 8446, section 4.6.3).
    void update_key() {
        SSL_key_update(engine_.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED);
        (void)engine_.handshake();
    }

    void goodbye() { (void)engine_.shutdown(); }
    /// What ended the last `receive`: no error, or `eof` after a close_notify.
    [[nodiscard]] error_code last() const { return last_; }
    [[nodiscard]] net::transport& transport() { return engine_.transport(); }

private:
    static sse::detail::openssl_ptr<SSL> make(SSL_CTX* context) {
        sse::detail::openssl_ptr<SSL> ssl(SSL_new(context));
        SSL_set_accept_state(ssl.get());
        return ssl;
    }

    sse::detail::tls_engine engine_;
    error_code last_{};
};

/// A client of ours and a server, in memory.
struct tls_pair {
    simulation sim{};
    test_stream_pair ends{sim.get_executor()};
    scratch_folder folder{};
    identity root = make_identity({.common_name = "root", .ca = true});
    identity who = make_identity({.common_name = "s", .names = "DNS:example.org"}, &root);
    std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    std::shared_ptr<net::tls_layer> layer;
    handshake_probe probe{sim.context()};
    std::optional<memory_server> server{};
    std::unique_ptr<net::byte_stream> stream{};

    tls_pair() {
        SSL_CTX_use_certificate(context.get(), who.certificate.get());
        SSL_CTX_use_PrivateKey(context.get(), who.key.get());
        layer = tls_client({.ca_file = folder.write("root.pem", root)});
    }

    /// Begins the handshake, from both ends.
    void start() {
        server.emplace(context.get(), ends.far);
        probe.initiate([&](auto handler) {
            layer->async_handshake(
                ends.near.transport(), {.host = "example.org"},
                net::tls_layer::handler_type(std::move(handler), sim.get_executor()));
        });
    }

    /// Does the handshake; whether it succeeds.
    bool handshake() {
        start();
        for (int i = 0; i < 20'000 && !probe.called(); ++i) {
            (void)server->handshake();
            sim.settle();
        }
        (void)server->handshake();
        if (!probe.called() || probe.error()) return false;
        stream = std::move(probe.value());
        return true;
    }
};

} // namespace sse::testing
