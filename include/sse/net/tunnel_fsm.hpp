// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/head_limits.hpp>
#include <sse/http/head_reader.hpp>
#include <sse/http/request_head.hpp>
#include <sse/http/response_head.hpp>
#include <sse/net/proxy.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sse::net {

/// How a proxy is asked for a tunnel (RFC 9110, section 9.3.6), without I/O.
class tunnel_fsm {
public:
    enum class status {
        need_input, ///< the answer is not complete
        open,       ///< from here on bytes come from the server and go to it
        failed,     ///< see `error()`
    };

    /// 1xx answers that are read in front of the final one.
    static constexpr std::size_t interim_limit = 16;

    /// A tunnel to `host`, without brackets, and `port`.
    tunnel_fsm(const proxy& by, std::string_view host, std::uint16_t port)
        : reader_(limits_, http::head_kind::response) {
        const bool ipv6 = host.find(':') != std::string_view::npos;
        http::request_head head;
        head.method = "CONNECT";
        head.target = ipv6 ? "[" + std::string(host) + "]" : std::string(host);
        head.target.append(":").append(std::to_string(port));
        head.headers.add("Host", head.target);
        if (!by.authorization.empty()) head.headers.add("Proxy-Authorization", by.authorization);
        error_ = http::write_head(head, request_);
    }

    /// What to send first. Holds the proxy's credentials. Empty after an error.
    [[nodiscard]] std::string_view request() const noexcept { return request_; }

    /// `bytes` came from the proxy. Not to be called any more after `open` and `failed`.
    [[nodiscard]] status feed(std::string_view bytes) {
        while (error_ == errc::success && !bytes.empty()) {
            bytes.remove_prefix(reader_.feed(bytes));
            error_ = reader_.error();
            if (!reader_.done()) continue;
            if (judge() && error_ == errc::success) return opened(bytes);
        }
        return error_ == errc::success ? status::need_input : status::failed;
    }

    /// Errors: `proxy_unauthorized` for 407 and, as some proxies answer, 401; `proxy_refused` for
    /// any other refusal; `bad_framing` for bytes behind the head, before we sent any to the
    /// server; those of `http::head_reader` and `http::parse_response_head`.
    [[nodiscard]] errc error() const noexcept { return error_; }

private:
    /// Whether the head that was read is the final one; notes why it opens no tunnel.
    [[nodiscard]] bool judge() {
        http::response_head head;
        error_ = http::parse_response_head(reader_.text(), limits_, head);
        if (error_ != errc::success) return true;
        const bool interim = head.status / 100 == 1 && head.status != 101;
        if (interim && ++interims_ <= interim_limit) {
            reader_.reset();
            return false;
        }
        if (head.status == 407 || head.status == 401)
            error_ = errc::proxy_unauthorized;
        else if (head.status / 100 != 2)
            error_ = errc::proxy_refused;
        return true;
    }

    /// A 2xx has no body, whatever its fields say. What follows at once the server cannot have
    /// said: it is asked first, in TLS or not. Somebody in between has, so it is no server's bytes.
    [[nodiscard]] status opened(std::string_view rest) {
        if (rest.empty()) return status::open;
        error_ = errc::bad_framing;
        return status::failed;
    }

    http::head_limits limits_{};
    http::head_reader reader_;
    std::string request_;
    std::size_t interims_ = 0;
    errc error_ = errc::success;
};

} // namespace sse::net
