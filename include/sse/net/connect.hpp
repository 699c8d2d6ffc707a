// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/connect_fsm.hpp>
#include <sse/net/timer.hpp>
#include <sse/net/transport.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace sse::net {

/// How to connect. Zero durations: no limit.
struct connect_options {
    /// Limit for all of it: lookup and every address.
    std::chrono::milliseconds timeout = std::chrono::seconds(30);
    /// Limit for one address, before the next one is tried.
    std::chrono::milliseconds address_timeout = std::chrono::seconds(10);
    /// Sends small writes at once (TCP_NODELAY).
    bool no_delay = true;
    /// Path of a unix socket to connect to; the host and port then only name the server.
    std::string unix_socket{};
};

namespace detail {

using stream_endpoint = asio::generic::stream_protocol::endpoint;

/// The endpoint of a unix socket; nothing where the path does not fit in, of which Asio tells by
/// an exception only.
[[nodiscard]] inline std::optional<stream_endpoint> unix_endpoint(const std::string& path) {
    try {
        return stream_endpoint(asio::local::stream_protocol::endpoint(path));
    } catch (const std::system_error&) {
        return std::nullopt;
    }
}

/// What one connect operation owns. Handlers of a lookup or attempt that was given up hold it,
/// too, and find that `attempt` is not theirs any more. `Timer` and `Resolver` are parameters for
/// tests without real time and names.
template <class Executor, class Timer = basic_timer<Executor>,
          class Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>>
struct connect_state {
    using transport_type = basic_transport<Executor>;

    connect_state(std::string_view h, std::uint16_t p, connect_options o, Timer t, Resolver r)
        : host(h), port(p), options(std::move(o)), fsm(options.timeout, options.address_timeout),
          timer(std::move(t)), resolver(std::move(r)), socket(timer.get_executor()) {}

    /// Brings news: wakes the operation, which waits on the timer.
    void deliver(connect_input input) {
        news = input;
        timer.cancel();
    }

    std::string host;
    std::uint16_t port;
    connect_options options;
    connect_fsm fsm;
    Timer timer;
    Resolver resolver;
    typename transport_type::socket_type socket;
    std::vector<stream_endpoint> endpoints{};
    std::optional<connect_input> news{};
    std::size_t attempt = 0;
};

/// Carries out what `connect_fsm` decides. The operation itself only ever waits on the timer:
/// lookup and attempt leave their result in the state and wake it, so that it can end at once
/// whatever they do (a lookup in Asio's thread cannot be stopped).
template <class State>
class connect_op {
public:
    using state = State;
    explicit connect_op(std::shared_ptr<state> s) : state_(std::move(s)) {}

    template <class Self>
    void operator()(Self& self, error_code = {}) {
        const std::shared_ptr<state> s = state_;
        if (!started_) {
            started_ = true;
            self.reset_cancellation_state(asio::enable_total_cancellation());
            return start(self, *s);
        }
        connect_input input = s->news.value_or(connect_input{connect_input::kind::woken});
        s->news.reset();
        if (self.get_cancellation_state().cancelled() != asio::cancellation_type::none)
            input = {connect_input::kind::cancelled};
        carry_out(self, s, s->fsm.resume(input, s->timer.now()));
    }

private:
    /// Finds out what needs no lookup, and comes back through the executor.
    template <class Self>
    static void start(Self& self, state& s) {
        s.news = connect_input{connect_input::kind::start};
        error_code ec;
        if (!s.options.unix_socket.empty()) {
            if (auto endpoint = unix_endpoint(s.options.unix_socket))
                s.endpoints.push_back(*endpoint);
            else
                s.news = connect_input{connect_input::kind::resolved,
                                       std::make_error_code(std::errc::filename_too_long)};
        } else if (auto address = asio::ip::make_address(s.host, ec); !ec) {
            s.endpoints.emplace_back(asio::ip::tcp::endpoint(address, s.port));
        }
        s.news->addresses = s.endpoints.size();
        // Without an executor: with one, Asio 1.22 reads the allocator of a moved-from handler.
        asio::post(std::move(self));
    }

    template <class Self>
    static void carry_out(Self& self, const std::shared_ptr<state>& s,
                          const connect_action& to_do) {
        switch (to_do.what) {
        case connect_action::kind::resolve: resolve(self, s); break;
        case connect_action::kind::connect: connect(self, s, to_do.address); break;
        case connect_action::kind::wait: break;
        case connect_action::kind::complete: return complete(self, *s, to_do.ec);
        }
        s->timer.expires_at(to_do.until);
        s->timer.async_wait(std::move(self));
    }

    template <class Self>
    static void resolve(Self& self, const std::shared_ptr<state>& s) {
        s->resolver.async_resolve(
            s->host, std::to_string(s->port), asio::ip::tcp::resolver::numeric_service,
            asio::bind_executor(self.get_executor(), [s](error_code ec, const auto& results) {
                if (s->attempt != 0) return;
                for (const auto& entry : results)
                    s->endpoints.emplace_back(entry.endpoint());
                s->deliver({connect_input::kind::resolved, ec, s->endpoints.size()});
            }));
    }

    template <class Self>
    static void connect(Self& self, const std::shared_ptr<state>& s, std::size_t address) {
        error_code ignored;
        s->socket.close(ignored);
        s->socket.async_connect(
            s->endpoints[address],
            asio::bind_executor(self.get_executor(), [s, mine = ++s->attempt](error_code ec) {
                if (s->attempt == mine) s->deliver({connect_input::kind::connected, ec});
            }));
    }

    template <class Self>
    static void complete(Self& self, state& s, error_code ec) {
        ++s.attempt;
        error_code ignored;
        if (ec) {
            s.resolver.cancel();
            s.socket.close(ignored);
        } else if (s.options.no_delay && s.options.unix_socket.empty()) {
            s.socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        }
        typename state::transport_type result(std::move(s.socket));
        self.complete(ec, std::move(result));
    }

    std::shared_ptr<state> state_;
    bool started_ = false;
};

} // namespace detail

/// Connects to `host`, a name or an IP address without brackets, and `port`: looks the name up and
/// tries its addresses in turn.
/// Completion signature: `void(error_code, basic_transport<Executor>)`; closed after an error.
/// Errors: `errc::connect_timeout`, `operation_aborted`, those of the lookup, otherwise that of the
/// address tried last.
/// Cancellation: terminal, partial and total end it at once.
/// Lifetime: `host` and `options` are copied.
template <class Executor, class CompletionToken>
auto async_connect(const Executor& executor, std::string_view host, std::uint16_t port,
                   const connect_options& options, CompletionToken&& token) {
    using state = detail::connect_state<Executor>;
    auto owned =
        std::make_shared<state>(host, port, options, basic_timer<Executor>(executor),
                                asio::ip::basic_resolver<asio::ip::tcp, Executor>(executor));
    return asio::async_compose<CompletionToken, void(error_code, basic_transport<Executor>)>(
        detail::connect_op<state>(std::move(owned)), token, executor);
}

} // namespace sse::net
