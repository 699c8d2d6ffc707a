// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "callback_poster.hpp"

#include <sse/http/body_framing.hpp>
#include <sse/http/request_head.hpp>
#include <sse/http/response_head.hpp>
#include <sse/net/connect.hpp>
#include <sse/text/error.hpp>

#include <utility>

namespace sse::contract {

namespace {

constexpr std::size_t queue_limit = 256;
constexpr std::size_t queue_bytes_limit = std::size_t{1} << 20;

} // namespace

callback_poster::callback_poster(const asio::any_io_executor& executor, http::url prefix,
                                 std::function<void()> on_room)
    : executor_(executor), prefix_(std::move(prefix)), on_room_(std::move(on_room)) {}

void callback_poster::post(std::string body) {
    if (closed_) return;
    queued_bytes_ += body.size();
    queue_.push_back(std::move(body));
    next();
}

bool callback_poster::is_full() const noexcept {
    return queue_.size() >= queue_limit || queued_bytes_ >= queue_bytes_limit;
}

void callback_poster::close() {
    closed_ = true;
    on_room_ = nullptr;
    if (connection_) connection_->close();
    queue_.clear(); // a write under way borrows from it until the connection is closed
}

void callback_poster::next() {
    if (busy_ || queue_.empty()) return;
    busy_ = true;
    ++number_;
    http::request_head head;
    head.method = "POST";
    head.target = prefix_.target + "/" + std::to_string(number_);
    head.headers.add("Host", prefix_.authority());
    head.headers.add("Content-Type", "application/json");
    head.headers.add("Content-Length", std::to_string(queue_.front().size()));
    head_.clear();
    if (http::write_head(head, head_) != errc::success) return finish();
    reused_ = connection_.has_value();
    reused_ ? write_head() : connect();
}

/// Goes on with a member function, unless the operation failed or nobody waits any more.
struct callback_poster::handler {
    std::shared_ptr<callback_poster> self;
    void (callback_poster::*then)();

    void operator()(error_code ec, std::size_t = 0) const {
        if (self->closed_) return;
        ec ? self->failed() : ((*self).*then)();
    }
};

void callback_poster::connect() {
    reused_ = false;
    net::async_connect(executor_, prefix_.host, prefix_.port, {},
                       [self = shared_from_this()](error_code ec, net::transport connection) {
                           if (self->closed_) return;
                           if (ec) return self->failed();
                           self->connection_.emplace(std::move(connection));
                           self->write_head();
                       });
}

void callback_poster::write_head() {
    head_reader_.reset();
    body_.reset();
    connection_->async_write(asio::buffer(head_),
                             handler{shared_from_this(), &callback_poster::write_body});
}

void callback_poster::write_body() {
    connection_->async_write(asio::buffer(queue_.front()),
                             handler{shared_from_this(), &callback_poster::read});
}

void callback_poster::read() {
    connection_->async_read_some(
        asio::buffer(buffer_), [self = shared_from_this()](error_code ec, std::size_t size) {
            if (self->closed_) return;
            if (ec || !self->take({self->buffer_.data(), size})) return self->failed();
            self->body_ && self->body_->done() ? self->done() : self->read();
        });
}

bool callback_poster::take(std::string_view bytes) {
    while (!bytes.empty() && !(body_ && body_->done())) {
        if (body_) {
            bytes.remove_prefix(body_->next(bytes).consumed);
            if (body_->error() != errc::success) return false;
            continue;
        }
        bytes.remove_prefix(head_reader_.feed(bytes));
        if (head_reader_.error() != errc::success) return false;
        if (head_reader_.done() && !take_head()) return false;
    }
    return true;
}

bool callback_poster::take_head() {
    http::response_head head;
    http::body_framing framing;
    if (http::parse_response_head(head_reader_.text(), {}, head) != errc::success ||
        http::response_body("POST", head, framing) != errc::success)
        return false;
    head_reader_.reset();
    if (head.status < 200) return true;
    keep_alive_ = head.keep_alive() && framing.kind != http::body_kind::until_close;
    // What runs until the end of the connection is not worth waiting for.
    body_.emplace(framing.kind == http::body_kind::until_close ? http::body_framing{} : framing);
    return true;
}

void callback_poster::done() {
    if (!keep_alive_) connection_.reset();
    finish();
}

void callback_poster::failed() {
    connection_.reset();
    // A server may close an idle connection just when the next message is on its way.
    if (reused_ && !head_reader_.started() && !body_) return connect();
    finish();
}

void callback_poster::finish() {
    busy_ = false;
    queued_bytes_ -= queue_.front().size();
    queue_.pop_front();
    if (on_room_ && !is_full()) on_room_();
    next();
}

} // namespace sse::contract
