// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "options.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>

#include <functional>

/// What the routes of all threads share.
struct hub_service {
    const program_options& options;
    sse::hub& hub;
    std::function<sse::server_metrics()> metrics; ///< of all threads
};

/// Adds everything that sse_hub serves. `service` has to outlive the server.
void add_routes(sse::server& server, hub_service& service);
