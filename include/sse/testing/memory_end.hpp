// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/any_handler.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/byte_stream.hpp>
#include <sse/testing/fail_count.hpp>
#include <sse/testing/pending_operation.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sse::testing {

/// One end of a connection in memory, the mechanism behind `test_stream`.
class memory_end {
    using io_operation = pending_operation<void(error_code, std::size_t)>;
    using wait_operation = pending_operation<void(error_code)>;

public:
    static constexpr std::size_t unlimited = (std::numeric_limits<std::size_t>::max)();

    /// The sending direction ends after `at` bytes: closed, or broken with `ec`.
    struct cut_point {
        std::uint64_t at;
        error_code ec;
    };

    std::size_t read_size = unlimited;
    std::size_t write_size = unlimited;
    std::size_t capacity = 64 * 1024;
    fail_count fail{};
    std::string remote_address{};
    std::uint16_t remote_port = 0;

    explicit memory_end(asio::any_io_executor executor) : executor_(std::move(executor)) {}
    memory_end(const memory_end&) = delete;
    memory_end& operator=(const memory_end&) = delete;
    ~memory_end() { close(); }

    static std::pair<std::shared_ptr<memory_end>, std::shared_ptr<memory_end>>
    connect(const asio::any_io_executor& executor) {
        auto a = std::make_shared<memory_end>(executor);
        auto b = std::make_shared<memory_end>(executor);
        a->peer_ = b;
        b->peer_ = a;
        return {std::move(a), std::move(b)};
    }

    [[nodiscard]] const asio::any_io_executor& get_executor() const noexcept { return executor_; }
    [[nodiscard]] bool is_open() const noexcept { return open_; }
    [[nodiscard]] bool ended() const noexcept { return in_ended_; }
    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
    [[nodiscard]] bool reading() const noexcept { return read_.waiting() || readable_.waiting(); }
    [[nodiscard]] bool writing() const noexcept { return write_.waiting() || writable_.waiting(); }
    [[nodiscard]] std::string_view waiting() const noexcept {
        return std::string_view(in_).substr(offset_);
    }

    void async_read(asio::mutable_buffer buffer, net::io_handler handler) {
        error_code ec;
        const std::size_t n = read(buffer, ec);
        if (ec != asio::error::would_block) return io_operation::post(std::move(handler), ec, n);
        read_buffer_ = buffer;
        read_.start(std::move(handler));
    }

    void async_write(asio::const_buffer buffer, net::io_handler handler) {
        error_code ec;
        const std::size_t n = write(buffer, ec);
        if (ec != asio::error::would_block) return io_operation::post(std::move(handler), ec, n);
        write_buffer_ = buffer;
        write_.start(std::move(handler));
    }

    void async_wait(net::readiness what, net::wait_handler handler) {
        const bool read = what == net::readiness::readable;
        error_code ec;
        if (!begin(ec) || (read ? can_read() : can_write()))
            return wait_operation::post(std::move(handler), ec);
        (read ? readable_ : writable_).start(std::move(handler));
    }

    std::size_t read(asio::mutable_buffer buffer, error_code& ec) {
        if (!begin(ec) || buffer.size() == 0) return 0;
        return try_read(buffer, ec);
    }

    std::size_t write(asio::const_buffer buffer, error_code& ec) {
        if (!begin(ec) || buffer.size() == 0) return 0;
        return try_write(buffer, ec);
    }

    /// Sends without regard to sizes and capacity.
    void send(std::string_view bytes) {
        if (open_ && !out_ended_ && !broken_)
            transfer(bytes.substr(0, static_cast<std::size_t>(
                                         (std::min<std::uint64_t>)(bytes.size(), room_to_cut()))));
    }

    error_code shutdown_send() {
        if (!open_) return asio::error::bad_descriptor;
        if (broken_) return asio::error::not_connected;
        end_sending();
        return {};
    }

    void cut(cut_point point) {
        cut_ = point;
        check_cut();
    }

    void close() noexcept {
        if (!std::exchange(open_, false)) return;
        stop_all();
        end_sending();
        if (auto peer = peer_.lock()) peer->progress();
    }

    /// Closes this end and breaks the connection for the peer.
    void abort() noexcept {
        if (!open_) return;
        if (auto peer = peer_.lock()) peer->break_off(asio::error::connection_reset);
        close();
    }

    /// Breaks the connection for both.
    void reset(error_code ec) {
        auto peer = peer_.lock();
        break_off(ec);
        if (peer) peer->break_off(ec);
    }

    std::string take() {
        std::string bytes(waiting());
        in_.clear();
        offset_ = 0;
        if (auto peer = peer_.lock()) peer->progress();
        return bytes;
    }

