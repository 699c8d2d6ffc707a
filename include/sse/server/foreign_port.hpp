// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/deadline.hpp>
#include <sse/net/member_call.hpp>
#include <sse/net/timer.hpp>
#include <sse/server/response.hpp>
#include <sse/server/stream_sink.hpp>
#include <sse/text/error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sse::detail {

/// Closes a stream by its `close`, or by that of a layer below.
template <class Stream>
void close_stream(Stream& stream) {
    error_code ignored;
    if constexpr (requires { stream.close(ignored); })
        static_cast<void>(stream.close(ignored));
    else if constexpr (requires { stream.close(); })
        stream.close();
    else
        close_stream(stream.next_layer());
}

/// A connection of somebody else's server that ends with one answer of ours: any stream that reads
/// and writes as Asio's do. What it takes it copies, up to a block, and writes by operations.
template <class Stream>
class foreign_port final : public reply_port,
                           public stream_sink,
                           public std::enable_shared_from_this<foreign_port<Stream>> {
public:
    foreign_port(Stream stream, bool head_only, int minor, http::fields more,
                 std::chrono::milliseconds write_time)
        : stream_(std::move(stream)), head_only_(head_only), minor_(minor), more_(std::move(more)),
          write_time_(write_time),
          deadline_(net::timer(executor()), [this] { lost(errc::write_timeout); }) {}
    ~foreign_port() {
        if (feeder_) feeder_->on_destroyed();
    }

    // reply_port
    void respond(response&& answer) override {
        if (closed_ || answered_) return;
        answered_ = true;
        add(answer.headers);
        write_response(answer, context(), tail_);
        read();
        finish();
    }
    stream_sink* open_stream(const http::fields& headers, std::shared_ptr<stream_feeder> feeder,
                             std::string& first) override {
        if (closed_ || answered_) return nullptr;
        http::fields all = headers;
        add(all);
        if (write_stream_head(all, context(), first) != errc::success) {
            respond({.status = 500, .body = "invalid response\n"});
            return nullptr;
        }
        answered_ = true;
        read();
        if (head_only_) {
            tail_ = std::exchange(first, {});
            finish();
            return nullptr;
        }
        feeder_ = std::move(feeder);
        return this;
    }
    [[nodiscard]] asio::any_io_executor executor() override { return stream_.get_executor(); }
    [[nodiscard]] std::string remote_address() const override { return {}; }
    [[nodiscard]] bool is_open() const noexcept override { return !closed_; }

    // stream_sink
    std::size_t write_some(std::string_view bytes, error_code& ec) override {
        ec = {};
        if (closed_) ec = asio::error::bad_descriptor;
        if (writing_) ec = asio::error::would_block;
        if (ec) return 0;
        out_.assign(bytes.substr(0, block_size));
        write();
        return out_.size();
    }
    void wait_writable(bool timed) override {
        waited_for_ = true;
        if (timed) deadline_.expires_after(write_time_);
        if (!writing_) write(); // of nothing: completes in another turn
    }
    void wait_turn_end(std::shared_ptr<stream_feeder> feeder) override {
        asio::post(executor(), calls<&stream_feeder::on_turn_end>(std::move(feeder)));
    }
    void finish() override {
        if (closed_) return;
        finishing_ = true;
        deadline_.expires_after(write_time_); // nobody else looks after what is left
        if (feeder_ && chunked()) tail_.append("0\r\n\r\n");
        feeder_.reset();
        if (!writing_) end();
    }
    void abort(const error_code& why) override { lost(why); }
    [[nodiscard]] bool chunked() const noexcept override { return minor_ != 0; }

private:
    static constexpr std::size_t block_size = std::size_t{64} << 10;
    static constexpr std::size_t max_input = std::size_t{64} << 10;

    [[nodiscard]] answer_context context() {
        date_.look();
        return {head_only_, false, minor_, date_.line()};
    }
    void add(http::fields& headers) const {
        for (const http::field& f : more_)
            headers.set(f.name, f.value);
    }

    /// Reads all the time, so that a peer that leaves is noticed.
    void read() {
        stream_.async_read_some(
            asio::mutable_buffer(in_.data(), in_.size()),
            [self = this->shared_from_this()](const error_code& ec, std::size_t n) {
                self->dropped_ += n;
                if (ec) return self->lost(ec);
                if (self->dropped_ > max_input) return self->lost(errc::buffer_full);
                self->read();
            });
    }

    void write() {
        writing_ = true;
        asio::async_write(stream_, asio::const_buffer(out_.data(), out_.size()),
                          [self = this->shared_from_this()](const error_code& ec, std::size_t) {
                              self->writing_ = false;
                              self->on_written(ec);
                          });
    }

    void on_written(const error_code& ec) {
        if (closed_) return;
        if (ec) return lost(ec);
        if (finishing_) return end();
        if (!std::exchange(waited_for_, false)) return;
        deadline_.clear();
        const auto feeder = feeder_;
        feeder->on_writable();
    }

    void end() {
        out_ = std::exchange(tail_, {});
        if (!out_.empty()) return write();
        lost(errc::closed);
    }

    void lost(const error_code& why) {
        if (std::exchange(closed_, true)) return;
        const auto self = this->shared_from_this();
        deadline_.clear();
        close_stream(stream_);
        if (const auto feeder = std::exchange(feeder_, nullptr)) feeder->on_gone(why);
    }

    Stream stream_;
    bool head_only_;
    int minor_;
    http::fields more_;
    std::chrono::milliseconds write_time_;
    net::deadline<> deadline_;
    date_cache date_;
    std::shared_ptr<stream_feeder> feeder_;
    std::string out_;  // being written
    std::string tail_; // to be written last
    std::array<char, 512> in_{};
    std::size_t dropped_ = 0;
    bool writing_ = false;
    bool waited_for_ = false; // by the feeder
    bool answered_ = false;
    bool finishing_ = false;
    bool closed_ = false;
};

} // namespace sse::detail
