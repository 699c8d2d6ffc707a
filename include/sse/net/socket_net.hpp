// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/connect.hpp>
#include <sse/net/timer.hpp>
#include <sse/net/transport.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

namespace sse::net {

/// Where connections and time come from: sockets and the steady clock. The default `Net` of
/// templates that can run over something else, such as the test kit's `test_net`. A `Net` is a
/// value that is cheap to copy, with these members.
template <class Executor = asio::any_io_executor>
struct basic_socket_net {
    using executor_type = Executor;
    using timer = basic_timer<Executor>;
    using transport = basic_transport<Executor>;

    /// A timer whose handlers run on `executor` unless they have one of their own.
    [[nodiscard]] timer make_timer(const executor_type& executor) const { return timer(executor); }

    /// As `net::async_connect`.
    /// Completion signature: `void(error_code, transport)`.
    template <class CompletionToken>
    auto async_connect(const executor_type& executor, std::string_view host, std::uint16_t port,
                       const connect_options& options, CompletionToken&& token) const {
        return net::async_connect(executor, host, port, options,
                                  std::forward<CompletionToken>(token));
    }
};

using socket_net = basic_socket_net<>;

} // namespace sse::net
