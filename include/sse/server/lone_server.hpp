// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/server/acceptor.hpp>
#include <sse/server/admission.hpp>
#include <sse/server/drain.hpp>
#include <sse/server/options.hpp>
#include <sse/server/server_core.hpp>
#include <sse/server/server_engine.hpp>

#include <memory>
#include <utility>

namespace sse::detail {

/// A server on one thread, which listens for itself.
template <class Executor>
class lone_server final : public server_engine {
public:
    lone_server(const Executor& executor, server_options options,
                std::shared_ptr<admission> admitted)
        : core_(std::make_shared<server_core<Executor>>(executor, std::move(options),
                                                        std::move(admitted))),
          acceptor_(
              std::make_shared<acceptor<Executor>>(typename acceptor<Executor>::cores{core_})) {}

    [[nodiscard]] const std::shared_ptr<thread_state<Executor>>& state() const noexcept {
        return core_->state();
    }

    error_code listen() override { return acceptor_->listen(); }
    [[nodiscard]] asio::ip::tcp::endpoint local_endpoint() const override {
        return acceptor_->local_endpoint();
    }
    void drain(const drain_options& options, drain_handler handler) override {
        acceptor_->stop();
        core_->drain(options, std::move(handler));
    }
    void close() override {
        acceptor_->stop();
        core_->close();
    }

private:
    std::shared_ptr<server_core<Executor>> core_;
    std::shared_ptr<acceptor<Executor>> acceptor_;
};

} // namespace sse::detail
