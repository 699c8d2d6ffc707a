// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/server/connection.hpp>
#include <sse/text/limits.hpp>

#include <cstddef>
#include <utility>

// The life of a connection: its place in the server, its waits, its end.
namespace sse::detail {

template <class Executor>
connection<Executor>::~connection() {
    const bool streamed = phase_ == phase::streaming;
    unlink();
    // the context was destroyed with the operations of this connection
    if (streamed) leave_stream();
    if (feeder_) feeder_->on_destroyed();
}

template <class Executor>
void connection<Executor>::start() {
    link();
    open_exchange();
    update_deadline();
    if (state_->options.tls) return shake_hands();
    wait_readable();
}

template <class Executor>
void connection<Executor>::drain() {
    if (phase_ == phase::handshaking) return close();
    if (phase_ == phase::reading && http_->reader.state() == request_reader::phase::idle &&
        http_->output.empty()) {
        close();
    }
}

template <class Executor>
void connection<Executor>::link() {
    auto& s = *state_;
    behind_ = s.first;
    if (behind_ != nullptr) behind_->before_ = this;
    s.first = this;
    linked_ = true;
}

template <class Executor>
void connection<Executor>::unlink() noexcept {
    if (!linked_) return;
    auto& s = *state_;
    linked_ = false;
    s.timers->clear(*this);
    (before_ != nullptr ? before_->behind_ : s.first) = behind_;
    if (behind_ != nullptr) behind_->before_ = before_;
    state_.leave();
}

template <class Executor>
void connection<Executor>::wait_readable() {
    if (reading_ || ended_ || phase_ == phase::closed) return;
    const std::size_t ahead = state_->options.limits.input;
    if (ahead != 0 && http_ && http_->input.size() >= ahead) return;
    reading_ = true;
    transport_.async_wait_readable(readable{this->shared_from_this()});
}

template <class Executor>
void connection<Executor>::on_readable(const error_code& waited) {
    reading_ = false;
    if (waited) return lost(waited);
    if (phase_ == phase::closed) return;
    auto& scratch = state_->scratch;
    error_code ec;
    const std::size_t n =
        transport_.read_some(asio::mutable_buffer(scratch.data(), scratch.size()), ec);
    if (ec && ec != asio::error::would_block) return on_end(ec);
    if (n != 0) on_input({scratch.data(), n});
    wait_readable();
}

template <class Executor>
void connection<Executor>::on_input(std::string_view bytes) {
    switch (phase_) {
    case phase::reading: return process(bytes);
    case phase::streaming:
        // requests may be sent ahead, but not without end, for then the peer's end is not seen
        open_exchange().input.append(bytes);
        if (exceeds(http_->input.size(), state_->options.limits.head.head)) lost(errc::buffer_full);
        return;
    case phase::answering: http_->input.append(bytes); return;
    case phase::lingering:
        discarded_ += static_cast<std::uint32_t>(bytes.size());
        if (discarded_ > max_output) lost(errc::closed);
        return;
    case phase::handshaking:
    case phase::closed: return;
    }
}

template <class Executor>
void connection<Executor>::on_end(const error_code& ec) {
    ended_ = true;
    tell_guards();
    const bool clean = ec == asio::error::eof;
    const bool busy =
        phase_ == phase::answering || (phase_ == phase::reading && !http_->output.empty());
    if (!clean || !busy) return lost(ec);
    http_->last = phase_ == phase::reading;
}

template <class Executor>
void connection<Executor>::flush() {
    if (writing_ || phase_ == phase::closed) return;
    if (!http_->output.empty()) {
        error_code ec;
        const std::size_t n = write_some(http_->output, ec);
        if (ec && ec != asio::error::would_block) return lost(ec);
        http_->output.erase(0, n);
        if (!http_->output.empty()) return wait_write();
        if (http_->output.capacity() > max_output / 16) http_->output.shrink_to_fit();
    }
    if (http_->last && phase_ == phase::reading) linger();
}

template <class Executor>
void connection<Executor>::wait_write() {
    if (writing_) return; // for what was to be sent before the stream began
    writing_ = true;
    transport_.async_wait_writable(calls<&connection::on_writable>(this->shared_from_this()));
}

template <class Executor>
void connection<Executor>::on_writable(const error_code& waited) {
    writing_ = false;
    if (waited) return lost(waited);
    if (phase_ == phase::closed) return;
    if (phase_ == phase::lingering) return linger();
    state_->timers->clear(*this);
    if (phase_ == phase::streaming) {
        const auto feeder = feeder_;
        return feeder->on_writable();
    }
    flush();
    if (phase_ == phase::reading) process_input();
}

/// Ends our direction, and waits for the peer to end its own: closing with unread bytes would reset
/// the connection, and with it destroy the answer.
template <class Executor>
void connection<Executor>::linger() {
    if (ended_) return lost(errc::closed);
    if (phase_ != phase::lingering) {
        phase_ = phase::lingering;
        http_.reset();
        state_->timers->set(*this, deadline_kind::linger);
    }
    error_code ec;
    transport_.shutdown_send(ec);
    if (ec == asio::error::would_block) wait_write();
    wait_readable();
}

template <class Executor>
void connection<Executor>::lost(const error_code& why) {
    if (phase_ == phase::closed) return;
    const auto self = this->shared_from_this();
    const phase before = std::exchange(phase_, phase::closed);
    if (before == phase::streaming) leave_stream();
    unlink();
    transport_.close();
    tell_guards();
    if (before == phase::handshaking) http_->left.emit(asio::cancellation_type::terminal);
    if (const auto feeder = std::exchange(feeder_, nullptr)) feeder->on_gone(why);
}

} // namespace sse::detail
