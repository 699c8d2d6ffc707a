// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

namespace sse {

/// When an event source connects again, and when it gives up.
///
/// After the n-th short connection in a row the delay is `base * growth^(n-1)`, `cap` at most.
/// What the server asks for by `retry` takes the place of `base` and is a floor under every delay,
/// as `Retry-After` is under the next one. Jitter comes on top: a fleet of clients that lost one
/// server never returns in one instant, and nobody returns sooner than the server asked for.
struct reconnect_policy {
    /// The delay before the first reconnection, until the server sets one. 0 is at once.
    std::chrono::milliseconds base{1000};

    /// The most that `base` grows to; 0 is no cap. Floors that the server asks for may lie above
    /// it.
    std::chrono::milliseconds cap{30'000};

    /// Factor from one delay to the next, 1 or more.
    double growth = 2.0;

    /// How much of the delay is added at random, 0 to 1: 0.25 adds up to a quarter.
    double jitter = 0.25;

    /// The least delay from the second short connection in a row on, whatever `base` and the
    /// server say: `retry: 0` and connections that end at once make no storm.
    std::chrono::milliseconds damping{500};

    /// The most that a floor set by the server counts for. With 0 it counts for nothing.
    std::chrono::milliseconds floor_cap{std::chrono::hours{24}};

    /// A stream that was open for so long was no short connection: delays and limits start anew.
    /// So they do with zero at every open stream.
    std::chrono::milliseconds stable{5000};

    /// The number of attempts without an event or a stable stream after which the source gives up
    /// with `errc::attempts_exhausted`. 0 is no limit.
    std::size_t max_attempts = 0;

    /// The time without an event or a stable stream after which it gives up; a reconnection that
    /// would come later is not waited for. 0 is no limit.
    std::chrono::milliseconds max_elapsed{0};

    /// Whether a status that would end the source is tried again, such as 429 or 503: then as a
    /// network error is, with `Retry-After` as a floor. Empty: none is, as in the standard.
    std::function<bool(int status)> retry_status{};

    /// Random numbers in [0, 1) for the jitter. Empty: a generator of the source's own.
    std::function<double()> random{};
};

} // namespace sse
