// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace sse::net {

/// What the connect algorithm is told.
struct connect_input {
    enum class kind {
        start,     ///< begin; `addresses` where they are known without a lookup, otherwise 0
        resolved,  ///< the lookup ended: with `ec`, or with `addresses`
        connected, ///< the attempt under way ended, with `ec`
        woken,     ///< the time asked for has passed, or nothing in particular happened
        cancelled, ///< the user wants no connection any more
    };
    kind what;
    error_code ec{};
    std::size_t addresses = 0;
};

/// What the connect algorithm wants to be done.
struct connect_action {
    enum class kind {
        resolve,  ///< look the host up; then wait until `until`
        connect,  ///< drop the attempt under way, begin one to `address`; then wait until `until`
        wait,     ///< wait for input, at most until `until`
        complete, ///< stop everything; the result is `ec`
    };
    kind what;
    std::size_t address = 0;
    time_point until = time_point::max();
    error_code ec{};
};

/// How a connection is made, without I/O: look up, try the addresses in turn, each for a limited
/// time, all within a limit for the whole. It knows addresses by their index only.
class connect_fsm {
public:
    /// `total` and `each` limit the whole and each attempt; zero: no limit.
    connect_fsm(std::chrono::nanoseconds total, std::chrono::nanoseconds each)
        : total_(total), each_(each) {}

    /// What to do after `input` at `now`. Not to be called any more after `complete`.
    [[nodiscard]] connect_action resume(const connect_input& input, time_point now) {
        using in = connect_input::kind;
        switch (input.what) {
        case in::start:
            total_until_ = until(now, total_);
            if (input.addresses == 0)
                return {.what = connect_action::kind::resolve, .until = total_until_};
            addresses_ = input.addresses;
            return attempt(0, now);
        case in::resolved:
            if (input.ec) return complete(input.ec);
            if (input.addresses == 0) return complete(asio::error::host_not_found);
            addresses_ = input.addresses;
            return attempt(0, now);
        case in::connected: return input.ec ? next(input.ec, now) : complete({});
        case in::cancelled: return complete(asio::error::operation_aborted);
        case in::woken: break;
        }
        if (now >= total_until_) return complete(errc::connect_timeout);
        if (now >= each_until_) return next(errc::connect_timeout, now);
        return {.what = connect_action::kind::wait, .until = (std::min)(total_until_, each_until_)};
    }

private:
    static time_point until(time_point now, std::chrono::nanoseconds limit) {
        return limit.count() > 0 ? saturated_add(now, limit) : time_point::max();
    }

    static connect_action complete(error_code ec) {
        return {.what = connect_action::kind::complete, .ec = ec};
    }

    connect_action next(error_code ec, time_point now) {
        return address_ + 1 < addresses_ ? attempt(address_ + 1, now) : complete(ec);
    }

    connect_action attempt(std::size_t address, time_point now) {
        if (now >= total_until_) return complete(errc::connect_timeout);
        address_ = address;
        each_until_ = until(now, each_);
        return {.what = connect_action::kind::connect,
                .address = address,
                .until = (std::min)(total_until_, each_until_)};
    }

    std::chrono::nanoseconds total_;
    std::chrono::nanoseconds each_;
    time_point total_until_ = time_point::max();
    time_point each_until_ = time_point::max();
    std::size_t addresses_ = 0;
    std::size_t address_ = 0;
};

} // namespace sse::net
