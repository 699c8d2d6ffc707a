// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/early_response.hpp>
#include <sse/client/open_options.hpp>
#include <sse/client/receive_timer.hpp>
#include <sse/client/source_core.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/open.hpp>
#include <sse/net/timer.hpp>
#include <sse/text/error.hpp>
#include <sse/text/event.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace sse::detail {

/// An event source's shared part: the core, with the I/O objects that move its bytes. A receive
/// under way keeps it alive. What is outstanding at a time, whichever operation it is, is ended
/// through one signal: by its deadline, `close`, `restart`, or the user's own cancellation slot.
template <class Executor, class Net>
class source_state : public std::enable_shared_from_this<source_state<Executor, Net>> {
public:
    using executor_type = Executor;
    using transport = typename Net::transport;
    using core_type = source_core<decltype(std::declval<typename Net::timer&>().now())>;
    using kind = connection_action::kind;
    using input = connection_input::kind;

    source_state(const Executor& executor, std::string_view url, event_source_options options,
                 Net net)
        : executor_(executor), net_(std::move(net)),
          core_(std::make_shared<core_type>(url, std::move(options))),
          timer_(net_.make_timer(executor)) {}

    [[nodiscard]] const Executor& executor() const noexcept { return executor_; }
    [[nodiscard]] core_type& core() noexcept { return *core_; }
    [[nodiscard]] const std::shared_ptr<core_type>& shared_core() const noexcept { return core_; }
    [[nodiscard]] net::time_point now() const { return timer_.now(); }

    /// Takes an event that needs no I/O, unless a receive is under way.
    [[nodiscard]] bool try_receive(event& into) {
        if (busy_) return false;
        core_type& core = *core_;
        const auto alive = core.feed().has_hooks() ? core_ : nullptr; // one may destroy the source
        return core.try_receive(into);
    }

    /// A receive begins, unless there is one.
    [[nodiscard]] bool begin() noexcept {
        if (std::exchange(busy_, true)) return false;
        cancelled_ = false;
        if (!work_) work_.emplace(executor_);
        return true;
    }

    /// Lets the user cancel the receive by `slot`, until he clears that.
    void cancel_by(asio::cancellation_slot slot) {
        if (!slot.is_connected()) return;
        slot.assign([state = this->weak_from_this()](asio::cancellation_type type) {
            const auto s = state.lock();
            if (s && type != asio::cancellation_type::none) s->cancel_receive();
        });
    }
    void cancel_receive() {
        cancelled_ = true;
        interrupt();
    }
    [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }

    /// What ends whatever is outstanding.
    [[nodiscard]] asio::cancellation_slot slot() noexcept { return signal_.slot(); }

    /// The receive ends. The wait for its deadline, and what keeps the executor busy, are left to
    /// the next one until `rest`.
    void end() {
        busy_ = false;
        timer_.forget();
        if (!core_->fsm().readable()) disconnect();
    }

    /// The handler of a receive has returned, and has started the next one or not.
    void rest() {
        if (busy_) return;
        timer_.disarm();
        work_.reset();
    }

    /// What to do after the operation `done` ended with `ec`.
    [[nodiscard]] connection_action resume(kind done, error_code ec, std::size_t size) {
        signal_.slot().clear();
        const bool late = timer_.take_late();
        const net::time_point at = now();
        if (done == kind::prepare) core_->requests().unwatch();
        if (done == kind::send) ec = end_watch(ec);
        if (core_->take_restarted()) return core_->resume({.what = input::receive}, at);
        if (done == kind::read && !ec) core_->feed().fill(size, at);
        if (cancelled_ && !is_final(done, ec)) return core_->resume({.what = input::cancelled}, at);
        if (late && ec == asio::error::operation_aborted)
            return core_->resume({.what = input::timeout}, at);
        switch (done) {
        case kind::prepare:
            return core_->resume(
                {.what = ec || core_->requests().answered() ? input::receive : input::timeout}, at);
        case kind::wait: return core_->resume({.what = input::elapsed}, at);
        case kind::send: return sent(ec, at);
        case kind::connect: return finished(input::connected, ec, at);
        default: break;
        }
        if (ec == asio::error::eof) return core_->finish(at);
        return ec ? finished(input::failed, ec, at) : core_->parse(at);
    }

    [[nodiscard]] connection_action connected(error_code ec, transport connection) {
        if (!ec && core_->fsm().ready_state() != ready_state::closed)
            transport_.emplace(std::move(connection));
        return resume(kind::connect, ec, 0);
    }

    template <class Handler>
    void connect(Handler&& handler) {
        disconnect();
        const http::url& url = core_->url();
        net::async_open(net_, executor_, url.host, url.port, open_options_of(*core_),
                        std::forward<Handler>(handler));
    }

    template <class Handler>
    void send(Handler&& handler) {
        const std::string_view request = core_->requests().text();
        if (core_->requests().has_body()) {
            early_.begin(core_->feed().buffer());
            watch_response(asio::get_associated_executor(handler, executor_));
        }
        transport_->async_write(asio::const_buffer(request.data(), request.size()),
                                std::forward<Handler>(handler));
    }

    template <class Handler>
    void read(Handler&& handler) {
        transport_->async_read_some(core_->feed().buffer(), std::forward<Handler>(handler));
    }

