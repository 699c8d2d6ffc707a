// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/server/connection.hpp>

#include <memory>
#include <utility>

// The TLS handshake of a connection, and its deadlines.
namespace sse::detail {

/// The time for it is that of the first head. The transport is the layer's in the meantime.
template <class Executor>
void connection<Executor>::shake_hands() {
    server_state& s = *state_;
    const std::size_t limit = s.options.limits.handshakes;
    if (limit != 0 && s.handshakes >= limit) {
        ++s.counters.refused;
        return close();
    }
    ++s.handshakes;
    phase_ = phase::handshaking;
    auto done = asio::bind_cancellation_slot(http_->left.slot(),
                                             [self = self_](const error_code& ec, auto stream) {
                                                 self->on_handshake(ec, std::move(stream));
                                             });
    s.options.tls->async_handshake(
        net::transport(std::move(transport_.lone())),
        net::tls_server_layer::handler_type(std::move(done), asio::any_io_executor(s.executor)));
}

template <class Executor>
void connection<Executor>::on_handshake(const error_code& ec,
                                        std::unique_ptr<net::byte_stream> stream) {
    --state_->handshakes;
    if (ec) ++state_->counters.tls_failed;
    if (phase_ != phase::handshaking) return; // the stream closes itself
    if (ec) return lost(ec);
    transport_.lone().run_over(std::move(stream));
    phase_ = phase::reading;
    wait_readable();
}

template <class Executor>
void connection<Executor>::update_deadline() {
    if (phase_ != phase::reading) return;
    deadline_kind kind = deadline_kind::head;
    if (!http_->output.empty()) {
        kind = deadline_kind::write;
    } else {
        switch (http_->reader.state()) {
        case request_reader::phase::body: kind = deadline_kind::body; break;
        case request_reader::phase::idle:
            kind = served_ ? deadline_kind::idle : deadline_kind::head;
            break;
        default: break;
        }
    }
    // absolute: bytes that drip in do not move it
    if (deadlines<Executor>::kind_of(*this) != kind) state_->timers->set(*this, kind);
}

template <class Executor>
void connection<Executor>::on_deadline(deadline_kind kind) {
    const bool begun =
        phase_ == phase::reading && http_ && http_->reader.state() != request_reader::phase::idle;
    if (phase_ == phase::handshaking) return lost(errc::handshake_timeout);
    if ((kind != deadline_kind::head && kind != deadline_kind::body) || !begun) {
        return lost(kind == deadline_kind::write ? errc::write_timeout : errc::idle_timeout);
    }
    fail(errc::head_timeout);
}

} // namespace sse::detail
