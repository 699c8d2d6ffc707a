// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/timer.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace sse::detail {

/// The timer of an event source: it ends what is waited for, and watches the deadline of what is
/// read or written. A watch outlasts a receive, and looks again when it ends: a deadline that moves
/// with each read does not cost a wait each.
template <class Timer>
class receive_timer {
public:
    /// What the end of a watch means.
    enum class verdict {
        nothing, ///< there is no deadline any more
        watch,   ///< it has moved: watch on
        late,    ///< it has passed
    };

    explicit receive_timer(Timer timer) : timer_(std::move(timer)) {}

    [[nodiscard]] net::time_point now() const { return timer_.now(); }

    /// Nothing has a deadline; `wait` ends at `end`.
    void wait_until(net::time_point end) {
        disarm();
        timer_.expires_at(end);
    }
    template <class Handler>
    void wait(Handler&& handler) {
        timer_.async_wait(std::forward<Handler>(handler));
    }

    /// From now on the deadline is `end`, the largest time for none. Whether somebody has to watch.
    [[nodiscard]] bool limit(net::time_point end) {
        deadline_ = end;
        if (deadline_ != net::time_point::max()) return !is_watched();
        stop_watch();
        return false;
    }

    /// Watches the deadline. `make_handler(round)` is called for the handler, which asks `expired`.
    template <class MakeHandler>
    void watch(MakeHandler&& make_handler) {
        watching_ = true;
        timer_.expires_at(deadline_);
        timer_.async_wait(make_handler(++round_));
    }

    /// The watch of that `round` has ended. The deadline is not before `least`, where there is one.
    [[nodiscard]] verdict expired(std::size_t round, net::time_point least) {
        if (round != round_ || !std::exchange(watching_, false)) return verdict::nothing;
        deadline_ = (std::max)(deadline_, least);
        if (deadline_ == net::time_point::max()) return verdict::nothing;
        if (now() < deadline_) return verdict::watch;
        late_ = true;
        return verdict::late;
    }

    /// Whether the deadline has passed since the last time.
    [[nodiscard]] bool take_late() noexcept { return std::exchange(late_, false); }

    /// There is no deadline any more; whoever watches goes on.
    void forget() noexcept {
        deadline_ = net::time_point::max();
        late_ = false;
    }

    /// There is no deadline any more, and nobody watches.
    void disarm() {
        forget();
        stop_watch();
    }

private:
    [[nodiscard]] bool is_watched() const { return watching_ && timer_.expiry() <= deadline_; }

    void stop_watch() {
        if (std::exchange(watching_, false)) timer_.cancel();
    }

    Timer timer_;
    net::time_point deadline_ = net::time_point::max();
    std::size_t round_ = 0;
    bool watching_ = false; ///< a wait for the deadline is under way
    bool late_ = false;     ///< the deadline has passed
};

} // namespace sse::detail
