// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/server/acceptor.hpp>
#include <sse/server/options.hpp>
#include <sse/server/reply.hpp>
#include <sse/server/request.hpp>
#include <sse/server/server_state.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sse {

/// An HTTP/1.1 server for event streams and what goes with them: short answers, small request
/// bodies.
///
///     sse::server server(ctx.get_executor(), {.port = 8080});
///     server.get("/hello", [](const sse::request&, sse::reply re) {
///         re.send({.body = "hello\n"});
///     });
///     if (sse::error_code ec = server.listen()) ...
///     ctx.run();
///
/// Requests are judged by RFC 9112 before they are routed; what is wrong is answered and the
/// connection closed. Handlers run on the executor, which must not run two of them at a time: that
/// of an `io_context` with one thread, or a strand. Lifetime: destroying the server closes it.
/// Thread safety: distinct objects: safe. Shared objects: unsafe.
class server {
public:
    using executor_type = asio::any_io_executor;

    explicit server(const executor_type& executor, server_options options = {})
        : acceptor_(std::make_shared<detail::acceptor>(executor, std::move(options))) {}
    server(server&&) noexcept = default;
    server& operator=(server&&) = delete;
    ~server() {
        if (acceptor_) acceptor_->close();
    }

    [[nodiscard]] executor_type get_executor() const { return acceptor_->state().executor; }

    /// Adds a route. In `path` a segment `{name}` stands for one segment, a last `*` for the rest.
    void route(std::string_view method, std::string_view path, request_handler handler) {
        acceptor_->state().routes.add(method, path);
        acceptor_->state().handlers.push_back(std::move(handler));
    }
    /// Adds a route for GET, and for HEAD where that has none of its own.
    void get(std::string_view path, request_handler handler) {
        route("GET", path, std::move(handler));
    }
    /// Adds a route for POST.
    void post(std::string_view path, request_handler handler) {
        route("POST", path, std::move(handler));
    }

    /// Binds and begins to accept connections.
    /// Errors: those of the system, such as `address_in_use`.
    [[nodiscard]] error_code listen() { return acceptor_->listen(); }

    /// Where it listens, with the port that was taken.
    [[nodiscard]] asio::ip::tcp::endpoint local_endpoint() const {
        return acceptor_->local_endpoint();
    }

    /// Takes no new connections, and lets those there are end behind their answer or stream.
    /// Completes when none is left, or after `limit`, when the rest was cut. One at a time.
    /// Completion signature: `void(error_code)`.
    /// Errors: `errc::draining` when connections had to be cut.
    /// Cancellation: ends the wait; the server stays as it is.
    template <class CompletionToken>
    auto async_drain(std::chrono::milliseconds limit, CompletionToken&& token) {
        return asio::async_initiate<CompletionToken, void(error_code)>(initiate_drain{acceptor_},
                                                                       token, limit);
    }

    /// Stops listening and closes all connections.
    void close() { acceptor_->close(); }

    [[nodiscard]] const server_metrics& metrics() const noexcept {
        return acceptor_->state().metrics;
    }

private:
    struct initiate_drain {
        using executor_type = asio::any_io_executor;
        std::shared_ptr<detail::acceptor> self;
        [[nodiscard]] executor_type get_executor() const noexcept { return self->state().executor; }
        template <class Handler>
        void operator()(Handler&& handler, std::chrono::milliseconds limit) const {
            self->drain(limit, net::wait_handler(std::forward<Handler>(handler), get_executor()));
        }
    };

    std::shared_ptr<detail::acceptor> acceptor_;
};

} // namespace sse
