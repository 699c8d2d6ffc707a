// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace sse::detail {

/// A receive that waits for the handler that has started it to return.
template <class Handler, class Result>
struct relayed_receive {
    Handler handler;
    Result result;
    bool cancelled = false;
};

/// Lets a receive that is started by the handler of the one before go on as soon as that handler
/// has returned, instead of being posted: a turn of the event loop, and an operation of Asio's,
/// cost many times what an event does that is there already. Only for receives of the same kind
/// and handler type, the same state and executor, on the same thread; others know nothing of each
/// other and are posted.
template <class Handler, class Result, class Executor>
class relay {
public:
    using receive = relayed_receive<Handler, Result>;

    /// So many go on in a row. Then it is the turn of whatever else waits for the executor.
    static constexpr std::size_t limit = 32;

    /// Whether `take` may be called: inside of a handler that `run` called for `state`.
    [[nodiscard]] static bool can_take(const void* state, const Executor& executor) {
        const relay* const r = current_;
        return r && r->state_ == state && !r->next_ && r->executor_ == executor;
    }

    /// Takes a receive, which then goes on in `run`.
    static void take(Handler&& handler, Result result) {
        receive& next = current_->next_.emplace(receive{std::move(handler), result});
        if (auto slot = asio::get_associated_cancellation_slot(next.handler); slot.is_connected())
            slot.assign([&next](asio::cancellation_type_t) { next.cancelled = true; });
    }

    /// Calls `handler()`, the completion of a receive. What that starts goes on by
    /// `next(receive&&)`, and by `late(receive&&)`, which calls nothing, where it is one too many
    /// or the handler throws.
    template <class First, class Next, class Late>
    static void run(const void* state, const Executor& executor, First&& handler, Next&& next,
                    Late&& late) {
        if (current_ && current_->state_ == state) return handler(); // by the loop below
        relay r(state, executor);
        const closing<Late> last{r, late};
        handler();
        for (std::size_t n = 0; r.next_ && n < limit; ++n)
            next(r.pass());
    }

private:
    relay(const void* state, const Executor& executor)
        : state_(state), executor_(executor), outer_(std::exchange(current_, this)) {}
    relay(const relay&) = delete;
    relay& operator=(const relay&) = delete;

    template <class Late>
    struct closing {
        relay& r;
        Late& late;
        ~closing() {
            current_ = r.outer_;
            if (r.next_) late(r.pass());
        }
    };

    receive pass() {
        if (auto slot = asio::get_associated_cancellation_slot(next_->handler); slot.is_connected())
            slot.clear();
        receive passed = std::move(*next_);
        next_.reset();
        return passed;
    }

    inline static thread_local relay* current_ = nullptr;

    const void* state_;
    const Executor& executor_;
    relay* outer_;
    std::optional<receive> next_{};
};

} // namespace sse::detail
