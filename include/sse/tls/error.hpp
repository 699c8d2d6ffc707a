// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/text/error.hpp>
#include <sse/tls/openssl.hpp>

#include <string>
#include <system_error>

namespace sse {

/// The category of what OpenSSL's error queue tells: alerts of the peer, protocol errors. All are
/// `condition::tls`.
[[nodiscard]] inline const std::error_category& tls_category() noexcept {
    struct category final : std::error_category {
        const char* name() const noexcept override { return "sse.tls"; }
        std::string message(int value) const override {
            const char* const text = ERR_reason_error_string(static_cast<unsigned long>(value));
            return text != nullptr ? text : "TLS error " + std::to_string(value);
        }
        bool equivalent(int, const std::error_condition& c) const noexcept override {
            return c == condition::tls;
        }
    };
    static const category instance;
    return instance;
}

/// The category of reasons not to accept the peer's certificate: the `X509_V_ERR_` numbers of
/// OpenSSL. All are `condition::certificate` and `condition::tls`.
[[nodiscard]] inline const std::error_category& certificate_category() noexcept {
    struct category final : std::error_category {
        const char* name() const noexcept override { return "sse.certificate"; }
        std::string message(int value) const override {
            return X509_verify_cert_error_string(value);
        }
        bool equivalent(int, const std::error_condition& c) const noexcept override {
            return c == condition::tls || c == condition::certificate;
        }
    };
    static const category instance;
    return instance;
}

namespace detail {

/// Empties this thread's queue of errors, in front of what is to be asked for its own. Mostly it is
/// empty: to look costs a sixth of clearing, which goes through all places of the queue.
inline void clear_tls_errors() noexcept {
    if (ERR_peek_error() != 0) ERR_clear_error();
}

/// The first error of this thread's queue, which is emptied.
[[nodiscard]] inline error_code take_tls_error() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (ERR_GET_LIB(code) == ERR_LIB_SYS)
        return std::error_code(ERR_GET_REASON(code), std::system_category());
    const int value = code == 0 ? ERR_PACK(ERR_LIB_SSL, 0, ERR_R_INTERNAL_ERROR)
                                : static_cast<int>(code & 0x7fffffffUL);
    return std::error_code(value, tls_category());
}

} // namespace detail
} // namespace sse
