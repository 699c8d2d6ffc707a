// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/net/asio.hpp>
#include <sse/server/response.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace sse::detail {

/// Who fills an event stream: a hub's stream, or the buffer behind an `event_stream`.
class stream_feeder {
public:
    stream_feeder() = default;
    stream_feeder(const stream_feeder&) = delete;
    stream_feeder& operator=(const stream_feeder&) = delete;
    virtual ~stream_feeder() = default;

    /// The socket takes more: `stream_sink::wait_writable` had asked for it.
    virtual void on_writable() = 0;
    /// The turn is over: `stream_sink::wait_turn_end` had asked for it.
    virtual void on_turn_end() {}
    /// The stream is over and its sink must not be used any more.
    virtual void on_gone(const error_code& why) = 0;
    /// As `on_gone`, while the execution context is being destroyed: nothing may be started.
    virtual void on_destroyed() noexcept = 0;
    /// The server drains: a stream that nobody else will end ends in order. Returns whether this
    /// began to end it.
    virtual bool on_drain() { return false; }
};

/// An open response, as its feeder sees it: a connection that takes bytes. All on the connection's
/// (implicit) strand.
class stream_sink {
public:
    /// Writes what goes at once. `would_block` when nothing does; other errors end the stream, and
    /// `abort` must follow.
    virtual std::size_t write_some(std::string_view bytes, error_code& ec) = 0;
    /// Asks for one `on_writable`. `timed`: a peer that takes nothing for the server's
    /// `write_time` is cut off.
    virtual void wait_writable(bool timed) = 0;
    /// Asks for one `on_turn_end` of `feeder`, behind what is ready by now.
    virtual void wait_turn_end(std::shared_ptr<stream_feeder> feeder) = 0;
    /// Ends the stream in order behind what was written. No `on_gone` follows.
    virtual void finish() = 0;
    /// Cuts the connection; `on_gone` is called with `why` before this returns.
    virtual void abort(const error_code& why) = 0;
    [[nodiscard]] virtual bool chunked() const noexcept = 0;
    /// Whether `write_some` needs memory beyond this object, so that there is something to
    /// `prefetch`. It stays as it is while a stream is open.
    [[nodiscard]] virtual bool is_layered() const noexcept { return false; }
    /// So many steps bring all of that: a connection's own transport, its stream, what that needs.
    static constexpr std::size_t layers = 3;
    /// Asks for memory that `write_some` needs beyond this object, which is at hand: `step` is 0
    /// to `layers` - 1, and each step goes on from what the one before has brought.
    virtual void prefetch([[maybe_unused]] std::size_t step) const noexcept {}

protected:
    ~stream_sink() = default;
};

/// Where an answer goes: the connection that read the request.
class reply_port {
public:
    virtual void respond(response&& answer) = 0;
    /// Starts an event stream. Returns where its bytes go, and in `first` those that have to go
    /// first; null where there is no stream to fill: to HEAD, and when the connection is gone.
    virtual stream_sink* open_stream(const http::fields& headers,
                                     std::shared_ptr<stream_feeder> feeder, std::string& first) = 0;
    [[nodiscard]] virtual asio::any_io_executor executor() = 0;
    [[nodiscard]] virtual std::string remote_address() const = 0;
    [[nodiscard]] virtual bool is_open() const noexcept = 0;

protected:
    ~reply_port() = default;
};

} // namespace sse::detail
