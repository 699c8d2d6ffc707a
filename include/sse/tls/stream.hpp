// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/byte_stream.hpp>
#include <sse/net/prefetch.hpp>
#include <sse/net/timer.hpp>
#include <sse/tls/channel.hpp>
#include <sse/tls/channel_op.hpp>
#include <sse/tls/engine.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace sse::detail {

/// A TLS connection as a byte stream.
class tls_stream final : public net::byte_stream {
public:
    explicit tls_stream(std::shared_ptr<tls_channel> channel) : channel_(std::move(channel)) {}
    ~tls_stream() override { close(); }

    void async_read_some(asio::mutable_buffer buffer, net::io_handler handler) override {
        run_tls_transfer(channel_, transfer{.reads = true, .into = buffer}, std::move(handler));
    }

    void async_write_some(asio::const_buffer buffer, net::io_handler handler) override {
        run_tls_transfer(channel_, transfer{.reads = false, .from = buffer}, std::move(handler));
    }

    void async_wait(net::readiness what, net::wait_handler handler) override {
        const bool read = what == net::readiness::readable;
        run_tls_step(
            channel_,
            [read, first = true](tls_engine& engine) mutable {
                const bool ready = !std::exchange(first, false) || (read && !engine.drained());
                if (ready) return tls_step{};
                return tls_step{read ? tls_step::kind::want_read : tls_step::kind::want_write};
            },
            std::move(handler));
    }

    std::size_t read_some(asio::mutable_buffer buffer, error_code& ec) override {
        return now([&](tls_engine& engine) { return engine.read(buffer); }, ec);
    }

    std::size_t write_some(asio::const_buffer buffer, error_code& ec) override {
        if (buffer.size() == 0) {
            ec = {};
            return 0;
        }
        return now([&](tls_engine& engine) { return engine.write(buffer); }, ec);
    }

    void prefetch() const noexcept override {
        detail::prefetch(channel_.get(), tls_channel::write_stretch);
    }

    void shutdown_send(error_code& ec) override {
        now([](tls_engine& engine) { return engine.shutdown(); }, ec);
        if (!ec) channel_->engine().transport().shutdown_send(ec);
    }

    void close() noexcept override { channel_->close(); }
    void abort() noexcept override { channel_->abort(); }
    [[nodiscard]] bool is_open() const noexcept override { return channel_->is_open(); }

    [[nodiscard]] net::time_point last_received() const override {
        return channel_->engine().last_received();
    }
    [[nodiscard]] std::string remote_address() const override {
        return channel_->transport().remote_address();
    }
    [[nodiscard]] std::uint16_t remote_port() const override {
        return channel_->transport().remote_port();
    }

    /// OpenSSL's own object, to ask it about certificates and the like. Valid while this is.
    [[nodiscard]] SSL* native_handle() const noexcept { return channel_->engine().ssl(); }

private:
    /// A read or a write: of one type, so that the operation around it is compiled once.
    struct transfer {
        bool reads;
        asio::mutable_buffer into{};
        asio::const_buffer from{};
        bool first = true;

        tls_step operator()(tls_engine& engine) {
            if (!reads) return from.size() == 0 ? tls_step{} : engine.write(from, false);
            if (std::exchange(first, false) && engine.drained() && into.size() != 0)
                return {tls_step::kind::want_read};
            return engine.read(into);
        }
    };

    template <class Step>
    std::size_t now(Step step, error_code& ec) {
        if (!channel_->is_open()) {
            ec = asio::error::bad_descriptor;
            return 0;
        }
        const tls_step result = step(channel_->engine());
        ec = result.blocked() ? error_code(asio::error::would_block) : result.error;
        return result.size;
    }

    std::shared_ptr<tls_channel> channel_;
};

} // namespace sse::detail
