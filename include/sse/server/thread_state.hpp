// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/borrowed_executor.hpp>
#include <sse/net/readiness_set.hpp>
#include <sse/server/admission.hpp>
#include <sse/server/deadlines.hpp>
#include <sse/server/limits.hpp>
#include <sse/server/options.hpp>
#include <sse/server/server_state.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace sse::detail {

template <class Executor>
class connection;

/// What the connections of a server share.
template <class Executor>
struct thread_state final : server_state {
    /// Of one pointer: the executor itself where it is no more, as that of an `io_context`, or else
    /// one that borrows it from here.
    using socket_executor =
        std::conditional_t<sizeof(Executor) <= sizeof(void*), Executor, net::borrowed_executor>;

    using readiness_set = net::readiness_set<Executor>;

    thread_state(const Executor& ex, server_options o, std::shared_ptr<admission> a)
        : server_state(ex, std::move(o), std::move(a)), own_executor(ex),
          timers(std::make_shared<deadlines<Executor>>(ex, lengths(options.limits))),
          ready(std::make_shared<readiness_set>(ex)) {}

    static typename deadlines<Executor>::durations lengths(const server_limits& l) {
        return {l.head_time, l.body_time, l.idle_time, l.write_time, l.linger_time};
    }

    [[nodiscard]] socket_executor for_sockets() const noexcept {
        if constexpr (std::is_same_v<socket_executor, Executor>)
            return own_executor;
        else
            return net::borrowed_executor(&executor);
    }

    const Executor own_executor; ///< `executor`, by its own type
    const std::shared_ptr<deadlines<Executor>> timers;
    const std::shared_ptr<readiness_set> ready; ///< where connections without TLS wait
    connection<Executor>* first = nullptr;      ///< of the open ones
};

} // namespace sse::detail
