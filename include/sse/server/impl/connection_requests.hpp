// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/member_call.hpp>
#include <sse/server/connection.hpp>
#include <sse/server/cors.hpp>
#include <sse/server/guard.hpp>
#include <sse/server/judgement.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

// Requests and short answers of a connection.
namespace sse::detail {

template <class Executor>
exchange& connection<Executor>::open_exchange() {
    if (!http_) http_ = std::make_unique<exchange>(state_->options.limits);
    return *http_;
}

template <class Executor>
void connection<Executor>::refuse(std::shared_ptr<connection> self) {
    open(std::move(self));
    http_->last = true;
    phase_ = phase::answering;
    respond(busy_answer(state_->options.limits));
    wait_readable();
}

template <class Executor>
answer_context connection<Executor>::context(const http::fields& headers) const {
    server_state& s = *state_;
    request_reader& reader = http_->reader;
    const bool complete = reader.state() == request_reader::phase::done;
    const bool more = !ended_ || pipelined_ || !http_->input.empty();
    const bool persists = complete && !http_->last && more && !s.draining && reader.persists() &&
                          !headers.list_contains("Connection", "close");
    if (!processing_) s.date.look();
    return {complete && reader.is_head(), persists, complete ? reader.current().head.minor : 1,
            s.date.line()};
}

template <class Executor>
void connection<Executor>::process(std::string_view bytes) {
    processing_ = true;
    state_->date.look();
    while (!bytes.empty() && phase_ == phase::reading && !http_->last && has_room()) {
        bytes.remove_prefix(http_->reader.feed(bytes));
        pipelined_ = !bytes.empty();
        after_request();
    }
    processing_ = pipelined_ = false;
    if (phase_ == phase::closed) return;
    if (!http_->last) http_->input.append(bytes);
    if (phase_ == phase::streaming) {
        if (http_->input.empty()) http_.reset();
        return;
    }
    if (ended_ && phase_ == phase::reading && http_->input.empty()) http_->last = true;
    flush();
    update_deadline();
}

/// Whether one more answer may be written. Once there is enough of them, they go out first.
template <class Executor>
bool connection<Executor>::has_room() {
    if (http_->output.size() >= max_output) flush();
    return phase_ == phase::reading && http_->output.size() < max_output;
}

template <class Executor>
bool connection<Executor>::owes_answers() const noexcept {
    return !http_->output.empty() || !http_->input.empty();
}

/// Goes on with what came while there was something else to do.
template <class Executor>
void connection<Executor>::go_on() {
    run([this] {
        if (phase_ == phase::reading) process_input();
    });
}

template <class Executor>
void connection<Executor>::process_input() {
    const std::string input = std::exchange(http_->input, {});
    process(input);
    wait_readable();
}

template <class Executor>
void connection<Executor>::after_request() {
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

template <class Executor>
void connection<Executor>::dispatch() {
    auto& s = *state_;
    ++s.counters.requests;
    phase_ = phase::answering;
    s.timers->clear(*this);
    exchange& x = *http_;
    request& rq = x.reader.current();
    // one with the head of the last one is judged as that was, unless something has changed
    if (!x.reader.is_repeated() || x.judged_among != s.handlers.size() || s.refusing) {
        judgement j = judge(rq, s);
        x.route = j.route;
        x.judged_among = j.answer ? 0 : s.handlers.size();
        if (j.answer) return respond(std::move(*j.answer));
    }
    call_handler(rq, x.route);
}

template <class Executor>
void connection<Executor>::call_handler(request& rq, std::size_t route) {
    server_state& s = *state_;
    std::vector<guard_handler> guards;
    for (const auto& [path, guard] : s.guards) {
        if (path.empty() || router::matches(path, rq.path)) guards.push_back(guard);
    }
    const request_handler& handler = *s.handlers[route];
    if (guards.empty()) return handler(rq, reply(self_));
    http_->reader.forget_head();
    const auto call = std::make_shared<guarded_call>(rq, reply(self_), std::move(guards), handler);
    http_->call = call;
    guarded_call::go_on(call);
}

template <class Executor>
void connection<Executor>::tell_guards() noexcept {
    const auto call = http_ ? http_->call.lock() : nullptr;
    if (call) call->left.emit(asio::cancellation_type::terminal);
}

/// By the origin of the request under way, as far as it was understood.
template <class Executor>
void connection<Executor>::add_cors(http::fields& headers) const {
    const cors_options& cors = state_->options.cors;
    if (cors.origins.empty()) return;
    const std::string* const origin = http_->reader.current().head.headers.find("Origin");
    add_cors_fields(cors, origin == nullptr ? std::string_view() : *origin, headers);
}

template <class Executor>
void connection<Executor>::fail(errc e) {
    const int status = http::status_for(e);
    phase_ = phase::answering;
    http_->last = true;
    respond({.status = status, .body = std::string(message(e)) + "\n"});
}

template <class Executor>
void connection<Executor>::respond(response&& answer) {
    if (phase_ != phase::answering) return;
    const answer_context c = context(answer.headers);
    add_cors(answer.headers);
    write_response(answer, c, http_->output);
    http_->last = !c.keep_alive;
    answered();
}

template <class Executor>
void connection<Executor>::answered() {
    phase_ = phase::reading;
    served_ = true;
    http_->reader.reset();
    http_->continued = false;
    if (processing_) return;
    // whoever answers late is not to be in the midst of the next handler, nor to get what it throws
    if (!http_->input.empty() && !http_->last)
        asio::post(state_->own_executor, calls<&connection::go_on>(self_));
    process({});
    wait_readable();
}

} // namespace sse::detail
