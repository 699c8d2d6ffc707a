// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

// The server: from a socket to an event stream.

#include <sse/server/cors.hpp>
#include <sse/server/drain.hpp>
#include <sse/server/event_stream.hpp>
#include <sse/server/guard.hpp>
#include <sse/server/limits.hpp>
#include <sse/server/metrics.hpp>
#include <sse/server/options.hpp>
#include <sse/server/prometheus.hpp>
#include <sse/server/reply.hpp>
#include <sse/server/request.hpp>
#include <sse/server/response.hpp>
#include <sse/server/server.hpp>
#include <sse/server/server_pool.hpp>
#include <sse/server/upgrade.hpp>
