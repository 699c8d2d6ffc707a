// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/server/connection.hpp>

#include <utility>

namespace sse::detail {

inline connection::~connection() {
    unlink();
    // the context was destroyed with the operations of this connection
    if (feeder_) feeder_->on_destroyed();
}

inline void connection::link() {
    server_state& s = *state_;
    behind_ = s.first;
    if (behind_ != nullptr) behind_->before_ = this;
    s.first = this;
    linked_ = true;
    ++s.metrics.connections;
}

inline void connection::unlink() noexcept {
    if (!linked_) return;
    server_state& s = *state_;
    linked_ = false;
    s.timers->clear(*this);
    (before_ != nullptr ? before_->behind_ : s.first) = behind_;
    if (behind_ != nullptr) behind_->before_ = before_;
    --s.metrics.connections;
    if (s.options.limits.connections_per_address != 0) {
        const auto found = s.addresses.find(transport_.remote_address());
        if (found != s.addresses.end() && --found->second == 0) s.addresses.erase(found);
    }
}

inline answer_context connection::context() const {
    server_state& s = *state_;
    const http::request_head& head = http_->reader.current().head;
    const bool complete = http_->reader.state() == request_reader::phase::done;
    const bool more = !ended_ || pipelined_ || !http_->input.empty();
    const bool persists = complete && !http_->last && more && !s.draining && head.keep_alive();
    return {complete && head.method == "HEAD", persists, complete ? head.minor : 1, s.date.value()};
}

inline void connection::wait_readable() {
    if (reading_ || ended_ || phase_ == phase::closed) return;
    if (http_ && http_->input.size() >= state_->options.limits.input) return;
    reading_ = true;
    transport_.async_wait_readable([self = shared_from_this()](const error_code& ec) {
        self->reading_ = false;
        if (ec) return self->lost(ec);
        self->on_readable();
    });
}

inline void connection::on_readable() {
    if (phase_ == phase::closed) return;
    auto& scratch = state_->scratch;
    error_code ec;
    const std::size_t n =
        transport_.read_some(asio::mutable_buffer(scratch.data(), scratch.size()), ec);
    if (ec && ec != asio::error::would_block) return on_end(ec);
    if (n != 0) on_input({scratch.data(), n});
    wait_readable();
}

inline void connection::on_input(std::string_view bytes) {
    switch (phase_) {
    case phase::reading: return process(bytes);
    case phase::streaming:
        // requests may be sent ahead, but not without end, for then the peer's end is not seen
        if (!http_) http_ = std::make_unique<exchange>(state_->options.limits);
        http_->input.append(bytes);
        if (http_->input.size() > state_->options.limits.head.head) lost(errc::buffer_full);
        return;
    case phase::answering: http_->input.append(bytes); return;
    case phase::lingering:
        discarded_ += bytes.size();
        if (discarded_ > max_output) lost(errc::closed);
        return;
    case phase::closed: return;
    }
}

inline void connection::on_end(const error_code& ec) {
    ended_ = true;
    const bool clean = ec == asio::error::eof;
    const bool busy =
        phase_ == phase::answering || (phase_ == phase::reading && !http_->output.empty());
    if (!clean || !busy) return lost(ec);
    http_->last = phase_ == phase::reading;
}

inline void connection::process(std::string_view bytes) {
    processing_ = true;
    while (!bytes.empty() && phase_ == phase::reading && http_->output.size() < max_output &&
           !http_->last) {
        bytes.remove_prefix(http_->reader.feed(bytes));
        pipelined_ = !bytes.empty();
        after_request();
    }
    processing_ = pipelined_ = false;
    if (phase_ == phase::closed) return;
    if (!http_->last) http_->input.insert(0, bytes);
    if (phase_ == phase::streaming) {
        if (http_->input.empty()) http_.reset();
        return;
    }
    if (ended_ && phase_ == phase::reading && bytes.empty()) http_->last = true;
    flush();
    update_deadline();
}

inline void connection::after_request() {
    request_reader& reader = http_->reader;
    switch (reader.state()) {
    case request_reader::phase::failed: return fail(reader.error());
    case request_reader::phase::done: return dispatch();
    case request_reader::phase::body:
        if (reader.expects_continue() && !http_->continued) {
            http_->continued = true;
            http_->output.append("HTTP/1.1 100 Continue\r\n\r\n");
        }
        return;
    default: return;
    }
}

inline void connection::dispatch() {
    server_state& s = *state_;
    ++s.metrics.requests;
    phase_ = phase::answering;
    s.timers->clear(*this);
    request& rq = http_->reader.current();
    if (!s.hosts.empty() && !is_host_allowed(rq.head.authority(), s.hosts)) {
        return respond({.status = 421, .body = "host not served\n"});
    }
    route_match match = s.routes.find(rq.method(), rq.path);
    switch (match.result) {
    case route_match::kind::found: break;
    case route_match::kind::bad_escape:
        return respond({.status = 400, .body = "bad percent-encoding\n"});
    case route_match::kind::no_method:
        if (rq.method() == "OPTIONS") {
            return respond({.status = 204, .headers = {{"Allow", match.allow}}});
        }
        return respond(
            {.status = 405, .body = "method not allowed\n", .headers = {{"Allow", match.allow}}});
    case route_match::kind::no_path:
        if (rq.path == "*")
            return respond({.status = 204, .headers = {{"Allow", s.routes.allow()}}});
        return respond({.status = 404, .body = "not found\n"});
    }
    rq.parameters = std::move(match.parameters);
    // a copy, since a handler may add routes
    const request_handler handler = s.handlers[match.index];
    handler(rq, reply(shared_from_this()));
}

inline void connection::fail(errc e) {
    const int status = http::status_for(e);
    phase_ = phase::answering;
    http_->last = true;
    respond({.status = status, .body = std::string(message(e)) + "\n"});
}

inline void connection::respond(response answer) {
    if (phase_ != phase::answering) return;
    const answer_context c = context();
    write_response(answer, c, http_->output);
    http_->last = !c.keep_alive;
    answered();
}

inline void connection::answered() {
    phase_ = phase::reading;
    served_ = true;
    http_->reader.reset();
    http_->continued = false;
    if (processing_) return;
    std::string input = std::exchange(http_->input, {});
    process(input);
    wait_readable();
}

inline void connection::flush() {
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

inline void connection::wait_write() {
    if (writing_) return; // for what was to be sent before the stream began
    writing_ = true;
    transport_.async_wait_writable([self = shared_from_this()](const error_code& ec) {
        self->writing_ = false;
        if (ec) return self->lost(ec);
        self->on_writable();
    });
}

inline void connection::on_writable() {
    if (phase_ == phase::closed) return;
    if (phase_ == phase::streaming) {
        state_->timers->clear(*this);
        const auto feeder = feeder_;
        return feeder->on_writable();
    }
    state_->timers->clear(*this);
    flush();
    if (phase_ != phase::reading) return;
    std::string input = std::exchange(http_->input, {});
    process(input);
    wait_readable();
}

inline stream_sink* connection::open_stream(const http::fields& headers,
                                            std::shared_ptr<stream_feeder> feeder,
                                            std::string& first) {
    if (phase_ != phase::answering) return nullptr;
    const answer_context c = context();
    std::string head;
    answer_context written = c;
    written.keep_alive = c.keep_alive && c.minor != 0;
    if (write_stream_head(headers, written, head) != errc::success) {
        respond({.status = 500, .body = "invalid response\n"});
        return nullptr;
    }
    if (c.head_only) {
        http_->output.append(head);
        http_->last = !written.keep_alive;
        answered();
        return nullptr;
    }
    first = std::exchange(http_->output, {}).append(head);
    chunked_ = c.minor != 0;
    keep_alive_ = written.keep_alive;
    phase_ = phase::streaming;
    ++state_->metrics.streams;
    feeder_ = std::move(feeder);
    state_->timers->clear(*this);
    // process() still looks at what it reads from
    if (!processing_ && http_->input.empty())
        http_.reset();
    else
        http_->reader.reset();
    if (!processing_) wait_readable();
    return this;
}

inline void connection::finish() {
    if (phase_ != phase::streaming) return;
    --state_->metrics.streams;
    feeder_.reset();
    if (!http_) http_ = std::make_unique<exchange>(state_->options.limits);
    if (chunked_) http_->output.append("0\r\n\r\n");
    http_->last = !keep_alive_ || state_->draining;
    phase_ = phase::answering;
    answered();
}

inline void connection::linger() {
    if (ended_) return lost(errc::closed);
    phase_ = phase::lingering;
    error_code ec;
    transport_.shutdown_send(ec);
    http_.reset();
    state_->timers->set(*this, deadline_kind::linger);
    wait_readable();
}

inline void connection::lost(const error_code& why) {
    if (phase_ == phase::closed) return;
    const auto self = shared_from_this();
    const bool streamed = phase_ == phase::streaming;
    phase_ = phase::closed;
    if (streamed) --state_->metrics.streams;
    unlink();
    transport_.close();
    if (const auto feeder = std::exchange(feeder_, nullptr)) feeder->on_gone(why);
}

inline void connection::update_deadline() {
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
    if (deadlines::kind_of(*this) != kind) state_->timers->set(*this, kind);
}

inline void connection::on_deadline(deadline_kind kind) {
    const bool begun =
        phase_ == phase::reading && http_ && http_->reader.state() != request_reader::phase::idle;
    if ((kind != deadline_kind::head && kind != deadline_kind::body) || !begun) {
        return lost(kind == deadline_kind::write ? errc::write_timeout : errc::idle_timeout);
    }
    fail(errc::head_timeout);
}

} // namespace sse::detail
