// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>
#include <sse/net/transport.hpp>
#include <sse/text/error.hpp>
#include <sse/tls/error.hpp>
#include <sse/tls/openssl.hpp>
#include <sse/tls/transport_bio.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace sse::detail {

/// How a step of TLS ended.
struct tls_step {
    enum class kind {
        done,       ///< with `size` bytes
        want_read,  ///< it goes on once the transport is readable
        want_write, ///< it goes on once the transport is writable
        failed,     ///< with `error`; `eof` is the peer's close_notify
    };
    kind what = kind::done;
    std::size_t size = 0;
    error_code error{};

    [[nodiscard]] bool blocked() const noexcept {
        return what == kind::want_read || what == kind::want_write;
    }
};

/// TLS over a transport, one step at a time and never waiting. A step reads a bounded number of
/// bytes, however much there is: records need not hold data, and OpenSSL goes on until it has some.
class tls_engine {
public:
    /// `ssl` is set up but has no connection yet.
    tls_engine(openssl_ptr<SSL> ssl, net::transport plain)
        : below_{.transport = std::move(plain)}, ssl_(std::move(ssl)) {
        if (!ssl_) return;
        openssl_ptr<BIO> bio = transport_bio::make(below_);
        BIO* const raw = bio.release();
        SSL_set_bio(ssl_.get(), raw, raw);
        SSL_set_read_ahead(ssl_.get(), 1);
        SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                     SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                     SSL_MODE_RELEASE_BUFFERS);
    }
    tls_engine(const tls_engine&) = delete; // it stays where OpenSSL finds the transport
    tls_engine& operator=(const tls_engine&) = delete;

    [[nodiscard]] net::time_point last_received() const noexcept { return below_.last_received; }
    [[nodiscard]] net::transport& transport() noexcept { return below_.transport; }
    [[nodiscard]] const net::transport& transport() const noexcept { return below_.transport; }
    [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }

    [[nodiscard]] tls_step handshake() {
        begin();
        return outcome(SSL_do_handshake(ssl_.get()), 0);
    }

    /// Decrypts into `buffer` what came, up to its end.
    [[nodiscard]] tls_step read(asio::mutable_buffer buffer) {
        if (pending_.what == tls_step::kind::failed) return pending_;
        below_.quota = step_size + buffer.size();
        std::size_t size = 0;
        while (size < buffer.size()) {
            const tls_step step = read_record(buffer + size);
            if (step.what != tls_step::kind::done) {
                if (step.what == tls_step::kind::failed) pending_ = step;
                drained_ = step.blocked();
                return size != 0 ? tls_step{tls_step::kind::done, size} : step;
            }
            size += step.size;
            below_.fruitless = 0;
            drained_ = SSL_has_pending(ssl_.get()) == 0;
            if (drained_) break;
        }
        return {tls_step::kind::done, size};
    }

    /// Whether there is nothing to read before the transport is readable.
    [[nodiscard]] bool drained() const noexcept {
        return drained_ && pending_.what != tls_step::kind::failed;
    }

    /// Encrypts and sends what goes of `buffer`. Of what is encrypted already but does not go, all
    /// but the last byte counts as sent where `ahead` is set: so there is always something left to
    /// call again with, and what follows that byte may be something else by then. Otherwise the
    /// next call has to begin with the same bytes.
    [[nodiscard]] tls_step write(asio::const_buffer buffer, bool ahead = true) {
        std::size_t size = 0;
        if (held_ != 0) {
            const tls_step step = write_held();
            if (step.what != tls_step::kind::done) return step;
            size = std::min(untold_, buffer.size());
        }
        while (size < buffer.size()) {
            const std::size_t record = std::min(buffer.size() - size, record_size);
            const tls_step step = write_record((buffer + size).data(), record);
            if (step.what == tls_step::kind::done) {
                size += step.size;
                continue;
            }
            // in a handshake (of a new key, or a ticket that goes first) nothing is encrypted yet
            if (step.what == tls_step::kind::want_write && SSL_in_init(ssl_.get()) == 0) {
                held_ = record;
                untold_ = ahead ? 1 : record;
                size += record - untold_;
            }
            return size != 0 ? tls_step{tls_step::kind::done, size} : step;
        }
        return {tls_step::kind::done, size};
    }

    /// Sends a close_notify.
    [[nodiscard]] tls_step shutdown() {
        begin();
        const int result = SSL_shutdown(ssl_.get());
        return result >= 0 ? tls_step{} : outcome(result, 0);
    }

