// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/tls/channel.hpp>
#include <sse/tls/engine.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace sse::detail {

/// Repeats a step of TLS, waiting for the transport in between, until it is done. `Step` is called
/// with the engine. `Arguments` tells what the handler takes besides the error: `std::size_t` or
/// nothing.
template <class Step, class... Arguments>
class tls_channel_op {
public:
    tls_channel_op(std::shared_ptr<tls_channel> channel, Step step)
        : channel_(std::move(channel)), step_(std::move(step)) {}

    template <class Self>
    void operator()(Self& self, error_code ec = {}) {
        const std::shared_ptr<tls_channel> channel = channel_;
        switch (state_) {
        case state::start:
            self.reset_cancellation_state(asio::enable_total_cancellation());
            return begin(self, *channel);
        case state::ready: return complete(self, result_);
        case state::waiting: break;
        }
        if (!channel->is_open() ||
            self.get_cancellation_state().cancelled() != asio::cancellation_type::none)
            ec = asio::error::operation_aborted;
        if (ec) return complete(self, {tls_step::kind::failed, 0, ec});
        const tls_step step = step_(channel->engine());
        if (step.blocked()) return wait(self, *channel, step.what);
        complete(self, step);
    }

private:
    enum class state { start, ready, waiting };

    /// What is there already completes the operation, through its executor.
    template <class Self>
    void begin(Self& self, tls_channel& channel) {
        result_ = channel.is_open()
                      ? step_(channel.engine())
                      : tls_step{tls_step::kind::failed, 0, asio::error::bad_descriptor};
        if (result_.blocked()) return wait(self, channel, result_.what);
        state_ = state::ready;
        asio::post(std::move(self));
    }

    template <class Self>
    void wait(Self& self, tls_channel& channel, tls_step::kind what) {
        state_ = state::waiting;
        net::transport& transport = channel.engine().transport();
        if (what == tls_step::kind::want_read)
            transport.async_wait_readable(std::move(self));
        else
            transport.async_wait_writable(std::move(self));
    }

    template <class Self>
    static void complete(Self& self, const tls_step& step) {
        const error_code ec = step.error;
        if constexpr (sizeof...(Arguments) == 0)
            self.complete(ec);
        else
            self.complete(ec, step.size);
    }

    std::shared_ptr<tls_channel> channel_;
    Step step_;
    tls_step result_{};
    state state_ = state::start;
};

/// Runs `step` until it is done, then calls `handler`: `void(error_code)`.
template <class Step, class Handler>
void run_tls_step(std::shared_ptr<tls_channel> channel, Step step, Handler handler) {
    const auto executor = handler.get_executor();
    asio::async_compose<Handler, void(error_code)>(
        tls_channel_op<Step>(std::move(channel), std::move(step)), handler, executor);
}

/// As `run_tls_step`, for `void(error_code, std::size_t)`.
template <class Step, class Handler>
void run_tls_transfer(std::shared_ptr<tls_channel> channel, Step step, Handler handler) {
    const auto executor = handler.get_executor();
    asio::async_compose<Handler, void(error_code, std::size_t)>(
        tls_channel_op<Step, std::size_t>(std::move(channel), std::move(step)), handler, executor);
}

} // namespace sse::detail
