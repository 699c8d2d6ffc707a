// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/options.hpp>
#include <sse/server/options.hpp>

#include <string>

/// The counters in the text format of Prometheus.
std::string metrics_text(const sse::hub_metrics& hub, const sse::server_metrics& server);
