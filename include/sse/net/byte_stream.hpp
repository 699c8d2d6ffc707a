// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/any_handler.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace sse::net {

/// What to wait for.
enum class readiness { readable, writable };

/// A byte stream that is no plain socket, such as TLS or one in memory: what a `transport` needs
/// to run over it. All functions are called on one (implicit) strand. At most one read (or wait
/// for readability) and one write (or wait for writability) are under way at a time.
///
/// For whoever implements it: a handler is never called inside the function that took it, but
/// through its associated executor (`asio::post(handler.get_executor(), ...)`, or by passing it to
/// another operation); its cancellation slot is honoured where it is connected; `close()` completes
/// all operations under way with `operation_aborted`. The destructor does as `close()` does.
class byte_stream {
public:
    byte_stream() = default;
    byte_stream(const byte_stream&) = delete;
    byte_stream& operator=(const byte_stream&) = delete;
    virtual ~byte_stream() = default;

    /// Reads at least one byte. `eof` at the end.
    virtual void async_read_some(asio::mutable_buffer buffer, io_handler handler) = 0;
    /// Writes at least one byte.
    virtual void async_write_some(asio::const_buffer buffer, io_handler handler) = 0;
    /// Completes when the non-blocking function may get on. It may complete too early.
    virtual void async_wait(readiness what, wait_handler handler) = 0;

    /// Reads what is there, or fails with `would_block`.
    virtual std::size_t read_some(asio::mutable_buffer buffer, error_code& ec) = 0;
    /// Writes what goes at once, or fails with `would_block`. After `would_block` the next write
    /// has to begin with the same bytes, though they may lie elsewhere: TLS may have encrypted
    /// them.
    virtual std::size_t write_some(asio::const_buffer buffer, error_code& ec) = 0;
    /// Asks for the memory that a write needs beyond this object, where the processor can do that.
    virtual void prefetch() const noexcept {}
    /// Ends the sending direction in order. After `would_block`: wait until writable, call again.
    virtual void shutdown_send(error_code& ec) = 0;

    /// Ends both directions. Does nothing where that has happened.
    virtual void close() noexcept = 0;
    /// Like `close()`, but what was not sent yet is dropped, and the peer told by a reset where
    /// the stream has such a thing.
    virtual void abort() noexcept { close(); }
    [[nodiscard]] virtual bool is_open() const noexcept = 0;

    /// When bytes came last, those included that are not read yet since they mean nothing without
    /// those to come, such as half a TLS record. The epoch where that is not known.
    [[nodiscard]] virtual time_point last_received() const { return {}; }
    /// The peer's address as a text without port; empty where there is none.
    [[nodiscard]] virtual std::string remote_address() const { return {}; }
    /// The peer's port; 0 where there is none.
    [[nodiscard]] virtual std::uint16_t remote_port() const { return 0; }
};

} // namespace sse::net
