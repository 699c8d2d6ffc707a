// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace sse::testing {

/// Lets the operation number `n`, counted from 0 over all that share it, fail with `ec`. A handle
/// to shared state; a default constructed one lets nothing fail.
class fail_count {
public:
    fail_count() = default;
    explicit fail_count(std::size_t n, error_code ec = asio::error::connection_reset)
        : state_(std::make_shared<state>(state{n, ec})) {}

    /// Counts one operation. True, with the error in `ec`, where it is the one to fail.
    [[nodiscard]] bool fail(error_code& ec) const {
        if (!state_ || state_->seen++ != state_->n) return false;
        ec = state_->ec;
        return true;
    }

    /// Whether the operation came that had to fail.
    [[nodiscard]] bool failed() const noexcept { return state_ && state_->seen > state_->n; }

private:
    struct state {
        std::size_t n;
        error_code ec;
        std::size_t seen = 0;
    };
    std::shared_ptr<state> state_;
};

} // namespace sse::testing
