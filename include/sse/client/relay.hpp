// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace sse::detail {

/// Lets an operation that is started by the handler of the one before go on as soon as that handler
/// has returned, instead of being posted: a turn of the event loop costs many times what an event
/// does that is there already. Only for operations `Op` of the same type, state and executor, on
/// the same thread; others know nothing of each other and are posted.
template <class Op>
class relay {
public:
    /// So many go on in a row. Then it is the turn of whatever else waits for the executor.
    static constexpr std::size_t limit = 32;

    /// Takes `op`, which was started for `state`, if it is called by a handler that `run` called.
    [[nodiscard]] static bool take(Op& op, const void* state) {
        relay* const r = current_;
        if (!r || r->state_ != state || r->next_ || !(r->executor_ == op.get_executor()))
            return false;
        r->next_.emplace(std::move(op));
        return true;
    }

    /// Calls `handler()`, the completion of `op`, and lets what it starts go on by `next(op)`.
    template <class Handler, class Next>
    static void run(const Op& op, const void* state, Handler&& handler, Next&& next) {
        if (current_ && current_->state_ == state) return handler(); // by the loop below
        relay r(state, op.get_executor());
        handler();
        for (std::size_t n = 0; r.next_ && n < limit; ++n) {
            Op taken = std::move(*r.next_);
            r.next_.reset();
            next(taken);
        }
    }

private:
    using executor_type = decltype(std::declval<const Op&>().get_executor());

    relay(const void* state, executor_type executor)
        : state_(state), executor_(std::move(executor)), outer_(std::exchange(current_, this)) {}
    relay(const relay&) = delete;
    relay& operator=(const relay&) = delete;

    /// Also where a handler throws.
    ~relay() {
        current_ = outer_;
        if (next_) asio::post(std::move(*next_));
    }

    inline static thread_local relay* current_ = nullptr;

    const void* state_;
    executor_type executor_;
    relay* outer_;
    std::optional<Op> next_{};
};

} // namespace sse::detail
