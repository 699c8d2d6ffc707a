// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/server/connection.hpp>
#include <sse/text/limits.hpp>

#include <cstddef>
#include <utility>

// The life of a connection: its place in the server, its waits, its end.
namespace sse::detail {

template <class Executor>
void connection<Executor>::start(std::shared_ptr<connection> self) {
    open(std::move(self));
    update_deadline();
    if (state_->options.tls) return shake_hands();
    wait_readable();
}

template <class Executor>
void connection<Executor>::drain() {
    if (phase_ == phase::handshaking) return close();
    if (phase_ == phase::reading && http_->reader.state() == request_reader::phase::idle &&
        !owes_answers()) {
        close();
    }
}

template <class Executor>
void connection<Executor>::open(std::shared_ptr<connection> self) {
    auto& s = *state_;
    self_ = std::move(self);
    behind_ = s.first;
    if (behind_ != nullptr) behind_->before_ = this;
    s.first = this;
    open_exchange();
    // a handshake is done by a transport of its own
    transport_.attach(s.options.tls ? nullptr : s.ready.get(), s.for_sockets(), *this);
}

template <class Executor>
void connection<Executor>::unlink() noexcept {
    auto& s = *state_;
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
    transport_.wait(net::readiness::readable, self_);
}

template <class Executor>
void connection<Executor>::on_ready(net::readiness what, const error_code& ec) {
    run([&] { what == net::readiness::readable ? on_readable(ec) : on_writable(ec); });
}

/// What may call a function of the user's, and end the connection.
template <class Executor>
template <class F>
void connection<Executor>::run(F f) {
    const auto kept = self_;
    called_ = true;
    try {
        f();
    } catch (...) { // of a user's function
        lost(errc::closed);
        called_ = false;
        throw;
    }
    called_ = false;
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
    case phase::reading:
        if (http_->input.empty()) return process(bytes);
        http_->input.append(bytes); // behind what waits for its turn, or for room
        return;
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
    const bool busy = phase_ == phase::answering || (phase_ == phase::reading && owes_answers());
    if (!clean || !busy) return lost(ec);
    http_->last = phase_ == phase::reading && http_->input.empty();
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
    transport_.wait(net::readiness::writable, self_);
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
    const phase before = std::exchange(phase_, phase::closed);
    if (before == phase::streaming) leave_stream();
    unlink();
    transport_.close();
    tell_guards();
    if (before == phase::handshaking) http_->left.emit(asio::cancellation_type::terminal);
    const auto self = std::exchange(self_, nullptr);
    if (!called_) asio::post(state_->own_executor, last_reference{self});
    if (const auto feeder = std::exchange(feeder_, nullptr)) feeder->on_gone(why);
}

} // namespace sse::detail
