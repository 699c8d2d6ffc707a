// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/connect.hpp>
#include <sse/net/deadline.hpp>
#include <sse/net/proxy.hpp>
#include <sse/net/tls_layer.hpp>
#include <sse/net/tunnel_fsm.hpp>
#include <sse/text/error.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sse::net {

/// How to reach a server: directly or by a proxy, with TLS or without.
struct open_options {
    connect_options connect{};        ///< to the server, or to the proxy where there is one
    net::proxy proxy{};               ///< asked for a tunnel, unless its host is empty
    std::shared_ptr<tls_layer> tls{}; ///< null: no TLS
    bool client_certificate = true;   ///< whether the server may see ours
    /// Limit for the TLS handshake; zero: none but that of the whole.
    std::chrono::milliseconds handshake_timeout{0};
    /// How long a closed TLS connection waits for the peer's close_notify; zero: not at all.
    std::chrono::milliseconds close_timeout{1000};
};

namespace detail {

/// What one opening of a connection owns.
template <class Net>
struct open_state {
    using executor_type = typename Net::executor_type;
    using transport_type = typename Net::transport;

    open_state(const Net& n, const executor_type& e, std::string_view h, std::uint16_t p,
               open_options o)
        : net(n), executor(e), host(h), port(p), options(std::move(o)),
          tunnel(options.proxy, host, port), transport(executor),
          handshake_deadline(net.make_timer(executor), [this] { end_step(); }) {}

    void end_step() { signal.emit(asio::cancellation_type::terminal); }

    Net net;
    executor_type executor;
    std::string host;
    std::uint16_t port;
    open_options options;
    tunnel_fsm tunnel;
    std::array<char, 2048> buffer{};
    transport_type transport;
    asio::cancellation_signal signal{};
    deadline<typename Net::timer> handshake_deadline;
};

/// One after the other: connection, tunnel, handshake.
template <class Net>
class open_op {
public:
    using state = open_state<Net>;
    using transport_type = typename state::transport_type;

    explicit open_op(std::shared_ptr<state> s) : state_(std::move(s)) {}

    template <class Self>
    void operator()(Self& self) {
        const std::shared_ptr<state> s = state_;
        self.reset_cancellation_state(asio::enable_total_cancellation());
        const proxy& via = s->options.proxy;
        const bool direct = via.host.empty();
        s->net.async_connect(s->executor, direct ? s->host : via.host, direct ? s->port : via.port,
                             s->options.connect, std::move(self));
    }

    /// Connected.
    template <class Self>
    void operator()(Self& self, error_code ec, transport_type connection) {
        const std::shared_ptr<state> s = state_;
        s->transport = std::move(connection);
        if (!go_on(self, *s, ec)) return;
        if (s->options.proxy.host.empty()) return secure(self, s);
        if (s->tunnel.error() != errc::success) return complete(self, *s, s->tunnel.error());
        const std::string_view request = s->tunnel.request();
        s->transport.async_write(asio::const_buffer(request.data(), request.size()),
                                 interruptible(self, s));
    }

    /// Wrote to the proxy, or read from it.
    template <class Self>
    void operator()(Self& self, error_code ec, std::size_t size) {
        const std::shared_ptr<state> s = state_;
        s->signal.slot().clear();
        if (ec == asio::error::eof) ec = errc::truncated;
        if (!go_on(self, *s, ec)) return;
        if (std::exchange(asked_, true)) {
            switch (s->tunnel.feed({s->buffer.data(), size})) {
            case tunnel_fsm::status::open: return secure(self, s);
            case tunnel_fsm::status::failed: return complete(self, *s, s->tunnel.error());
            case tunnel_fsm::status::need_input: break;
            }
        }
        s->transport.async_read_some(asio::buffer(s->buffer), std::move(self));
    }

    /// Did the handshake.
    template <class Self>
    void operator()(Self& self, error_code ec, std::unique_ptr<byte_stream> stream) {
        const std::shared_ptr<state> s = state_;
        s->signal.slot().clear();
        ec = s->handshake_deadline.verdict(ec, errc::handshake_timeout);
        s->handshake_deadline.clear();
        if (stream) s->transport = transport_type(s->executor, std::move(stream));
        if (go_on(self, *s, ec)) complete(self, *s, {});
    }

private:
    /// Ends the operation after an error or cancellation.
    template <class Self>
    static bool go_on(Self& self, state& s, error_code ec) {
        const bool cancelled =
            self.get_cancellation_state().cancelled() != asio::cancellation_type::none;
        if (!cancelled && !ec) return true;
        complete(self, s, cancelled ? error_code(asio::error::operation_aborted) : ec);
        return false;
    }

    /// A handler for what is ended by any type of cancellation, and by the handshake's deadline:
    /// Asio's composed write knows no total cancellation.
    template <class Self>
    static auto interruptible(Self& self, const std::shared_ptr<state>& s) {
        if (auto slot = self.get_cancellation_state().slot(); slot.is_connected())
            slot.assign([w = std::weak_ptr<state>(s)](asio::cancellation_type_t) {
                if (const auto alive = w.lock()) alive->end_step();
            });
        return asio::bind_cancellation_slot(s->signal.slot(), std::move(self));
    }

    template <class Self>
    static void secure(Self& self, const std::shared_ptr<state>& s) {
        const open_options& options = s->options;
        if (!options.tls) return complete(self, *s, {});
        const auto executor = self.get_executor();
        const tls_peer peer{s->host, s->port, options.client_certificate, options.close_timeout};
        if (options.handshake_timeout.count() > 0)
            s->handshake_deadline.expires_at(
                saturated_add(s->handshake_deadline.now(), options.handshake_timeout), executor);
        tls_layer::handler_type handler(interruptible(self, s), executor);
        options.tls->async_handshake(net::transport(std::move(s->transport)), peer,
                                     std::move(handler));
    }

    template <class Self>
    static void complete(Self& self, state& s, error_code ec) {
        if (ec) s.transport.close();
        transport_type result(std::move(s.transport));
        self.complete(ec, std::move(result));
    }

    std::shared_ptr<state> state_;
    bool asked_ = false;
};

} // namespace detail

/// Opens a connection to `host`, a name or an address without brackets, and `port`: connects,
/// through a proxy's tunnel where there is one, and does the TLS handshake. There is no limit in
/// time for all of it together: cancel it at the deadline, which nobody can stretch then.
/// Completion signature: `void(error_code, Net::transport)`; closed after an error.
/// Errors: those of `async_connect` and `tunnel_fsm`; `errc::truncated` for a proxy that hangs up;
/// `errc::handshake_timeout`, `errc::tls_misconfigured`, other `condition::tls`;
/// `operation_aborted`.
/// Cancellation: terminal, partial and total end it at once.
/// Lifetime: everything is copied.
template <class Net, class CompletionToken>
auto async_open(const Net& net, const typename Net::executor_type& executor, std::string_view host,
                std::uint16_t port, const open_options& options, CompletionToken&& token) {
    using state = detail::open_state<Net>;
    auto owned = std::make_shared<state>(net, executor, host, port, options);
    return asio::async_compose<CompletionToken, void(error_code, typename Net::transport)>(
        detail::open_op<Net>(std::move(owned)), token, executor);
}

} // namespace sse::net
