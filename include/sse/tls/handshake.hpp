// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/byte_stream.hpp>
#include <sse/net/tls_layer.hpp>
#include <sse/text/error.hpp>
#include <sse/tls/channel.hpp>
#include <sse/tls/channel_op.hpp>
#include <sse/tls/stream.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace sse::detail {

/// Called with the channel of a handshake that succeeded: tells whether that was good enough, and
/// then calls `established`.
using handshake_judge = std::function<error_code(tls_channel&)>;

/// What follows a handshake. Runs where the user's handler does.
struct handshaken {
    using handler_type = net::tls_layer::handler_type;
    using executor_type = handler_type::executor_type;
    using allocator_type = handler_type::allocator_type;
    using cancellation_slot_type = handler_type::cancellation_slot_type;

    std::shared_ptr<tls_channel> channel;
    handshake_judge judge;
    handler_type handler;

    [[nodiscard]] executor_type get_executor() const noexcept { return handler.get_executor(); }
    [[nodiscard]] allocator_type get_allocator() const noexcept { return handler.get_allocator(); }
    [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept {
        return handler.get_cancellation_slot();
    }

    void operator()(error_code ec) {
        std::unique_ptr<net::byte_stream> stream;
        if (!ec) ec = judge(*channel);
        if (ec)
            channel->close();
        else
            stream = std::make_unique<tls_stream>(std::move(channel));
        auto call = std::move(handler);
        call(ec, std::move(stream));
    }
};

/// Does the handshake of `channel`, then calls `handler` with the stream that it has become.
inline void run_handshake(std::shared_ptr<tls_channel> channel, handshake_judge judge,
                          net::tls_layer::handler_type handler) {
    const auto executor = handler.get_executor();
    handshaken then{channel, std::move(judge), std::move(handler)};
    run_tls_step(
        std::move(channel), [](tls_engine& engine) { return engine.handshake(); },
        net::wait_handler(std::move(then), executor));
}

/// Calls `handler` with `errc::tls_misconfigured`.
inline void refuse_handshake(net::tls_layer::handler_type handler) {
    const auto executor = handler.get_executor();
    asio::post(executor,
               [h = std::move(handler)]() mutable { h(errc::tls_misconfigured, nullptr); });
}

} // namespace sse::detail
