// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

// The hub: one log a topic, a cursor a stream.

#include <sse/hub/event_id.hpp>
#include <sse/hub/event_outline.hpp>
#include <sse/hub/history.hpp>
#include <sse/hub/hub.hpp>
#include <sse/hub/hub_subscriber.hpp>
#include <sse/hub/options.hpp>
#include <sse/hub/prometheus.hpp>
#include <sse/hub/resume.hpp>
#include <sse/hub/topic.hpp>
