// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/server/admission.hpp>
#include <sse/server/drain.hpp>
#include <sse/server/guard.hpp>
#include <sse/server/lone_server.hpp>
#include <sse/server/options.hpp>
#include <sse/server/reply.hpp>
#include <sse/server/request.hpp>
#include <sse/server/server_engine.hpp>
#include <sse/server/server_state.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
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

    /// `executor` may be of any type that an `any_io_executor` takes.
    template <class Executor>
    requires std::is_convertible_v<Executor, executor_type>
    explicit server(const Executor& executor, server_options options = {}) {
        const auto admitted = std::make_shared<detail::admission>(options.limits);
        const auto made =
            std::make_shared<detail::lone_server<Executor>>(executor, std::move(options), admitted);
        state_ = made->state();
        engine_ = made;
    }
    template <class ExecutionContext>
    requires std::is_convertible_v<ExecutionContext&, asio::execution_context&>
    explicit server(ExecutionContext& context, server_options options = {})
        : server(context.get_executor(), std::move(options)) {}

    server(server&&) noexcept = default;
    server& operator=(server&&) = delete;
    ~server() {
        if (engine_) close();
    }

    [[nodiscard]] executor_type get_executor() const { return state_->executor; }

    /// Adds a route. In `path` a segment `{name}` stands for one segment, a last `*` for the rest.
    void route(std::string_view method, std::string_view path, request_handler handler) {
        state_->routes.add(method, path);
        state_->handlers.push_back(std::make_shared<const request_handler>(std::move(handler)));
    }
    /// Adds a route for GET, and for HEAD where that has none of its own.
    void get(std::string_view path, request_handler handler) {
        route("GET", path, std::move(handler));
    }
    /// Adds a route for POST.
    void post(std::string_view path, request_handler handler) {
        route("POST", path, std::move(handler));
    }

    /// Lets `handler` decide on all requests that fit `path` (as in `route`; every method) and have
    /// a route, before that is taken. Several are asked in the order they were added.
    void guard(std::string_view path, guard_handler handler) {
        state_->guards.emplace_back(path, std::move(handler));
    }
    /// Lets `handler` decide on all requests that have a route.
    void guard(guard_handler handler) { guard("", std::move(handler)); }

    /// Binds and begins to accept connections.
    /// Errors: those of the system, such as `address_in_use`; `errc::tls_misconfigured`. For a
    /// server of a `server_pool` `errc::operation_in_progress`: the pool listens.
    [[nodiscard]] error_code listen() { return engine_->listen(); }

    /// Where it listens, with the port that was taken.
    [[nodiscard]] asio::ip::tcp::endpoint local_endpoint() const {
        return engine_->local_endpoint();
    }

    /// Takes no new connections, and lets those there are end behind their answer or stream.
    /// Completes when none is left, or at the limit, when the rest was cut. One at a time.
    /// Completion signature: `void(error_code, drain_result)`.
    /// Errors: `errc::draining` when connections had to be cut; `errc::closed`;
    /// `errc::operation_in_progress` while it drains already.
    /// Cancellation: ends the wait; the server stays as it is.
    template <class CompletionToken>
    auto async_drain(const drain_options& options, CompletionToken&& token) {
        return asio::async_initiate<CompletionToken, void(error_code, drain_result)>(
            initiate_drain{engine_, get_executor()}, token, options);
    }

    /// Stops listening and closes all connections.
    void close() { engine_->close(); }

    /// Thread safety: from any thread.
    [[nodiscard]] server_metrics metrics() const noexcept { return state_->counters.read(); }

private:
    template <class>
    friend class basic_server_pool;

    struct initiate_drain {
        using executor_type = asio::any_io_executor;
        std::shared_ptr<detail::server_engine> engine;
        executor_type executor;
        [[nodiscard]] executor_type get_executor() const noexcept { return executor; }
        template <class Handler>
        void operator()(Handler&& handler, const drain_options& options) const {
            engine->drain(options, detail::server_engine::drain_handler(
                                       std::forward<Handler>(handler), executor));
        }
    };

    /// One of a pool, which listens for it.
    server(std::shared_ptr<detail::server_state> state,
           std::shared_ptr<detail::server_engine> engine) noexcept
        : state_(std::move(state)), engine_(std::move(engine)) {}

    std::shared_ptr<detail::server_state> state_;
    std::shared_ptr<detail::server_engine> engine_;
};

} // namespace sse
