// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/event_batch.hpp>
#include <sse/client/event_feed.hpp>
#include <sse/net/asio.hpp>
#include <sse/text/error.hpp>
#include <sse/text/event.hpp>

#include <memory>
#include <utility>

namespace sse::detail {

/// The result of `async_receive` without a place for the event.
struct owned_result {
    using signature = void(error_code, event);
    static constexpr bool is_borrowed = false;

    template <class Handler, class Core>
    void complete(Handler&& handler, error_code ec, const std::shared_ptr<Core>& core) const {
        std::forward<Handler>(handler)(ec, ec ? event() : event(core->feed().take()));
    }
};

/// The result of `async_receive` into an event of the user.
struct placed_result {
    using signature = void(error_code);
    static constexpr bool is_borrowed = false;

    event* into;

    template <class Handler, class Core>
    void complete(Handler&& handler, error_code ec, const std::shared_ptr<Core>& core) const {
        if (!ec) into->assign(core->feed().take());
        std::forward<Handler>(handler)(ec);
    }
};

/// The result of `async_receive_batch`.
struct batch_result {
    using signature = void(error_code, event_batch);
    static constexpr bool is_borrowed = true;

    template <class Handler, class Core>
    void complete(Handler&& handler, error_code ec, const std::shared_ptr<Core>& core) const {
        std::forward<Handler>(handler)(
            ec, ec ? event_batch() : event_batch(std::shared_ptr<event_feed>(core, &core->feed())));
    }
};

} // namespace sse::detail
