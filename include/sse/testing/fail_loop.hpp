// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/testing/fail_count.hpp>

#include <cstddef>
#include <stdexcept>
#include <utility>

namespace sse::testing {

/// Calls `body(fail_count)` with operation 0, 1, 2... failing, until a run passes in which none
/// failed. Returns the number of runs with a failure. Throws `std::runtime_error` after `limit`
/// runs.
template <class Body>
std::size_t fail_loop(Body&& body, error_code ec = asio::error::connection_reset,
                      std::size_t limit = 1000) {
    for (std::size_t n = 0; n < limit; ++n) {
        const fail_count fail(n, ec);
        body(fail);
        if (!fail.failed()) return n;
    }
    throw std::runtime_error("fail_loop: still failing at the limit of runs");
}

} // namespace sse::testing
