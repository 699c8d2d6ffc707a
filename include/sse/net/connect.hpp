// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/address_order.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/connect_fsm.hpp>
#include <sse/net/localhost.hpp>
#include <sse/net/timer.hpp>
#include <sse/net/transport.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
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
    /// Limit for one address, after which it is given up.
    std::chrono::milliseconds address_timeout = std::chrono::seconds(10);
    /// The head start of each address: after it the next one is tried as well, and the first that
    /// connects wins (RFC 8305). Zero: one after the other.
    std::chrono::milliseconds attempt_delay{250};
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
    } catch (const std::exception&) { // of Asio or of Boost: no common type
        return std::nullopt;
    }
}

/// What one connect operation owns. Handlers of a lookup or attempt that was given up hold it,
/// too, and find their socket gone or the operation finished. `Timer` and `Resolver` are parameters
/// for tests without real time and names.
template <class Executor, class Timer = basic_timer<Executor>,
          class Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>>
struct connect_state {
    using transport_type = basic_transport<Executor>;

    connect_state(std::string_view h, std::uint16_t p, connect_options o, Timer t, Resolver r)
        : host(h), port(p), options(std::move(o)),
          fsm({options.timeout, options.address_timeout, options.attempt_delay}),
          timer(std::move(t)), resolver(std::move(r)) {}

    /// Brings news: wakes the operation, which waits on the timer.
    void deliver(const connect_input& input) {
        if (finished) return;
        // a connection comes first: nothing else that has happened meanwhile matters any more
        const bool connected = input.what == connect_input::kind::connected && !input.ec;
        connected ? news.push_front(input) : news.push_back(input);
        timer.cancel();
    }

    /// The addresses are known: they and their sockets stay where they are from now on.
    void take(std::vector<stream_endpoint> found) {
        const int first = found.empty() ? 0 : found.front().protocol().family();
        endpoints = interleaved(std::move(found), [first](const stream_endpoint& e) {
            return e.protocol().family() == first;
        });
        sockets.resize(endpoints.size());
    }

    std::string host;
    std::uint16_t port;
    connect_options options;
    connect_fsm<decltype(std::declval<Timer&>().now())> fsm;
    Timer timer;
    Resolver resolver;
    std::vector<stream_endpoint> endpoints{};
    std::vector<std::optional<typename transport_type::socket_type>> sockets{};
    std::deque<connect_input> news{};
    bool finished = false;
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
        if (self.get_cancellation_state().cancelled() != asio::cancellation_type::none)
            s->news = {{connect_input::kind::cancelled}};
        if (s->news.empty()) s->news.push_back({connect_input::kind::woken});
        carry_out(self, s);
    }

private:
    /// Finds out what needs no lookup, and comes back through the executor.
    template <class Self>
    static void start(Self& self, state& s) {
        connect_input begin{connect_input::kind::start};
        error_code ec;
        if (!s.options.unix_socket.empty()) {
            if (auto endpoint = unix_endpoint(s.options.unix_socket))
                s.take({*endpoint});
            else
                begin = {connect_input::kind::resolved,
                         std::make_error_code(std::errc::filename_too_long)};
        } else if (auto address = asio::ip::make_address(s.host, ec); !ec) {
            s.take({asio::ip::tcp::endpoint(address, s.port)});
        } else if (is_localhost(s.host)) {
            s.take({asio::ip::tcp::endpoint(asio::ip::address_v6::loopback(), s.port),
                    asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), s.port)});
        }
        begin.addresses = s.endpoints.size();
        s.news.push_back(begin);
        // Without an executor: with one, Asio 1.22 reads the allocator of a moved-from handler.
        asio::post(std::move(self));
    }

    /// Does what the news lead to, until there is something to wait for.
    template <class Self>
    static void carry_out(Self& self, const std::shared_ptr<state>& s) {
        const auto executor = self.get_executor();
        while (!s->news.empty()) {
            const connect_input input = s->news.front();
            s->news.pop_front();
            connect_action to_do = s->fsm.resume(input, s->timer.now());
            while (begin(s, to_do, executor))
                to_do = s->fsm.resume({connect_input::kind::woken}, s->timer.now());
            if (to_do.what == connect_action::kind::complete) return complete(self, *s, to_do);
            s->timer.expires_at(to_do.until);
        }
        s->timer.async_wait(std::move(self));
    }

    /// Whether `to_do` is something that takes no time.
    template <class Executor1>
    static bool begin(const std::shared_ptr<state>& s, const connect_action& to_do,
                      const Executor1& executor) {
        switch (to_do.what) {
        case connect_action::kind::resolve: resolve(s, executor); return true;
        case connect_action::kind::connect: connect(s, to_do.address, executor); return true;
        case connect_action::kind::drop: s->sockets[to_do.address].reset(); return true;
        default: return false;
        }
    }

    template <class Executor1>
    static void resolve(const std::shared_ptr<state>& s, const Executor1& executor) {
        s->resolver.async_resolve(
            s->host, std::to_string(s->port), asio::ip::tcp::resolver::numeric_service,
            asio::bind_executor(executor, [s](error_code ec, const auto& results) {
                if (s->finished) return;
                std::vector<stream_endpoint> found;
                for (const auto& entry : results)
                    found.emplace_back(entry.endpoint());
                s->take(std::move(found));
                s->deliver({connect_input::kind::resolved, ec, s->endpoints.size()});
            }));
    }

    template <class Executor1>
    static void connect(const std::shared_ptr<state>& s, std::size_t address,
                        const Executor1& executor) {
        s->sockets[address].emplace(s->timer.get_executor());
        s->sockets[address]->async_connect(
            s->endpoints[address], asio::bind_executor(executor, [s, address](error_code ec) {
                if (s->finished || !s->sockets[address]) return;
                s->deliver({connect_input::kind::connected, ec, 0, address});
            }));
    }

    template <class Self>
    static void complete(Self& self, state& s, const connect_action& result) {
        s.finished = true;
        std::optional<typename state::transport_type> connection;
        if (result.ec) {
            s.resolver.cancel();
            connection.emplace(s.timer.get_executor());
        } else {
            auto& socket = *s.sockets[result.address];
            error_code ignored;
            if (s.options.no_delay && s.options.unix_socket.empty())
                socket.set_option(asio::ip::tcp::no_delay(true), ignored);
            connection.emplace(std::move(socket));
        }
        s.sockets.clear();
        self.complete(result.ec, std::move(*connection));
    }

    std::shared_ptr<state> state_;
    bool started_ = false;
};

} // namespace detail

/// Connects to `host`, a name or an IP address without brackets, and `port`: looks the name up,
/// unless it `is_localhost`, and races its addresses (RFC 8305).
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
