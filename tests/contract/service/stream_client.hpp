// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "callback_poster.hpp"
#include "stream_request.hpp"

#include <sse/client.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sse::contract {

/// One stream of a test: an event source, and the messages about it to the harness. Takes no more
/// from the stream than the harness takes from it.
class stream_client : public std::enable_shared_from_this<stream_client> {
public:
    /// Gets lines for people.
    using log_function = std::function<void(const std::string& line)>;

    stream_client(const asio::any_io_executor& executor, const stream_request& request,
                  log_function log);

    void start();

    /// Drops the connection and connects anew.
    void restart();

    /// Ends everything at once, with no further message.
    void close();

private:
    [[nodiscard]] event_source_options options_of(const stream_request& request);
    void receive();
    void received(error_code ec, event_batch batch);
    void on_comment(std::string_view comment);
    void on_error(const disconnection& what);
    void log(std::string_view what, std::string_view text) const;
    void report(std::string body);
    void pause_if_full();

    std::string tag_;
    log_function log_;
    std::shared_ptr<callback_poster> callbacks_;
    asio::any_io_executor executor_;
    asio::cancellation_signal pause_;
    event_source source_;
    bool receiving_ = false;
    bool ended_ = false; ///< for good, unless restarted
    bool closed_ = false;
};

} // namespace sse::contract
