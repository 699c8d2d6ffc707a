// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/server/admission.hpp>
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

/// What a server is made of whatever its executor is. All but the counts is on its (implicit)
/// strand.
struct server_state {
    server_state(asio::any_io_executor ex, server_options o, std::shared_ptr<admission> a)
        : executor(std::move(ex)), options(std::move(o)), admitted(std::move(a)) {}

    asio::any_io_executor executor;
    server_options options;
    std::vector<std::string> hosts; ///< names that are served; empty for all
    router routes;
    std::vector<std::shared_ptr<const request_handler>> handlers; ///< which stay where they are
    std::vector<std::pair<std::string, guard_handler>> guards; ///< with the paths that they are for
    std::shared_ptr<admission> admitted;
    date_cache date;
    server_counters counters;
    std::size_t handshakes = 0; ///< under way
    bool draining = false;      ///< connections end behind their answer
    bool refusing = false;      ///< which is 503
    bool closed = false;        ///< takes no connections any more
    /// One buffer to read into for all connections: an idle one needs none.
    std::array<char, std::size_t{64} << 10> scratch;
};

} // namespace detail

} // namespace sse
