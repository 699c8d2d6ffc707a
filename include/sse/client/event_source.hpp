// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/counters.hpp>
#include <sse/client/event_batch.hpp>
#include <sse/client/options.hpp>
#include <sse/client/ready_state.hpp>
#include <sse/client/receive_op.hpp>
#include <sse/client/receive_result.hpp>
#include <sse/client/source_state.hpp>
#include <sse/http/url.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/socket_net.hpp>
#include <sse/text/error.hpp>
#include <sse/text/event.hpp>

#include <chrono>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sse {

/// Receives the events of one URL, connecting and reconnecting as it must: HTML's EventSource
/// (9.2), pulled.
///
///     sse::event_source source(executor, "http://localhost:8080/events/demo");
///     source.async_receive([](sse::error_code ec, sse::event e) { ... });
///
/// Nothing happens while no receive is under way: no byte is read that nobody asked for, so the
/// peer is slowed down by the network itself. There is one receive at a time; a second one
/// completes with `errc::operation_in_progress`.
///
/// Network errors, protocol errors and clean ends of the stream lead to another attempt within the
/// receive, by `event_source_options::reconnect`; the last event id goes along. Errors that
/// complete a receive are for good, and complete every later one too; only cancellation is not.
///
/// `Net` is where connections and time come from: sockets, or a test's.
/// Lifetime: may be destroyed at any time, which does as `close()` does.
/// Thread safety: distinct objects: safe. Shared objects: unsafe; calls, handlers and hooks of one
/// source have to be on one (implicit) strand.
template <class Executor = asio::any_io_executor, class Net = net::basic_socket_net<Executor>>
class basic_event_source {
public:
    using executor_type = Executor;
    using net_type = Net;

    /// The source type whose default completion token is that of `Executor1`.
    template <class Executor1>
    struct rebind_executor {
        using other = basic_event_source<
            Executor1, std::conditional_t<std::is_same_v<Net, net::basic_socket_net<Executor>>,
                                          net::basic_socket_net<Executor1>, Net>>;
    };

    /// A source that has not connected yet. What is wrong with `url` or `options` completes the
    /// first receive.
    basic_event_source(const executor_type& executor, std::string_view url,
                       event_source_options options = {}, Net net = {})
        : state_(std::make_shared<state>(executor, url, std::move(options), std::move(net))) {}

    template <class ExecutionContext>
    requires std::is_convertible_v<ExecutionContext&, asio::execution_context&>
    basic_event_source(ExecutionContext& context, std::string_view url,
                       event_source_options options = {}, Net net = {})
        : basic_event_source(executor_type(context.get_executor()), url, std::move(options),
                             std::move(net)) {}

    basic_event_source(basic_event_source&&) noexcept = default;
    basic_event_source& operator=(basic_event_source&& other) noexcept {
        basic_event_source(std::move(other)).state_.swap(state_);
        return *this;
    }

    ~basic_event_source() {
        if (state_) state_->close();
    }

    [[nodiscard]] executor_type get_executor() const { return state_->executor(); }

    /// Receives the next event, owned.
    /// Completes when an event is there, or none will ever be. Where the handler of a receive
    /// starts the next one and its event is there already, the handler is called as soon as it has
    /// returned, up to 32 times in a row.
    /// Completion signature: `void(error_code, event)`.
    /// Errors: `errc::operation_in_progress`; `operation_aborted` after cancellation; for good:
    /// `errc::closed`, `no_content`, `unexpected_status`, `bad_content_type`, `bad_redirect`,
    /// `too_many_redirects`, `attempts_exhausted`, `invalid_url`, `tls_unavailable`,
    /// `tls_misconfigured`, `proxy_unauthorized`,
    /// `bad_start_line` and `bad_field` for a request that cannot be written, those of
    /// `overflow_action::fail`, and with `finish` whatever ended the stream.
    /// Cancellation: terminal, partial and total. The source stays usable and loses nothing:
    /// the next receive goes on with the open connection or what is left of the delay. Only
    /// what had not sent its request yet begins anew.
    template <class CompletionToken = asio::default_completion_token_t<executor_type>>
    auto
    async_receive(CompletionToken&& token = asio::default_completion_token_t<executor_type>()) {
        return asio::async_initiate<CompletionToken, void(error_code, event)>(
            initiate<detail::owned_result>{state_}, token);
    }

    /// Receives the next event into `into`, whose memory is used again: in a steady state nothing
    /// is allocated for it. With `try_receive` behind it, the cheapest way to own events:
    ///
    ///     sse::event e;
    ///     for (;;) {
    ///         co_await source.async_receive(e, asio::use_awaitable);
    ///         do use(e); while (source.try_receive(e));
    ///     }
    ///
    /// Completes as `async_receive` above, and with the same errors and cancellation.
    /// Completion signature: `void(error_code)`; with an error, `into` is as it was.
    /// Lifetime: `into` has to stay until the handler is called.
    template <class CompletionToken = asio::default_completion_token_t<executor_type>>
    auto
    async_receive(event& into,
                  CompletionToken&& token = asio::default_completion_token_t<executor_type>()) {
        return asio::async_initiate<CompletionToken, void(error_code)>(
            initiate<detail::placed_result>{state_, {&into}}, token);
    }

