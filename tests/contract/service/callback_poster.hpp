// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/body_decoder.hpp>
#include <sse/http/head_reader.hpp>
#include <sse/http/url.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/transport.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sse::contract {

/// Posts messages to `prefix/1`, `prefix/2` and so on, strictly in order: the next one after the
/// answer to the last, over one connection that stays open. What becomes of a message is nobody's
/// business; one that cannot be delivered is dropped, its number is not used again.
class callback_poster : public std::enable_shared_from_this<callback_poster> {
public:
    /// `on_room` is called when the queue has room again.
    callback_poster(const asio::any_io_executor& executor, http::url prefix,
                    std::function<void()> on_room);

    /// Queues a message.
    void post(std::string body);

    /// Whether no more should be posted for now: a server that never answers must not make the
    /// queue grow without bound.
    [[nodiscard]] bool is_full() const noexcept;

    /// Drops the queue and the connection.
    void close();

private:
    struct handler;

    void next();
    void connect();
    void write_head();
    void write_body();
    void read();
    /// Takes `bytes` of the response. False where it breaks the protocol.
    bool take(std::string_view bytes);
    bool take_head();
    void done();
    void failed();
    void finish();

    asio::any_io_executor executor_;
    http::url prefix_;
    std::function<void()> on_room_;
    std::deque<std::string> queue_; ///< the first one is under way while `busy_`
    std::size_t queued_bytes_ = 0;
    std::uint64_t number_ = 0; ///< of the message under way or sent last
    std::string head_;
    std::optional<net::transport> connection_;
    http::head_reader head_reader_{{}, http::head_kind::response};
    std::optional<http::body_decoder> body_; ///< of the response, once its head is there
    std::array<char, 4096> buffer_;
    bool keep_alive_ = false;
    bool reused_ = false; ///< the connection carried a message before
    bool busy_ = false;
    bool closed_ = false;
};

} // namespace sse::contract
