// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace sse::net {

/// What the connect algorithm is told.
struct connect_input {
    enum class kind {
        start,     ///< begin; `addresses` where they are known without a lookup, otherwise 0
        resolved,  ///< the lookup ended: with `ec`, or with `addresses`
        connected, ///< the attempt to `address` ended, with `ec`
        woken,     ///< the action was carried out, the time asked for has passed, or nothing
        cancelled, ///< the user wants no connection any more
    };
    kind what;
    error_code ec{};
    std::size_t addresses = 0;
    std::size_t address = 0;
};

/// What the connect algorithm wants to be done. `resolve`, `connect` and `drop` are answered at
/// once by `woken`, until it is `wait` or `complete`.
struct connect_action {
    enum class kind {
        resolve,  ///< look the host up
        connect,  ///< begin an attempt to `address`, beside those under way
        drop,     ///< give the attempt to `address` up; what is heard of it still, does not count
        wait,     ///< wait for input, at most until `until`
        complete, ///< stop everything; the result is `ec`, or the connection to `address`
    };
    kind what;
    std::size_t address = 0;
    time_point until = time_point::max();
    error_code ec{};
};

/// The limits of `connect_fsm`; zero: off.
struct connect_limits {
    std::chrono::nanoseconds total{};         ///< for the whole
    std::chrono::nanoseconds each{};          ///< for each attempt
    std::chrono::nanoseconds attempt_delay{}; ///< until the next one begins beside it; off: never
};

/// How a connection is made, without I/O: look up, then try the addresses in their order, the next
/// one as soon as the one before has failed or has had its head start, and take the first that
/// connects (RFC 8305, section 5). It knows addresses by their index only. `TimePoint` is that of
/// the timer; being a template, it is compiled where something connects and nowhere else.
template <class TimePoint = net::time_point>
class connect_fsm {
public:
    using time_point = TimePoint;

    explicit connect_fsm(const connect_limits& limits) : limits_(limits) {}

    /// What to do after `input` at `now`. Not to be called any more after `complete`.
    [[nodiscard]] connect_action resume(const connect_input& input, time_point now) {
        using in = connect_input::kind;
        switch (input.what) {
        case in::start:
            total_until_ = until(now, limits_.total);
            if (input.addresses == 0) return {.what = connect_action::kind::resolve};
            addresses_ = input.addresses;
            break;
        case in::resolved:
            if (input.ec) return complete(input.ec);
            if (input.addresses == 0) return complete(asio::error::host_not_found);
            addresses_ = input.addresses;
            break;
        case in::connected:
            if (!is_under_way(input.address)) break; // given up before its end was told
            if (!input.ec)
                return {.what = connect_action::kind::complete, .address = input.address};
            ended(input.address, input.ec, now);
            break;
        case in::cancelled: return complete(asio::error::operation_aborted);
        case in::woken: break;
        }
        return next(now);
    }

private:
    struct attempt {
        std::size_t address;
        time_point until;
    };

    static time_point until(time_point now, std::chrono::nanoseconds limit) {
        return limit.count() > 0 ? saturated_add(now, limit) : time_point::max();
    }

    static connect_action complete(error_code ec) {
        return {.what = connect_action::kind::complete, .ec = ec};
    }

    [[nodiscard]] connect_action next(time_point now) {
        if (now >= total_until_) return complete(errc::connect_timeout);
        const auto late = std::find_if(attempts_.begin(), attempts_.end(),
                                       [&](const attempt& a) { return now >= a.until; });
        if (late != attempts_.end()) {
            const std::size_t address = late->address;
            ended(address, errc::connect_timeout, now);
            return {.what = connect_action::kind::drop, .address = address};
        }
        if (next_ < addresses_ && (attempts_.empty() || now >= next_at_)) return begin(now);
        if (addresses_ != 0 && attempts_.empty()) return complete(last_error_);
        return {.what = connect_action::kind::wait, .until = wake()};
    }

    [[nodiscard]] connect_action begin(time_point now) {
        next_at_ = until(now, limits_.attempt_delay);
        attempts_.push_back({next_, until(now, limits_.each)});
        return {.what = connect_action::kind::connect, .address = next_++};
    }

    [[nodiscard]] bool is_under_way(std::size_t address) const {
        return std::any_of(attempts_.begin(), attempts_.end(),
                           [=](const attempt& a) { return a.address == address; });
    }

    /// An attempt has ended without a connection: the next one need not wait any more.
    void ended(std::size_t address, error_code ec, time_point now) {
        std::erase_if(attempts_, [=](const attempt& a) { return a.address == address; });
        last_error_ = ec;
        next_at_ = now;
    }

    [[nodiscard]] time_point wake() const {
        time_point at = next_ < addresses_ ? (std::min)(total_until_, next_at_) : total_until_;
        for (const attempt& a : attempts_)
            at = (std::min)(at, a.until);
        return at;
    }

    connect_limits limits_;
    time_point total_until_ = time_point::max();
    time_point next_at_ = time_point::max(); ///< when the next attempt begins at the latest
    std::vector<attempt> attempts_{};        ///< those under way
    std::size_t addresses_ = 0;
    std::size_t next_ = 0; ///< the address to be tried next
    error_code last_error_{};
};

} // namespace sse::net
