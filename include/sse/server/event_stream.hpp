// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/net/any_handler.hpp>
#include <sse/net/asio.hpp>
#include <sse/server/stream_buffer.hpp>
#include <sse/text/event.hpp>
#include <sse/text/serializer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace sse {

/// How a handler opens an event stream.
struct event_stream_options {
    http::fields headers{};                      ///< besides those that every stream has
    std::size_t buffer = std::size_t{256} << 10; ///< bytes that `try_send` takes ahead of the peer
    /// Bytes of a comment that goes out at once behind the head, for what holds back the first
    /// bytes of an answer until there are enough of them; 2048 is usual. 0: none.
    std::size_t padding = 0;
};

/// One open response, to which events are sent. Events go out whole, in the order of the calls.
///
///     auto stream = reply.stream();
///     stream.async_send({.type = "tick", .data = "42"}, [](sse::error_code ec) { ... });
///
/// The stream ends when this object is closed or destroyed: what was taken is still sent.
/// Thread safety: distinct objects: safe. Shared objects: unsafe; all on the server's strand.
class event_stream {
public:
    using executor_type = asio::any_io_executor;

    explicit event_stream(std::shared_ptr<detail::stream_buffer> buffer) noexcept
        : buffer_(std::move(buffer)) {}
    event_stream(event_stream&&) noexcept = default;
    event_stream& operator=(event_stream&& other) noexcept {
        event_stream(std::move(other)).buffer_.swap(buffer_);
        return *this;
    }
    ~event_stream() { close(); }

    [[nodiscard]] executor_type get_executor() const { return buffer_->executor(); }
    [[nodiscard]] bool is_open() const noexcept { return buffer_ && buffer_->is_open(); }

    /// Sends an event; completes when the last of it has gone to the kernel. One at a time.
    /// Completion signature: `void(error_code)`.
    /// Errors: `errc::invalid_field`, `errc::closed`, `errc::operation_in_progress`: nothing is
    /// taken then; `errc::write_timeout`; those of the system when the peer is gone.
    /// Cancellation: ends the wait; the event is sent nevertheless.
    /// Lifetime: `e` has to stay valid during this call only.
    template <class CompletionToken>
    auto async_send(const event_view& e, CompletionToken&& token) {
        const errc failed = buffer_->sent.waits()
                                ? errc::operation_in_progress
                                : append([&e](auto& sink) { return serialize(e, sink); });
        return async_wait_sent(failed, std::forward<CompletionToken>(token));
    }

    /// Takes an event without waiting, and sends it at the end of the turn with what else came.
    /// Errors: `errc::buffer_full` while the peer is behind by the size of the buffer,
    /// `errc::invalid_field`, `errc::closed`; nothing is taken then.
    [[nodiscard]] errc try_send(const event_view& e) {
        return try_append([&e](auto& sink) { return serialize(e, sink); });
    }

    /// Takes a comment without waiting. Errors: as `try_send`.
    [[nodiscard]] errc try_comment(std::string_view text) {
        return try_append([text](auto& sink) {
            serialize_comment(text, sink);
            return errc::success;
        });
    }

    /// Takes a reconnection time without waiting. Errors: as `try_send`.
    [[nodiscard]] errc try_retry(std::chrono::milliseconds time) {
        return try_append([time](auto& sink) {
            serialize_retry(time, sink);
            return errc::success;
        });
    }

    /// Completes when all that was taken has gone to the kernel. One at a time, `async_send`
    /// included. Completion signature, errors and cancellation: as `async_send`.
    template <class CompletionToken>
    auto async_wait_sent(CompletionToken&& token) {
        return async_wait_sent(errc::success, std::forward<CompletionToken>(token));
    }

    /// Completes when the stream is over. One at a time.
    /// Completion signature: `void(error_code)`; no error when it was closed here.
    /// Errors: `eof` when the peer left, `errc::write_timeout`, those of the system;
    /// `errc::closed` where it never was open.
    /// Cancellation: ends the wait.
    template <class CompletionToken>
    auto async_wait_closed(CompletionToken&& token) {
        return asio::async_initiate<CompletionToken, void(error_code)>(initiate_closed{buffer_},
                                                                       token);
    }

    /// Ends the stream in order, behind what was taken.
    void close() {
        if (buffer_) buffer_->close();
    }

    /// Cuts the connection: the peer will take the stream for broken and come back.
    void abort() {
        if (buffer_) buffer_->abort();
    }

private:
    using buffer_ptr = std::shared_ptr<detail::stream_buffer>;

    struct initiation {
        using executor_type = asio::any_io_executor;
        buffer_ptr buffer;
        [[nodiscard]] executor_type get_executor() const noexcept { return buffer->executor(); }

        template <class Handler>
        void wait(detail::parked_handler& place, error_code failed, bool ready,
                  Handler&& handler) const {
            net::wait_handler erased(std::forward<Handler>(handler), buffer->executor());
            if (place.waits()) failed = errc::operation_in_progress;
            if (failed || ready) {
                detail::parked_handler::post(std::move(erased), failed);
            } else {
                place.park(std::move(erased));
            }
        }
    };
    struct initiate_sent : initiation {
        errc failed;
        template <class Handler>
        void operator()(Handler&& handler) const {
            auto& b = *this->buffer;
            this->wait(b.sent, failed, b.is_empty(), std::forward<Handler>(handler));
        }
    };
    struct initiate_closed : initiation {
        template <class Handler>
        void operator()(Handler&& handler) const {
            auto& b = *this->buffer;
            const bool over = !b.is_open() && b.is_empty();
            this->wait(b.gone, over ? b.reason() : error_code(), over,
                       std::forward<Handler>(handler));
        }
    };

    template <class CompletionToken>
    auto async_wait_sent(errc failed, CompletionToken&& token) {
        if (failed == errc::success && buffer_->is_open()) buffer_->pump();
        if (failed == errc::success && !buffer_->is_open()) failed = errc::closed;
        return asio::async_initiate<CompletionToken, void(error_code)>(
            initiate_sent{{buffer_}, failed}, token);
    }

    template <class Write>
    errc append(Write&& write) {
        return buffer_->is_open() ? write(buffer_->collect()) : errc::closed;
    }

    template <class Write>
    errc try_append(Write&& write) {
        if (buffer_->is_open() && !buffer_->has_room()) return errc::buffer_full;
        const errc e = append(write);
        if (e == errc::success) buffer_->pump_later();
        return e;
    }

    buffer_ptr buffer_;
};

} // namespace sse
