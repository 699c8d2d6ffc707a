// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "options.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>

/// What the routes tell and are told.
struct hub_status {
    bool draining = false;
};

/// Adds everything that sse_hub serves. All arguments have to outlive the server.
void add_routes(sse::server& server, sse::hub& hub, const program_options& options,
                const hub_status& status);
