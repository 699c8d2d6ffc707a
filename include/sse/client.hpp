// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

/// The client: `event_source`, what configures it, and `event_listener`.

#include <sse/client/counters.hpp>
#include <sse/client/event_batch.hpp>
#include <sse/client/event_listener.hpp>
#include <sse/client/event_source.hpp>
#include <sse/client/hooks.hpp>
#include <sse/client/options.hpp>
#include <sse/client/outgoing_request.hpp>
#include <sse/client/pending_request.hpp>
#include <sse/client/ready_state.hpp>
#include <sse/client/reconnect_policy.hpp>
#include <sse/client/redirect.hpp>
