// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/byte_stream.hpp>
#include <sse/net/connect.hpp>
#include <sse/net/timer.hpp>
#include <sse/net/transport.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sse::testing {

/// What a server says that never gets tired: `first`, then `again` until it was `size` bytes in
/// all, at least, and then the end.
struct endless_text {
    std::string first;
    std::string again;
    std::uint64_t size;
    std::uint64_t read = 0; ///< so far

    std::size_t take(void* to, std::size_t room) {
        auto* out = static_cast<char*>(to);
        std::size_t taken = 0;
        while (taken < room && read < first.size() + size) {
            std::string_view rest = first;
            if (read >= first.size()) {
                rest = again;
                rest.remove_prefix(static_cast<std::size_t>((read - first.size()) % again.size()));
            } else {
                rest.remove_prefix(static_cast<std::size_t>(read));
            }
            const std::size_t n = (std::min)(rest.size(), room - taken);
            std::memcpy(out + taken, rest.data(), n);
            taken += n;
            read += n;
        }
        return taken;
    }
};

/// A byte stream out of such a text, made as it is read; what is written is gone.
class endless_stream final : public net::byte_stream {
public:
    endless_stream(const asio::any_io_executor& executor, std::shared_ptr<endless_text> text)
        : executor_(executor), text_(std::move(text)) {}

    void async_read_some(asio::mutable_buffer buffer, net::io_handler handler) override {
        error_code ec;
        const std::size_t size = read_some(buffer, ec);
        complete(std::move(handler), ec, size);
    }
    void async_write_some(asio::const_buffer buffer, net::io_handler handler) override {
        complete(std::move(handler), {}, buffer.size());
    }
    void async_wait(net::readiness, net::wait_handler handler) override {
        asio::post(executor_, [h = std::move(handler)]() mutable { h({}); });
    }
    std::size_t read_some(asio::mutable_buffer buffer, error_code& ec) override {
        const std::size_t size = text_->take(buffer.data(), buffer.size());
        ec = size == 0 ? error_code(asio::error::eof) : error_code();
        return size;
    }
    std::size_t write_some(asio::const_buffer buffer, error_code& ec) override {
        ec = {};
        return buffer.size();
    }
    void shutdown_send(error_code& ec) override { ec = {}; }
    void close() noexcept override { open_ = false; }
    [[nodiscard]] bool is_open() const noexcept override { return open_; }

private:
    void complete(net::io_handler handler, error_code ec, std::size_t size) {
        asio::post(executor_, [h = std::move(handler), ec, size]() mutable { h(ec, size); });
    }

    asio::any_io_executor executor_;
    std::shared_ptr<endless_text> text_;
    bool open_ = true;
};

/// A `Net` whose connections all lead to one such text.
class endless_net {
public:
    using executor_type = asio::any_io_executor;
    using timer = net::timer;
    using transport = net::transport;

    explicit endless_net(endless_text text)
        : text_(std::make_shared<endless_text>(std::move(text))) {}

    /// Bytes that were read so far.
    [[nodiscard]] std::uint64_t read() const noexcept { return text_->read; }

    [[nodiscard]] timer make_timer(const executor_type& executor) const { return timer(executor); }

    template <class CompletionToken>
    auto async_connect(const executor_type& executor, std::string_view, std::uint16_t,
                       const net::connect_options&, CompletionToken&& token) const {
        return asio::async_initiate<CompletionToken, void(error_code, transport)>(
            [executor, text = text_](auto handler) {
                transport connection(executor, std::make_unique<endless_stream>(executor, text));
                asio::post(executor, [h = std::move(handler), c = std::move(connection)]() mutable {
                    std::move(h)(error_code(), std::move(c));
                });
            },
            token);
    }

private:
    std::shared_ptr<endless_text> text_;
};

} // namespace sse::testing
