// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/backoff.hpp>
#include <sse/client/connection_action.hpp>
#include <sse/client/options.hpp>
#include <sse/client/ready_state.hpp>
#include <sse/client/redirect.hpp>
#include <sse/client/verdict.hpp>
#include <sse/http/response_head.hpp>
#include <sse/http/url.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>
#include <sse/text/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace sse::detail {

/// The algorithm of an event source, without I/O: when to connect, where to, what a response
/// means, when to try again and when to give up. HTML, 9.2.3, and what is above it.
/// `TimePoint`: see `source_core`.
template <class TimePoint = net::time_point>
class connection_fsm {
public:
    using time_point = TimePoint;
    using kind = connection_action::kind;
    using milliseconds = std::chrono::milliseconds;

    connection_fsm(const event_source_options& options, request_target start)
        : timeouts_(options.timeouts),
          tls_error_(options.tls ? options.tls->error() : errc::tls_unavailable),
          overflow_(options.limits.overflow), finish_(options.finish), backoff_(options.reconnect),
          redirects_(std::move(start), options.redirects) {}

    /// What to do after `in` at `now`.
    [[nodiscard]] connection_action resume(const connection_input& in, time_point now) {
        using input = connection_input::kind;
        if (state_ == state::ended) return {.what = kind::complete, .error = reason_};
        switch (in.what) {
        case input::receive: return begin(now);
        case input::prepared: return connect(now);
        case input::connected:
            state_ = state::sending;
            head_until_ = after(now, timeouts_.head);
            return {.what = kind::send, .until = head_until_};
        case input::sent: state_ = state::head; return read(now);
        case input::read: return read(now);
        case input::head: return judged(*in.head, now);
        case input::failed: return failed(in.error, now);
        case input::timeout: return failed(timeout_error(), now);
        case input::decided: return decided(in.delay, now);
        case input::elapsed: return prepare(now);
        case input::cancelled: break;
        }
        if (state_ == state::connecting || state_ == state::sending) state_ = state::idle;
        return {.what = kind::complete, .error = asio::error::operation_aborted};
    }

    /// The attempt goes to `url`, by the user's wish.
    void retarget(http::url url) { redirects_.retarget(std::move(url)); }

    /// The request that `connect` asked for cannot be written.
    [[nodiscard]] connection_action refused(error_code error) { return fatal(error); }

    /// Ends everything for good; `resume` only says `complete` from now on.
    void close(error_code reason) {
        end(reason);
        final_ = true;
    }

    /// Forgets the connection and every failure: the next `receive` connects at once. Not after
    /// `close`: false.
    bool restart() {
        if (final_) return false;
        state_ = state::idle;
        backoff_.succeeded();
        redirects_.restart();
        return true;
    }

    /// The server set the reconnection time.
    void retry(milliseconds time) { backoff_.retry(time); }
    /// An event was parsed.
    void delivered() noexcept { backoff_.delivered(); }

    [[nodiscard]] sse::ready_state ready_state() const noexcept {
        return state_ == state::ended  ? sse::ready_state::closed
               : state_ == state::body ? sse::ready_state::open
                                       : sse::ready_state::connecting;
    }
    /// Whether a connection is there that a cancelled receive has left for the next one.
    [[nodiscard]] bool readable() const noexcept {
        return state_ == state::head || state_ == state::body;
    }
    [[nodiscard]] const request_target& target() const noexcept { return redirects_.current(); }
    [[nodiscard]] milliseconds reconnection_time() const noexcept {
        return backoff_.reconnection_time();
    }
    [[nodiscard]] std::size_t attempts() const noexcept { return backoff_.attempts(); }
    [[nodiscard]] error_code last_error() const noexcept { return last_error_; }

private:
    enum class state { idle, preparing, connecting, sending, head, body, deciding, waiting, ended };

    [[nodiscard]] static time_point after(time_point now, milliseconds limit) {
        return limit > milliseconds{0} ? net::saturated_add(now, limit) : time_point::max();
    }

    /// An error of the parser, rather than of HTTP or the network.
    [[nodiscard]] static bool is_text(errc e) noexcept {
        return e >= errc::line_too_long && e <= errc::invalid_utf8;
    }

