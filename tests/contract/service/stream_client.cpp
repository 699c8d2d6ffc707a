// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "stream_client.hpp"

#include "callback_message.hpp"

#include <algorithm>
#include <utility>

namespace sse::contract {

namespace {

/// Tests go up to 128 MiB.
constexpr std::size_t size_limit = std::size_t{256} << 20;
constexpr std::size_t logged_size = 200;

} // namespace

stream_client::stream_client(const asio::any_io_executor& executor, const stream_request& request,
                             log_function log)
    : tag_(request.tag), log_(std::move(log)),
      callbacks_(
          std::make_shared<callback_poster>(executor, request.callback_url, [this] { receive(); })),
      executor_(executor), source_(executor, request.stream_url, options_of(request)) {}

event_source_options stream_client::options_of(const stream_request& request) {
    event_source_options options;
    options.method = request.method;
    options.body = request.body;
    options.headers = request.headers;
    options.last_event_id = request.last_event_id;
    if (request.initial_delay) options.reconnect.base = *request.initial_delay;
    if (request.read_timeout) options.timeouts.idle = *request.read_timeout;
    options.limits.text.line = size_limit;
    options.limits.text.event = size_limit;
    const bool typed = std::ranges::any_of(options.headers, [](const http::field& f) {
        return http::iequals(f.name, "Content-Type");
    });
    if (!options.body.empty() && !typed)
        options.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
    options.hooks.on_comment = [this](std::string_view comment) { on_comment(comment); };
    options.hooks.on_error = [this](disconnection& what) { on_error(what); };
    return options;
}

void stream_client::start() { receive(); }

void stream_client::restart() {
    ended_ = false;
    source_.restart();
    receive();
}

void stream_client::close() {
    closed_ = true;
    callbacks_->close();
    source_.close();
}

void stream_client::receive() {
    if (receiving_ || ended_ || closed_ || callbacks_->is_full()) return;
    receiving_ = true;
    source_.async_receive_batch(asio::bind_cancellation_slot(
        pause_.slot(), [self = shared_from_this()](error_code ec, event_batch batch) {
            self->received(ec, std::move(batch));
        }));
}

void stream_client::received(error_code ec, event_batch batch) {
    receiving_ = false;
    if (closed_) return;
    for (const event_view event : batch) {
        log("event", event.data);
        report(event_message(event));
    }
    ended_ = ec && ec != asio::error::operation_aborted;
    if (ended_) {
        log("ended", ec.message());
        report(error_message(ec.message()));
    }
    receive();
}

void stream_client::on_comment(std::string_view comment) {
    log("comment", comment);
    report(comment_message(comment));
    pause_if_full();
}

/// A clean end is no error to the harness; the one that ends everything is reported by `received`.
void stream_client::on_error(const disconnection& what) {
    log("disconnected", what.error.message());
    if (what.delay && what.error != errc::end_of_stream)
        report(error_message(what.error.message()));
}

void stream_client::report(std::string body) {
    if (!closed_) callbacks_->post(std::move(body));
}

/// Comments do not end a receive, so it has to be interrupted.
void stream_client::pause_if_full() {
    if (!callbacks_->is_full()) return;
    asio::post(executor_, [self = shared_from_this()] {
        if (self->callbacks_->is_full()) self->pause_.emit(asio::cancellation_type::total);
    });
}

void stream_client::log(std::string_view what, std::string_view text) const {
    if (!log_) return;
    std::string line = "[" + tag_ + "] " + std::string(what) + ": ";
    line += text.substr(0, logged_size);
    if (text.size() > logged_size) line += "... " + std::to_string(text.size()) + " bytes";
    log_(line);
}

} // namespace sse::contract
