// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/parked_handler.hpp>
#include <sse/server/stream_sink.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sse::detail {

/// What an `event_stream` still has to send: a block that is on its way, and one that collects what
/// came since, which goes out as one chunk.
class stream_buffer final : public stream_feeder,
                            public std::enable_shared_from_this<stream_buffer> {
public:
    stream_buffer(asio::any_io_executor executor, std::size_t limit)
        : executor_(std::move(executor)), limit_(limit) {}

    void attach(stream_sink* sink, std::string first) {
        sink_ = sink;
        chunked_ = sink != nullptr && sink->chunked();
        sending_ = std::move(first);
        pump();
    }

    [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return executor_; }
    [[nodiscard]] bool is_open() const noexcept { return sink_ != nullptr && !closing_; }
    [[nodiscard]] bool has_room() const noexcept {
        return sending_.size() - sent_ + collected() < limit_;
    }
    [[nodiscard]] bool is_empty() const noexcept { return sending_.empty() && collected() == 0; }
    [[nodiscard]] const error_code& reason() const noexcept { return reason_; }

    /// Where a serializer appends what is to be sent. `pump` or `pump_later` has to follow.
    std::string& collect() {
        if (collecting_.empty()) collecting_.assign(chunk_room, '0');
        return collecting_;
    }

    /// Sends what goes.
    void pump() {
        while (sink_ != nullptr && !waiting_ && (!sending_.empty() || take_collected())) {
            error_code ec;
            sent_ += sink_->write_some(std::string_view(sending_).substr(sent_), ec);
            if (ec && ec != asio::error::would_block) return sink_->abort(ec);
            if (sent_ < sending_.size()) {
                waiting_ = true;
                return sink_->wait_writable(true);
            }
            sending_.clear();
            sent_ = 0;
        }
        if (sink_ == nullptr || waiting_) return;
        sent.complete({});
        if (closing_) return finish();
        if (sending_.capacity() > idle_size || collecting_.capacity() > idle_size) post_turn_end();
    }

    /// Sends what goes, at the end of the turn, or at once when there is a block of it.
    void pump_later() {
        if (collected() >= block_size) return pump();
        post_turn_end();
    }

    /// Ends the stream behind what it holds.
    void close() {
        if (sink_ == nullptr || closing_) return;
        closing_ = true;
        pump();
    }

    /// Cuts the stream.
    void abort() {
        if (sink_ != nullptr) sink_->abort(errc::closed);
    }

    void on_writable() override {
        waiting_ = false;
        pump();
    }

    void on_turn_end() override {
        posted_ = false;
        is_empty() ? give_back() : pump();
    }

    void on_gone(const error_code& why) override {
        sink_ = nullptr;
        end(why);
    }

    void on_destroyed() noexcept override { sink_ = nullptr; }
    bool on_drain() override {
        const bool begins = is_open();
        close();
        return begins;
    }

    parked_handler sent; ///< waits for everything to be sent
    parked_handler gone; ///< waits for the end of the stream

private:
    /// Room in front of the block for the size of its chunk.
    static constexpr std::size_t chunk_room = sizeof(std::size_t) * 2 + 2;
    /// With the event that fills it, mostly less than the 65,483 bytes that are the longest segment
    /// of the loopback device: a little more would be two, at a fifth more CPU.
    static constexpr std::size_t block_size = std::size_t{60} << 10;
    /// What each of the two strings may keep while there is nothing to send.
    static constexpr std::size_t idle_size = std::size_t{4} << 10;

    [[nodiscard]] std::size_t collected() const noexcept {
        return collecting_.empty() ? 0 : collecting_.size() - chunk_room;
    }

    void post_turn_end() {
        if (posted_) return;
        posted_ = true;
        sink_->wait_turn_end(shared_from_this());
    }

    /// Assigning an empty string would keep the memory.
    void give_back() noexcept {
        std::string().swap(sending_);
        std::string().swap(collecting_);
    }

    bool take_collected() {
        if (collected() == 0) return false;
        sending_.swap(collecting_);
        collecting_.clear();
        sent_ = chunk_room;
        if (!chunked_) return true;
        std::size_t size = sending_.size() - chunk_room;
        sending_.append("\r\n");
        sending_[--sent_] = '\n';
        sending_[--sent_] = '\r';
        for (; size != 0; size >>= 4U)
            sending_[--sent_] = "0123456789abcdef"[size & 0x0fU];
        return true;
    }

    void finish() {
        std::exchange(sink_, nullptr)->finish();
        end({});
    }

    void end(const error_code& why) {
        reason_ = why;
        closing_ = true;
        give_back();
        sent.complete(why ? why : error_code(errc::closed));
        gone.complete(why);
    }

    asio::any_io_executor executor_;
    std::size_t limit_;
    stream_sink* sink_ = nullptr;
    std::string sending_;
    std::size_t sent_ = 0;
    std::string collecting_;
    error_code reason_ = errc::closed;
    bool chunked_ = false;
    bool waiting_ = false; // for the socket
    bool posted_ = false;
    bool closing_ = false;
};

} // namespace sse::detail
