// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/deadline.hpp>
#include <sse/net/member_call.hpp>
#include <sse/net/timer.hpp>
#include <sse/net/transport.hpp>
#include <sse/tls/engine.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace sse::detail {

/// A TLS connection, shared by its stream, the operations under way and, for a while after the
/// stream was closed, the wait for the peer's close_notify.
class tls_channel : public std::enable_shared_from_this<tls_channel> {
public:
    /// What is read and dropped at most while the peer is waited for.
    static constexpr std::size_t drain_limit = std::size_t{1} << 20;
    /// Within so many bytes from the front lies all that a write needs of it.
    static constexpr std::size_t write_stretch = 2 * sizeof(void*) + sizeof(tls_engine);

    /// `ssl` and `plain` as for `tls_engine`. What goes on after a close runs on `executor`, as the
    /// handlers of the operations do.
    tls_channel(openssl_ptr<SSL> ssl, net::transport plain, std::chrono::milliseconds close_timeout,
                asio::any_io_executor executor)
        : engine_(std::move(ssl), std::move(plain)), close_timeout_(close_timeout),
          executor_(std::move(executor)), deadline_(net::timer(engine_.transport().get_executor()),
                                                    [this] { engine_.transport().close(); }) {}

    [[nodiscard]] tls_engine& engine() noexcept { return engine_; }
    [[nodiscard]] const net::transport& transport() const noexcept { return engine_.transport(); }
    [[nodiscard]] bool is_open() const noexcept { return open_ && transport().is_open(); }

    /// Called once the handshake is done, with what to do when the connection ends.
    void established(std::function<void(SSL*)> on_end) { on_end_ = std::move(on_end); }

    /// Ends everything. The operations under way complete with `operation_aborted`, and the peer is
    /// told in order.
    void close() {
        if (!std::exchange(open_, false)) return;
        ended();
        // Only of a socket the waits can be ended without closing it. The goodbye is for OpenSSL as
        // well, which resumes no session that ended without.
        if (!on_end_ || close_timeout_.count() <= 0 || transport_socket() == nullptr) {
            if (on_end_) (void)engine_.shutdown();
            return engine_.transport().close();
        }
        error_code ignored;
        transport_socket()->cancel(ignored);
        deadline_.expires_at(net::saturated_add(deadline_.now(), close_timeout_), executor_);
        say_goodbye();
    }

    void abort() {
        if (!std::exchange(open_, false)) return;
        ended();
        engine_.transport().abort();
    }

private:
    [[nodiscard]] net::transport::socket_type* transport_socket() {
        return transport().is_open() ? engine_.transport().socket() : nullptr;
    }

    void ended() {
        if (on_end_) on_end_(engine_.ssl());
    }

    /// Sends the close_notify, however long the deadline allows that to take.
    void say_goodbye() {
        const tls_step step = engine_.shutdown();
        if (step.what == tls_step::kind::want_write)
            return engine_.transport().async_wait_writable(
                asio::bind_executor(executor_, calls<&tls_channel::say_more>(shared_from_this())));
        if (step.what == tls_step::kind::failed) return finish();
        error_code ignored;
        engine_.transport().shutdown_send(ignored);
        drain();
    }

    /// Reads on until the peer has ended its direction as well: closing with unread bytes would
    /// reset the connection, and with it destroy what we sent last.
    void drain() {
        std::array<char, 4096> dropped;
        for (;;) {
            const tls_step step = engine_.read(asio::buffer(dropped));
            if (step.what == tls_step::kind::want_read) break;
            drained_ += step.size;
            if (step.what != tls_step::kind::done || drained_ > drain_limit) return finish();
        }
        engine_.transport().async_wait_readable(
            asio::bind_executor(executor_, calls<&tls_channel::drain_more>(shared_from_this())));
    }

    void say_more(const error_code& ec) { ec ? finish() : say_goodbye(); }
    void drain_more(const error_code& ec) { ec ? finish() : drain(); }

    void finish() {
        deadline_.clear();
        engine_.transport().close();
    }

    bool open_ = true;
    tls_engine engine_;
    std::chrono::milliseconds close_timeout_;
    asio::any_io_executor executor_;
    net::deadline<> deadline_;
    std::function<void(SSL*)> on_end_{};
    std::size_t drained_ = 0;
};

} // namespace sse::detail
