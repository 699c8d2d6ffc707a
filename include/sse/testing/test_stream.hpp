// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/byte_stream.hpp>
#include <sse/net/transport.hpp>
#include <sse/testing/fail_count.hpp>
#include <sse/testing/memory_end.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sse::testing {

/// One end of a byte stream in memory: to read and write through `transport()`, and to control and
/// look into here. A handle: copies and transports are of the same end. Bytes arrive at once; no
/// handler runs inside the function that caused it. When the last handle and transport of an end
/// are gone, it is closed.
class test_stream {
public:
    explicit test_stream(std::shared_ptr<memory_end> end) : end_(std::move(end)) {}

    /// A transport over this end. Closing or destroying it closes the end.
    [[nodiscard]] net::transport transport() const;

    /// Each read gets at most `n` bytes.
    test_stream& read_size(std::size_t n) {
        return with([&] { end_->read_size = n; });
    }
    /// Each write takes at most `n` bytes.
    test_stream& write_size(std::size_t n) {
        return with([&] { end_->write_size = n; });
    }
    /// At most `n` bytes wait to be read at this end; the peer's writes beyond it block.
    test_stream& capacity(std::size_t n) {
        return with([&] { end_->capacity = n; });
    }
    /// Closes this end as soon as it has sent `n` bytes in all.
    test_stream& close_after(std::uint64_t n) {
        return with([&] { end_->cut({n, {}}); });
    }
    /// Breaks the connection for both as soon as this end has sent `n` bytes in all. The peer reads
    /// them, and then `connection_reset`.
    test_stream& reset_after(std::uint64_t n) {
        return with([&] { end_->cut({n, asio::error::connection_reset}); });
    }
    /// Reads, writes and waits of this end, blocking or not, are counted by `count`.
    test_stream& fail(fail_count count) {
        return with([&] { end_->fail = std::move(count); });
    }
    /// What `remote_address()` and `remote_port()` tell.
    test_stream& remote(std::string address, std::uint16_t port) {
        end_->remote_address = std::move(address);
        end_->remote_port = port;
        return *this;
    }

    /// Sends `bytes` as they are, whatever the sizes and the capacity.
    void send(std::string_view bytes) { end_->send(bytes); }
    /// Ends the sending direction.
    void shutdown_send() { end_->shutdown_send(); }
    void close() { end_->close(); }
    /// Breaks the connection for both.
    void reset() { end_->reset(asio::error::connection_reset); }

    /// What waits to be read at this end.
    [[nodiscard]] std::string_view waiting() const { return end_->waiting(); }
    /// Takes what waits to be read at this end.
    std::string take() { return end_->take(); }
    [[nodiscard]] bool is_open() const noexcept { return end_->is_open(); }
    /// Whether the peer has ended its sending direction, or closed.
    [[nodiscard]] bool ended() const noexcept { return end_->ended(); }
    /// Bytes sent by this end so far.
    [[nodiscard]] std::uint64_t sent() const noexcept { return end_->sent(); }
    /// Whether a read, or a wait for readability, is under way at this end.
    [[nodiscard]] bool reading() const noexcept { return end_->reading(); }
    /// Whether a write, or a wait for writability, is under way at this end.
    [[nodiscard]] bool writing() const noexcept { return end_->writing(); }

private:
    template <class Change>
    test_stream& with(Change&& change) {
        change();
        end_->progress();
        return *this;
    }

    std::shared_ptr<memory_end> end_;
};

/// Two connected ends.
struct test_stream_pair {
    explicit test_stream_pair(const asio::any_io_executor& executor)
        : test_stream_pair(memory_end::connect(executor)) {}

    test_stream near;
    test_stream far;

private:
    explicit test_stream_pair(std::pair<std::shared_ptr<memory_end>, std::shared_ptr<memory_end>> e)
        : near(std::move(e.first)), far(std::move(e.second)) {}
};

/// The `byte_stream` over one end.
class memory_stream final : public net::byte_stream {
public:
    explicit memory_stream(std::shared_ptr<memory_end> end) : end_(std::move(end)) {}
    ~memory_stream() override { end_->close(); }

    void async_read_some(asio::mutable_buffer buffer, net::io_handler handler) override {
        end_->async_read(buffer, std::move(handler));
    }
    void async_write_some(asio::const_buffer buffer, net::io_handler handler) override {
        end_->async_write(buffer, std::move(handler));
    }
    void async_wait(net::readiness what, net::wait_handler handler) override {
        end_->async_wait(what, std::move(handler));
    }
    std::size_t read_some(asio::mutable_buffer buffer, error_code& ec) override {
        return end_->read(buffer, ec);
    }
    std::size_t write_some(asio::const_buffer buffer, error_code& ec) override {
        return end_->write(buffer, ec);
    }
    void shutdown_send(error_code& ec) override { ec = end_->shutdown_send(); }
    void close() noexcept override { end_->close(); }
    void abort() noexcept override { end_->abort(); }
    [[nodiscard]] bool is_open() const noexcept override { return end_->is_open(); }
    [[nodiscard]] std::string remote_address() const override { return end_->remote_address; }
    [[nodiscard]] std::uint16_t remote_port() const override { return end_->remote_port; }

private:
    std::shared_ptr<memory_end> end_;
};

inline net::transport test_stream::transport() const {
    return net::transport(end_->get_executor(), std::make_unique<memory_stream>(end_));
}

} // namespace sse::testing