    void end(error_code reason) {
        state_ = state::ended;
        reason_ = reason;
    }

    [[nodiscard]] connection_action begin(time_point now) {
        if (readable()) return read(now);
        if (state_ == state::waiting) return {.what = kind::wait, .until = wake_};
        if (state_ == state::preparing) return {.what = kind::prepare, .until = prepare_until_};
        return prepare(now);
    }

    [[nodiscard]] connection_action prepare(time_point now) {
        redirects_.restart();
        backoff_.started(now);
        state_ = state::preparing;
        prepare_until_ = after(now, timeouts_.request);
        return {.what = kind::prepare, .until = prepare_until_};
    }

    [[nodiscard]] connection_action connect(time_point now) {
        if (target().url.secure() && tls_error_) return fatal(tls_error_);
        state_ = state::connecting;
        return {.what = kind::connect, .until = after(now, timeouts_.connect)};
    }

    [[nodiscard]] connection_action read(time_point now) const {
        return {.what = kind::read,
                .until = state_ == state::body ? after(now, timeouts_.idle) : head_until_};
    }

    [[nodiscard]] connection_action judged(const http::response_head& head, time_point now) {
        switch (judge(head.status, head.headers)) {
        case verdict::accept:
            state_ = state::body;
            backoff_.opened(now);
            return {.what = kind::open};
        case verdict::redirect: {
            const errc e = redirects_.follow(head.status, head.headers.find("Location"));
            return e == errc::success ? connect(now) : fatal(e);
        }
        case verdict::no_content: return fatal(errc::no_content);
        case verdict::bad_type: return fatal(errc::bad_content_type);
        case verdict::bad_status: break;
        }
        const auto& retries = backoff_.policy().retry_status;
        if (!retries || !retries(head.status)) return fatal(errc::unexpected_status);
        return failed(errc::unexpected_status, now,
                      retry_after(head.headers, std::chrono::system_clock::now()));
    }

    [[nodiscard]] connection_action failed(error_code error, time_point now,
                                           milliseconds retry_after = {}) {
        const bool overflow = is_text(to_errc(error)) && overflow_ == overflow_action::fail;
        if (state_ == state::body && (finish_ || overflow)) return fatal(error);
        // Wrong credentials again and again may lock their owner out.
        if (error == errc::proxy_unauthorized) return fatal(error);
        const bool cleanly = error == errc::end_of_stream;
        const auto delay = backoff_.ended(now, cleanly, retry_after);
        reason_ = delay ? error_code{} : error_code(errc::attempts_exhausted);
        return report(error, delay);
    }

    [[nodiscard]] connection_action fatal(error_code error) {
        reason_ = error;
        return report(error, std::nullopt);
    }

    [[nodiscard]] connection_action report(error_code error, std::optional<milliseconds> delay) {
        const state before = std::exchange(state_, state::deciding);
        last_error_ = error;
        return {.what = kind::report,
                .error = error,
                .delay = delay,
                .connected = before != state::connecting && before != state::preparing};
    }

    [[nodiscard]] connection_action decided(std::optional<milliseconds> delay, time_point now) {
        if (!delay) {
            end(reason_ ? reason_ : last_error_);
            return {.what = kind::complete, .error = reason_};
        }
        state_ = state::waiting;
        wake_ = net::saturated_add(now, std::max(*delay, milliseconds{0}));
        return {.what = kind::wait, .until = wake_};
    }

    [[nodiscard]] error_code timeout_error() const {
        return state_ == state::preparing    ? errc::request_timeout
               : state_ == state::connecting ? errc::connect_timeout
               : state_ == state::body       ? errc::idle_timeout
                                             : errc::head_timeout;
    }

    event_source_timeouts timeouts_;
    error_code tls_error_; ///< why https is out of the question
    overflow_action overflow_;
    bool finish_;
    bool final_ = false;
    backoff<time_point> backoff_;
    redirect_chain redirects_;
    state state_ = state::idle;
    error_code reason_;     ///< why it has ended, or will unless the user decides otherwise
    error_code last_error_; ///< of the attempt before
    time_point prepare_until_ = time_point::max();
    time_point head_until_ = time_point::max();
    time_point wake_{};
};

} // namespace sse::detail