    /// What a receive without an event does. Behind a read that left no room it reads at once.
    [[nodiscard]] connection_action go_on() {
        const connection_action action = core_->receive(now());
        if (action.what != kind::read || !core_->feed().expects_more()) return action;
        error_code ec;
        const std::size_t size = transport_->read_some(core_->feed().buffer(), ec);
        return ec == asio::error::would_block ? action : resume(kind::read, ec, size);
    }

    template <class Handler>
    void wait(Handler&& handler) {
        disconnect();
        timer_.wait(std::forward<Handler>(handler));
    }

    /// Sets the deadline of what comes next, or the end of the wait. Handlers run on `op`'s
    /// executor.
    template <class Operation>
    void arm(const connection_action& action, const Operation& op) {
        if (action.what == kind::wait || action.what == kind::prepare) {
            timer_.wait_until(action.until);
            if (action.what == kind::prepare) watch_draft(op.get_executor());
        } else if (timer_.limit(action.until)) {
            watch(op.get_executor());
        }
    }

    void close() {
        core_->close();
        cut();
    }

    void restart() {
        core_->restart();
        cut();
    }

private:
    using timer = receive_timer<typename Net::timer>;

    /// Whether what happened in the moment of a cancellation has to be acted upon all the same,
    /// since it does not come again: how the connection broke, and that the request is out.
    [[nodiscard]] static bool is_final(kind done, error_code ec) {
        return ec ? ec != asio::error::operation_aborted : done == kind::send;
    }

    [[nodiscard]] connection_action finished(input success, error_code ec, net::time_point at) {
        return core_->resume({.what = ec ? input::failed : success, .error = ec}, at);
    }

    /// Ends the wait, which is about to begin, when the user answers, on whatever thread.
    template <class Executor1>
    void watch_draft(const Executor1& executor) {
        const std::shared_ptr<request_draft>& draft = core_->requests().draft();
        auto wake = [w = this->weak_from_this(), d = std::weak_ptr(draft), executor] {
            asio::post(executor, [w, d] {
                const auto state = w.lock();
                const auto answered = d.lock();
                if (state && answered && answered->unwatch()) state->interrupt();
            });
        };
        if (!draft->watch(std::move(wake))) timer_.wait_until(now());
    }

    /// Looks out for a response while the body is written. Handlers run on `executor`.
    template <class Executor1>
    void watch_response(const Executor1& executor) {
        auto seen = [w = this->weak_from_this(), executor, round = early_.round()](error_code ec) {
            const auto state = w.lock();
            if (ec || !state || !state->transport_ || state->early_.round() != round) return;
            switch (state->early_.take(*state->transport_)) {
            case early_response::verdict::wait: return state->watch_response(executor);
            case early_response::verdict::go_on: return;
            case early_response::verdict::refused: return state->interrupt();
            }
        };
        transport_->async_wait_readable(asio::bind_cancellation_slot(
            early_signal_.slot(), asio::bind_executor(executor, std::move(seen))));
    }

    /// The request was written, or not. What the write came to, but for a response that is there.
    [[nodiscard]] error_code end_watch(error_code ec) {
        if (!core_->requests().has_body()) return ec;
        early_signal_.emit(asio::cancellation_type::terminal);
        early_.end();
        if (ec && ec != asio::error::operation_aborted && transport_) early_.take(*transport_);
        return early_.refused() ? error_code() : ec;
    }

    [[nodiscard]] connection_action sent(error_code ec, net::time_point at) {
        const connection_action next = finished(input::sent, ec, at);
        const std::size_t size = core_->requests().has_body() ? early_.size() : 0;
        if (next.what != kind::read || size == 0) return next;
        core_->feed().fill(size, at);
        return core_->parse(at);
    }

    template <class Executor1>
    void watch(const Executor1& executor) {
        timer_.watch([&](std::size_t round) {
            return asio::bind_executor(
                executor, [state = this->shared_from_this(), round, executor](const error_code&) {
                    state->expired(round, executor);
                });
        });
    }

    template <class Executor1>
    void expired(std::size_t round, const Executor1& executor) {
        const auto verdict = timer_.expired(round, alive_until());
        if (verdict == timer::verdict::watch) watch(executor);
        if (verdict == timer::verdict::late) interrupt();
    }

    /// The idle timeout counts from every byte: also from one that could not be read yet, as it is
    /// within a TLS record.
    [[nodiscard]] net::time_point alive_until() {
        const bool is_open = core_->fsm().ready_state() == ready_state::open;
        if (!is_open || !transport_ || !transport_->stream()) return {};
        const auto last = transport_->stream()->last_received();
        return net::saturated_add(last, core_->options().timeouts.idle);
    }

    void interrupt() { signal_.emit(asio::cancellation_type::terminal); }

    /// Ends what is outstanding, and the connection.
    void cut() {
        const auto alive = this->shared_from_this();
        timer_.disarm();
        interrupt();
        disconnect();
    }

    void disconnect() {
        if (transport_) transport_->close();
        transport_.reset();
    }

    Executor executor_;
    Net net_;
    std::shared_ptr<core_type> core_;
    timer timer_;
    std::optional<asio::executor_work_guard<Executor>> work_; ///< while a receive is under way
    std::optional<transport> transport_;
    asio::cancellation_signal signal_;
    early_response early_;
    asio::cancellation_signal early_signal_; ///< ends the wait for it
    bool busy_ = false;                      ///< a receive is under way
    bool cancelled_ = false;                 ///< the user does not want it any more
};

} // namespace sse::detail
