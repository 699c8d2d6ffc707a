// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/server/drain.hpp>

#include <cstddef>
#include <mutex>
#include <utility>

namespace sse::detail {

/// Adds up what the servers of a pool say when each has drained, and then tells the handler.
/// A template of its handler, so that only a file with a pool compiles it.
/// Thread safety: safe.
template <class Handler>
class drain_gathering {
public:
    drain_gathering(std::size_t servers, Handler handler)
        : left_(servers), handler_(std::move(handler)),
          work_(asio::prefer(handler_.get_executor(), asio::execution::outstanding_work.tracked)) {}

    void add(const error_code& ec, const drain_result& result) {
        const std::lock_guard lock(mutex_);
        sum_ += result;
        if (ec) error_ = ec;
        if (--left_ != 0) return;
        const auto executor = std::exchange(work_, asio::any_io_executor());
        asio::post(executor,
                   [h = std::move(handler_), ec = error_, sum = sum_]() mutable { h(ec, sum); });
    }

private:
    std::mutex mutex_;
    std::size_t left_;
    drain_result sum_;
    error_code error_;
    Handler handler_;
    asio::any_io_executor work_;
};

} // namespace sse::detail