    /// Completes what can go on. Moving bytes makes the peer go on, which calls back: hence again.
    void progress() {
        again_ = true;
        if (std::exchange(progressing_, true)) return;
        while (std::exchange(again_, false))
            step();
        progressing_ = false;
    }

private:
    void step() {
        error_code ec;
        if (read_.waiting() && can_read()) {
            const std::size_t n = try_read(read_buffer_, ec);
            read_.complete(ec, n);
        }
        if (readable_.waiting() && can_read()) readable_.complete({});
        ec = {};
        if (write_.waiting() && can_write()) {
            const std::size_t n = try_write(write_buffer_, ec);
            write_.complete(ec, n);
        }
        if (writable_.waiting() && can_write()) writable_.complete({});
    }

    void stop_all() {
        for (io_operation* i : {&read_, &write_})
            i->complete(asio::error::operation_aborted, 0);
        for (wait_operation* r : {&readable_, &writable_})
            r->complete(asio::error::operation_aborted);
    }

    bool begin(error_code& ec) {
        ec = {};
        if (!open_)
            ec = asio::error::bad_descriptor;
        else if (!fail.fail(ec))
            return true;
        return false;
    }

    [[nodiscard]] bool can_read() const { return offset_ < in_.size() || in_ended_ || broken_; }

    std::size_t try_read(asio::mutable_buffer buffer, error_code& ec) {
        const std::size_t n = (std::min)({in_.size() - offset_, buffer.size(), read_size});
        if (n == 0) {
            ec = broken_ ? broken_
                         : error_code(in_ended_ ? error_code(asio::error::eof)
                                                : error_code(asio::error::would_block));
            return 0;
        }
        std::memcpy(buffer.data(), in_.data() + offset_, n);
        offset_ += n;
        if (offset_ == in_.size()) {
            in_.clear();
            offset_ = 0;
        }
        if (auto peer = peer_.lock()) peer->progress();
        return n;
    }

    [[nodiscard]] std::size_t room() const {
        const auto peer = peer_.lock();
        const std::size_t held = peer ? peer->waiting().size() : 0;
        return peer && peer->capacity > held ? peer->capacity - held : 0;
    }

    [[nodiscard]] bool deaf() const {
        const auto peer = peer_.lock();
        return !peer || !peer->open_;
    }

    [[nodiscard]] bool can_write() const {
        return broken_ || out_ended_ || deaf() || (room() > 0 && write_size > 0);
    }

    std::size_t try_write(asio::const_buffer buffer, error_code& ec) {
        if (broken_) return fail_with(broken_, ec);
        if (out_ended_ || deaf()) return fail_with(asio::error::broken_pipe, ec);
        const std::size_t n = static_cast<std::size_t>(
            (std::min)({std::uint64_t{buffer.size()}, std::uint64_t{write_size},
                        std::uint64_t{room()}, room_to_cut()}));
        if (n == 0) return fail_with(asio::error::would_block, ec);
        transfer({static_cast<const char*>(buffer.data()), n});
        return n;
    }

    static std::size_t fail_with(error_code what, error_code& ec) {
        ec = what;
        return 0;
    }

    void transfer(std::string_view bytes) {
        sent_ += bytes.size();
        if (auto peer = peer_.lock(); peer && peer->open_) {
            peer->in_.append(bytes);
            peer->progress();
        }
        check_cut();
    }

    [[nodiscard]] std::uint64_t room_to_cut() const {
        return cut_ ? cut_->at - (std::min)(cut_->at, sent_) : unlimited;
    }

    void check_cut() {
        if (!cut_ || sent_ < cut_->at) return;
        const cut_point point = *std::exchange(cut_, std::nullopt);
        if (point.ec)
            reset(point.ec);
        else
            close();
    }

    void end_sending() {
        out_ended_ = true;
        if (auto peer = peer_.lock()) {
            peer->in_ended_ = true;
            peer->progress();
        }
    }

    void break_off(error_code ec) {
        if (!open_ || broken_) return;
        broken_ = ec;
        progress();
    }

    asio::any_io_executor executor_;
    std::weak_ptr<memory_end> peer_;
    std::string in_;
    std::size_t offset_ = 0;
    std::uint64_t sent_ = 0;
    std::optional<cut_point> cut_;
    error_code broken_;
    bool progressing_ = false;
    bool again_ = false;
    bool open_ = true;
    bool in_ended_ = false;
    bool out_ended_ = false;
    asio::mutable_buffer read_buffer_;
    asio::const_buffer write_buffer_;
    io_operation read_;
    io_operation write_;
    wait_operation readable_;
    wait_operation writable_;
};

} // namespace sse::testing
