// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#if defined(SSE_BOOST_ASIO)
#include <boost/asio/signal_set.hpp>
#else
#include <asio/signal_set.hpp>
#endif

#include <csignal>
#include <functional>
#include <utility>

/// Calls a function at each SIGHUP, as programs are told to read their files again.
class reload_signals {
public:
    template <class Function>
    reload_signals(const sse::asio::any_io_executor& executor, Function reload)
        : signals_(executor, SIGHUP), reload_(std::move(reload)) {
        wait();
    }

    /// Lets the context run out of work.
    void cancel() { signals_.cancel(); }

private:
    void wait() {
        signals_.async_wait([this](sse::error_code ec, int) {
            if (ec) return;
            reload_();
            wait();
        });
    }

    sse::asio::signal_set signals_;
    std::function<void()> reload_;
};

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
