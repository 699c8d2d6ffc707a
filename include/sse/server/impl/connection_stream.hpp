// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/member_call.hpp>
#include <sse/server/connection.hpp>
#include <sse/server/cors.hpp>
#include <sse/server/judgement.hpp>

#include <utility>

// Event streams of a connection.
namespace sse::detail {

template <class Executor>
stream_sink* connection<Executor>::open_stream(const http::fields& headers,
                                               std::shared_ptr<stream_feeder> feeder,
                                               std::string& first) {
    if (phase_ != phase::answering) return nullptr;
    answer_context c = context(headers);
    c.keep_alive = c.keep_alive && c.minor != 0;
    http::fields more = headers;
    add_cors(more);
    std::string head;
    head.reserve(512); // with the first event behind it
    if (write_stream_head(more, c, head) != errc::success) {
        respond({.status = 500, .body = "invalid response\n"});
        return nullptr;
    }
    if (c.head_only) {
        http_->output.append(head);
        http_->last = !c.keep_alive;
        answered();
        return nullptr;
    }
    if (ended_) { // no read is under way that would tell when the peer is gone
        lost(asio::error::eof);
        return nullptr;
    }
    if (!state_->admitted->open_stream()) {
        ++state_->counters.refused;
        respond(busy_answer(state_->options.limits));
        return nullptr;
    }
    first = http_->output.empty() ? std::move(head) : std::exchange(http_->output, {}).append(head);
    enter_stream(std::move(feeder), c);
    return this;
}

template <class Executor>
void connection<Executor>::enter_stream(std::shared_ptr<stream_feeder> feeder,
                                        const answer_context& c) {
    chunked_ = c.minor != 0;
    keep_alive_ = c.keep_alive;
    phase_ = phase::streaming;
    ++state_->counters.streams;
    feeder_ = std::move(feeder);
    state_->timers->clear(*this);
    // process() still looks at what it reads from
    if (!processing_ && http_->input.empty())
        http_.reset();
    else
        http_->reader.reset();
    if (!processing_) wait_readable();
}

template <class Executor>
void connection<Executor>::wait_turn_end(std::shared_ptr<stream_feeder> feeder) {
    asio::post(state_->own_executor, calls<&stream_feeder::on_turn_end>(std::move(feeder)));
}

template <class Executor>
void connection<Executor>::leave_stream() {
    --state_->counters.streams;
    state_->admitted->close_stream();
}

template <class Executor>
void connection<Executor>::finish() {
    if (phase_ != phase::streaming) return;
    leave_stream();
    feeder_.reset();
    if (chunked_) open_exchange().output.append("0\r\n\r\n");
    open_exchange().last = !keep_alive_ || state_->draining;
    phase_ = phase::answering;
    answered();
}

template <class Executor>
bool connection<Executor>::end_stream() {
    if (phase_ != phase::streaming) return false;
    const auto feeder = feeder_;
    return feeder->on_drain();
}

} // namespace sse::detail
