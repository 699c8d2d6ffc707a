// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/server/admission.hpp>
#include <sse/server/deadlines.hpp>
#include <sse/server/guard.hpp>
#include <sse/server/metrics.hpp>
#include <sse/server/options.hpp>
#include <sse/server/response.hpp>
#include <sse/server/router.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sse {

namespace detail {

class connection;

/// What the connections of a server share, all but the counts on its (implicit) strand.
struct server_state {
    server_state(asio::any_io_executor ex, server_options o, std::shared_ptr<admission> a)
        : executor(std::move(ex)), options(std::move(o)), admitted(std::move(a)),
          timers(std::make_shared<deadlines>(executor, lengths(options.limits))) {}

    static deadlines::durations lengths(const server_limits& l) {
        return {l.head_time, l.body_time, l.idle_time, l.write_time, l.linger_time};
    }

    asio::any_io_executor executor;
    server_options options;
    std::vector<std::string> hosts; ///< names that are served; empty for all
    router routes;
    std::vector<request_handler> handlers;
    std::vector<std::pair<std::string, guard_handler>> guards; ///< with the paths that they are for
    std::shared_ptr<admission> admitted;
    std::shared_ptr<deadlines> timers;
    date_cache date;
    server_counters counters;
    std::size_t handshakes = 0; ///< under way
    bool draining = false;      ///< connections end behind their answer
    bool refusing = false;      ///< which is 503
    bool closed = false;        ///< takes no connections any more
    /// One buffer to read into for all connections: an idle one needs none.
    std::array<char, std::size_t{64} << 10> scratch;

    connection* first = nullptr; ///< of the open ones
};

} // namespace detail

} // namespace sse
