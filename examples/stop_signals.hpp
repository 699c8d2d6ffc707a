// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#if defined(SSE_BOOST_ASIO)
#include <boost/asio/signal_set.hpp>
#else
#include <asio/signal_set.hpp>
#endif

#include <csignal>
#include <utility>

/// Calls a function once, on SIGINT or SIGTERM.
class stop_signals {
public:
    template <class Function>
    stop_signals(const sse::asio::any_io_executor& executor, Function stop)
        : signals_(executor, SIGINT, SIGTERM) {
        signals_.async_wait([stop = std::move(stop)](sse::error_code ec, int) mutable {
            if (!ec) stop();
        });
    }

    template <class Function>
    stop_signals(sse::asio::io_context& context, Function stop)
        : stop_signals(context.get_executor(), std::move(stop)) {}

    /// Lets the context run out of work.
    void cancel() { signals_.cancel(); }

private:
    sse::asio::signal_set signals_;
};