private:
    /// What one record holds at most: RFC 8446, section 5.1.
    static constexpr std::size_t record_size = std::size_t{16} << 10;
    /// What a step may read besides data.
    static constexpr std::size_t step_size = std::size_t{64} << 10;
    /// What may come without any data before the peer is given up.
    static constexpr std::size_t fruitless_limit = std::size_t{1} << 20;

    void begin() noexcept {
        clear_tls_errors();
        below_.quota = step_size;
    }

    [[nodiscard]] tls_step write_record(const void* data, std::size_t size) {
        begin();
        std::size_t written = 0;
        const int result = SSL_write_ex(ssl_.get(), data, size, &written);
        const tls_step step = outcome(result, written);
        return step.what == tls_step::kind::failed ? reason_of_broken_write(step) : step;
    }

    /// Sends on the record that is encrypted. OpenSSL asks for the same number of bytes, but looks
    /// at none of them any more.
    [[nodiscard]] tls_step write_held() {
        static constexpr std::array<char, record_size> unseen{};
        const tls_step step = write_record(unseen.data(), held_);
        if (step.what == tls_step::kind::done) held_ = 0;
        return step;
    }

    [[nodiscard]] tls_step read_record(asio::mutable_buffer buffer) {
        clear_tls_errors();
        std::size_t size = 0;
        const int result = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size);
        if (result <= 0 && below_.fruitless > fruitless_limit)
            return fail(std::error_code(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_TOO_MANY_KEY_UPDATES),
                                        tls_category()));
        return outcome(result, size);
    }

    [[nodiscard]] tls_step outcome(int result, std::size_t size) {
        if (result > 0) return {tls_step::kind::done, size};
        switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ: return {tls_step::kind::want_read};
        case SSL_ERROR_WANT_WRITE: return {tls_step::kind::want_write};
        case SSL_ERROR_ZERO_RETURN: return fail(asio::error::eof);
        case SSL_ERROR_SSL: return fail(protocol_error());
        default: break;
        }
        // A FIN that no close_notify came before may be an attacker's.
        if (!below_.error || below_.error == asio::error::eof) return fail(errc::truncated);
        return fail(below_.error);
    }

    [[nodiscard]] static tls_step fail(error_code ec) { return {tls_step::kind::failed, 0, ec}; }

    [[nodiscard]] error_code protocol_error() {
        // The last one: in front of it are those of the library that found the flaw.
        const int reason = ERR_GET_REASON(ERR_peek_last_error());
        const long verified = SSL_get_verify_result(ssl_.get());
        if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && verified != X509_V_OK) {
            ERR_clear_error();
            return std::error_code(static_cast<int>(verified), certificate_category());
        }
        return take_tls_error();
    }

    /// A peer that refuses us, after a TLS 1.3 handshake even, sends an alert and closes: it tells
    /// more than the broken pipe.
    [[nodiscard]] tls_step reason_of_broken_write(const tls_step& broken) {
        begin();
        char byte = 0;
        std::size_t size = 0;
        const tls_step alert = outcome(SSL_peek_ex(ssl_.get(), &byte, 1, &size), size);
        return alert.what == tls_step::kind::failed && alert.error == condition::tls ? alert
                                                                                     : broken;
    }

    // what a write needs is one stretch
    tls_transport below_;
    openssl_ptr<SSL> ssl_;
    std::size_t held_ = 0;   ///< bytes of a record that is encrypted but not sent
    std::size_t untold_ = 0; ///< those of them that do not count as sent
    tls_step pending_{};     ///< what failed behind bytes that were read before
    bool drained_ = false;
};

} // namespace sse::detail
