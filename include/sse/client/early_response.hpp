// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#include <cstddef>
#include <string_view>

namespace sse::detail {

/// What came from the server while the body of a request was still being written. Who refuses a
/// request (401, 413) need not read it: then the rest of the body is of no use, and its answer must
/// not be lost in the error of the write (RFC 9110, 9112 section 9.5).
class early_response {
public:
    enum class verdict {
        wait,    ///< nothing yet that tells
        go_on,   ///< an interim or a good answer: the server wants the body as well
        refused, ///< anything else: there is no use in writing on
    };

    /// A request begins to be written. Answers go to `buffer`, which is borrowed.
    void begin(asio::mutable_buffer buffer) noexcept {
        buffer_ = buffer;
        size_ = 0;
        verdict_ = verdict::wait;
        ++round_;
    }

    /// The request was written, or not: a wait that is over but not told yet has nothing to read.
    void end() noexcept { ++round_; }

    /// Tells the waits of one request from those of another.
    [[nodiscard]] std::size_t round() const noexcept { return round_; }

    /// Reads what is there, without waiting, until it is decided.
    template <class Transport>
    verdict take(Transport& transport) {
        if (verdict_ != verdict::wait) return verdict_;
        error_code ec;
        size_ += transport.read_some(buffer_ + size_, ec);
        // That the peer has ended its side is no answer: let the write tell how it ends.
        verdict_ = ec && ec != asio::error::would_block ? verdict::go_on : judge(text());
        return verdict_;
    }

    /// How many bytes of an answer are in the buffer.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool refused() const noexcept { return verdict_ == verdict::refused; }

    /// By the first digit of the status.
    [[nodiscard]] static constexpr verdict judge(std::string_view response) noexcept {
        constexpr std::string_view start = "HTTP/1.1 ";
        if (response.size() <= start.size()) return verdict::wait;
        const char status = response[start.size()];
        return status == '1' || status == '2' ? verdict::go_on : verdict::refused;
    }

private:
    [[nodiscard]] std::string_view text() const noexcept {
        return {static_cast<const char*>(buffer_.data()), size_};
    }

    asio::mutable_buffer buffer_;
    std::size_t size_ = 0;
    std::size_t round_ = 0;
    verdict verdict_ = verdict::wait;
};

} // namespace sse::detail