    /// Takes the next event into `into` where it has arrived already: bytes that were read, but
    /// not handed out yet. Reads nothing, and never waits. False, and `into` as it was, where no
    /// whole event is left, and while a receive is under way, whose event it is; errors and the end
    /// of a stream are left to the next receive.
    ///
    /// Counts as a receive: the order of events is the same whichever forms take turns, a batch
    /// ends with it, and `on_last_event_id` is called for the event before. That hook and
    /// `on_comment`, `on_retry` and `on_skip` are called inside this function.
    [[nodiscard]] bool try_receive(event& into) { return state_->try_receive(into); }

    /// Receives all events that one read brings, borrowed.
    /// Completes as `async_receive`, and with the same errors and cancellation.
    /// Completion signature: `void(error_code, event_batch)`.
    /// Lifetime: see `event_batch`. Events of it that were not reached come with the next
    /// receive.
    template <class CompletionToken = asio::default_completion_token_t<executor_type>>
    auto async_receive_batch(
        CompletionToken&& token = asio::default_completion_token_t<executor_type>()) {
        return asio::async_initiate<CompletionToken, void(error_code, event_batch)>(
            initiate<detail::batch_result>{state_}, token);
    }

    /// Ends the source for good and its connection at once. A receive under way completes with
    /// `errc::closed`, as every later one does.
    void close() { state_->close(); }

    /// Drops the connection, the rest of a delay, and an error that ended the source: the
    /// receive under way, or the next one, connects at once where the permanent redirects led,
    /// with the last event id. No error is reported for it. Does nothing after `close()`.
    void restart() { state_->restart(); }

    /// What the source is doing; `open` from the response's head on.
    [[nodiscard]] sse::ready_state ready_state() const {
        return state_->core().fsm().ready_state();
    }

    /// The last event id of what was handed out. Valid until the next receive.
    [[nodiscard]] std::string_view last_event_id() const { return state_->core().last_event_id(); }

    /// The delay before a reconnection, without growth and jitter.
    [[nodiscard]] std::chrono::milliseconds reconnection_time() const {
        return state_->core().reconnection_time();
    }

    /// What the source has done so far.
    [[nodiscard]] event_source_counters counters() const {
        return state_->core().feed().counters();
    }

    /// Where the source is connected or connects to, redirects included: `url().origin()` is
    /// the origin of the events. Holds no credentials.
    [[nodiscard]] const http::url& url() const { return state_->core().url(); }

private:
    using state = detail::source_state<Executor, Net>;

    template <class Result>
    struct initiate {
        using executor_type = Executor;
        std::shared_ptr<state> source;
        Result result{};

        [[nodiscard]] executor_type get_executor() const { return source->executor(); }

        /// A handler whose executor keeps no order, as the one of `use_future` does, gets that of
        /// the source.
        template <class Handler>
        void operator()(Handler&& handler) const {
            using own = asio::associated_executor_t<std::decay_t<Handler>, Executor>;
            if constexpr (std::is_same_v<own, Executor>) {
                start(std::forward<Handler>(handler));
            } else {
                if constexpr (std::is_convertible_v<own, asio::any_io_executor>) {
                    const own executor = asio::get_associated_executor(handler, get_executor());
                    if (!is_of_system(executor)) return start(std::forward<Handler>(handler));
                }
                std::decay_t<Handler> moved(std::forward<Handler>(handler));
                start(rebound(get_executor(), std::move(moved)));
            }
        }

        template <class Handler>
        static auto rebound(const Executor& executor, Handler&& handler) {
            return asio::bind_executor(executor, std::move(handler));
        }
        /// Asio 1.22 does not compile one around another of a different type.
        template <class Handler, class Other>
        static auto rebound(const Executor& executor,
                            asio::executor_binder<Handler, Other>&& handler) {
            return rebound(executor, std::move(handler.get()));
        }

        static bool is_of_system(const asio::any_io_executor& executor) {
            const asio::execution_context& system =
                asio::query(asio::system_executor(), asio::execution::context);
            return &asio::query(executor, asio::execution::context) == &system;
        }

        template <class Handler>
        void start(Handler&& handler) const {
            std::decay_t<Handler> own(std::forward<Handler>(handler));
            detail::receive_op<state, Result, std::decay_t<Handler>>::initiate(source, result, own);
        }
    };

    std::shared_ptr<state> state_;
};

/// An event source for any executor.
using event_source = basic_event_source<>;

} // namespace sse
