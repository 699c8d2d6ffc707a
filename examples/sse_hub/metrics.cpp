// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "metrics.hpp"

#include <sse/hub/prometheus.hpp>

std::string metrics_text(const sse::hub_metrics& hub, const sse::server_metrics& server) {
    std::string text;
    sse::prometheus_text(text).gauge("sse_hub_connections", "Open connections.",
                                     server.connections);
    return text + sse::to_prometheus(hub);
}
