// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/any_handler.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/member_call.hpp>
#include <sse/net/parked_handler.hpp>
#include <sse/server/acceptor.hpp>
#include <sse/server/drain.hpp>
#include <sse/server/drain_gathering.hpp>
#include <sse/server/metrics.hpp>
#include <sse/server/options.hpp>
#include <sse/server/server.hpp>
#include <sse/server/server_core.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace sse {

/// A server on several threads: one `io_context` and one `server` for each. New connections go to
/// the thread that has the fewest, and stay there.
///
///     sse::server_pool pool(4, {.port = 8080});
///     pool.setup([&](sse::server& s) { s.get("/events", ...); });
///     if (sse::error_code ec = pool.listen()) ...
///     pool.run();
///
/// Handlers of a server run on its thread, several servers' at the same time: what they share has
/// to be safe for that, as `hub::publish` is. Limits of connections and streams hold for all
/// threads together. Lifetime: destroying the pool closes it, waits for its threads, and calls what
/// is still to be called on their executors.
/// Thread safety: `close`, `async_drain`, `metrics` and `executor` from any thread, once it
/// listens. The rest: unsafe.
///
/// `Context` is what runs a thread: it is made of a concurrency hint, and has `get_executor`,
/// `run`, `restart` and `poll`. A program that has no pool does not compile one.
template <class Context>
class basic_server_pool {
public:
    /// At least one thread.
    explicit basic_server_pool(std::size_t threads, server_options options = {}) {
        const auto admitted = std::make_shared<detail::admission>(options.limits);
        for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) {
            contexts_.push_back(std::make_unique<Context>(1));
            const auto executor = contexts_.back()->get_executor();
            work_.push_back(asio::make_work_guard(executor));
            cores_.push_back(std::make_shared<core_type>(executor, options, admitted));
            servers_.push_back(server(cores_.back()->state(), cores_.back()));
        }
        acceptor_ = std::make_shared<acceptor_type>(cores_);
    }
    basic_server_pool(const basic_server_pool&) = delete;
    basic_server_pool& operator=(const basic_server_pool&) = delete;
    ~basic_server_pool() {
        close();
        join();
        acceptor_->stop();
        call_rest();
    }

    /// Calls `f(server&)` for each of the servers, on this thread: to add routes and guards.
    template <class F>
    void setup(F&& f) {
        for (server& s : servers_)
            f(s);
    }

    /// Binds and begins to accept connections, which are served once the pool runs.
    /// Errors: as `server::listen`.
    [[nodiscard]] error_code listen() { return acceptor_->listen(); }

    /// Where it listens, with the port that was taken.
    [[nodiscard]] asio::ip::tcp::endpoint local_endpoint() const {
        return acceptor_->local_endpoint();
    }

    /// Starts the threads, which run until the pool is closed or drained.
    void start() {
        for (const auto& context : contexts_)
            threads_.emplace_back([&c = *context] { c.run(); });
    }

    /// Starts the threads and waits for their end.
    void run() {
        start();
        join();
    }

    /// Stops listening, closes all connections, and lets the threads end.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        stop_accepting();
        for (const auto& core : cores_)
            asio::post(core->state()->own_executor, detail::calls<&core_type::close>(core));
        let_end();
    }

    /// Drains all servers, as `server::async_drain` does one, and then lets the threads end.
    /// Completion signature: `void(error_code, drain_result)`, with the sums.
    /// Errors: as `server::async_drain`; `errc::closed` when the pool is closed or has been
    /// drained. Its threads may have ended then: a handler that is bound to no executor is called
    /// by the pool's destructor at the latest. Cancellation: not supported.
    template <class CompletionToken>
    auto async_drain(const drain_options& options, CompletionToken&& token) {
        return asio::async_initiate<CompletionToken, void(error_code, drain_result)>(
            initiate_drain{this}, token, options);
    }

    /// The sums over all threads.
    [[nodiscard]] server_metrics metrics() const noexcept {
        server_metrics sum;
        for (const server& s : servers_)
            sum += s.metrics();
        return sum;
    }

    /// The number of threads.
    [[nodiscard]] std::size_t size() const noexcept { return contexts_.size(); }
    /// That of a thread; `i` is below `size()`.
    [[nodiscard]] asio::any_io_executor executor(std::size_t i) const {
        return contexts_[i]->get_executor();
    }

private:
    using own_executor = typename Context::executor_type;
    using work_guards = std::vector<asio::executor_work_guard<own_executor>>;
    using core_type = detail::server_core<own_executor>;
    using acceptor_type = detail::acceptor<own_executor>;
    using drain_handler = detail::server_engine::drain_handler;

    struct initiate_drain {
        using executor_type = asio::any_io_executor;
        basic_server_pool* self;
        [[nodiscard]] executor_type get_executor() const noexcept { return self->executor(0); }
        template <class Handler>
        void operator()(Handler&& handler, const drain_options& options) const {
            self->drain(options, drain_handler(std::forward<Handler>(handler), get_executor()));
        }
    };

    void stop_accepting() {
        asio::post(executor(0), detail::calls<&acceptor_type::stop>(acceptor_));
    }

    void drain(const drain_options& options, drain_handler handler) {
        const std::lock_guard lock(mutex_);
        const bool draining = !drain_.expired();
        if (closed_ || draining) {
            return detail::basic_parked_handler<drain_result>::post(
                std::move(handler), draining ? errc::operation_in_progress : errc::closed, {});
        }
        closed_ = true;
        stop_accepting();
        const auto sum = std::make_shared<detail::drain_gathering<drain_handler>>(
            cores_.size(), std::move(handler));
        drain_ = sum;
        for (const auto& core : cores_) {
            const auto& ex = core->state()->own_executor;
            asio::post(ex, [core, options, sum, ex] {
                const auto done = [sum](error_code ec, drain_result r) { sum->add(ec, r); };
                core->drain(options, drain_handler(done, ex));
            });
        }
        let_end();
    }

    /// Under the lock. What is under way, posted functions included, keeps the threads running.
    void let_end() {
        for (auto& g : work_)
            g.reset();
    }

    /// What was posted where no thread ran any more, or none yet. It may be of another context.
    void call_rest() {
        for (std::size_t called = 1; called != 0;) {
            called = 0;
            for (const auto& context : contexts_) {
                context->restart();
                called += context->poll();
            }
        }
    }

    void join() {
        for (std::thread& t : threads_)
            t.join();
        threads_.clear();
    }

    std::vector<std::unique_ptr<Context>> contexts_;
    std::mutex mutex_;          // of the next three
    bool closed_ = false;       // or begun to drain
    std::weak_ptr<void> drain_; // the one under way
    work_guards work_;
    std::vector<std::shared_ptr<core_type>> cores_;
    std::vector<server> servers_;
    std::shared_ptr<acceptor_type> acceptor_;
    std::vector<std::thread> threads_;
};

using server_pool = basic_server_pool<asio::io_context>;

} // namespace sse
