// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/net/asio.hpp>
#include <sse/server/event_stream.hpp>
#include <sse/server/response.hpp>
#include <sse/server/stream_sink.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace sse {

/// The answer to one request, to be given now or later: by a coroutine, or by another operation on
/// the server's strand. Answering takes place once; what follows has no effect. One that is dropped
/// unanswered becomes a 500.
///
/// Lifetime: the request that came with it stays valid until the reply is answered or dropped.
/// Thread safety: on the server's (implicit) strand only, destruction included.
class reply {
public:
    explicit reply(std::shared_ptr<detail::reply_port> port) noexcept : port_(std::move(port)) {}
    reply(reply&&) noexcept = default;
    reply& operator=(reply&& other) noexcept {
        reply(std::move(other)).port_.swap(port_);
        return *this;
    }
    ~reply() {
        if (port_) port_->respond({.status = 500, .body = "no answer\n"});
    }

    /// Answers with a short response.
    void send(response answer) {
        if (const auto port = std::move(port_)) port->respond(std::move(answer));
    }

    /// Answers with an event stream, whose head goes out at once. To HEAD, over a limit, and when
    /// the peer is gone, the stream is closed from the beginning. The request is not valid behind
    /// this any more: what of it is needed has to be taken first.
    [[nodiscard]] event_stream stream(const event_stream_options& options = {}) {
        auto buffer = std::make_shared<detail::stream_buffer>(get_executor(), options.buffer);
        open(options.headers, buffer);
        if (options.padding != 0 && buffer->is_open()) {
            const std::size_t blanks = std::max<std::size_t>(options.padding, 2) - 2;
            buffer->collect().append(":").append(blanks, ' ').append("\n");
            buffer->pump();
        }
        return event_stream(std::move(buffer));
    }

    /// Whether it is still to be answered and the peer still there.
    [[nodiscard]] bool is_open() const noexcept { return port_ && port_->is_open(); }
    [[nodiscard]] asio::any_io_executor get_executor() const { return port_->executor(); }
    /// The peer's IP address as a text; empty where there is none.
    [[nodiscard]] std::string remote_address() const {
        return port_ ? port_->remote_address() : std::string();
    }

    /// For feeders of other kinds, such as the hub's.
    template <class Feeder>
    bool open(const http::fields& headers, const std::shared_ptr<Feeder>& feeder) {
        std::string first;
        const auto port = std::move(port_);
        detail::stream_sink* sink = port ? port->open_stream(headers, feeder, first) : nullptr;
        feeder->attach(sink, std::move(first));
        return sink != nullptr;
    }

private:
    std::shared_ptr<detail::reply_port> port_;
};

} // namespace sse
