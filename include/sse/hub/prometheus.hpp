// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/options.hpp>
#include <sse/server/prometheus.hpp>

#include <string>

namespace sse {

/// What a hub has done, in the text format of Prometheus, under names that begin with `sse_hub_`.
[[nodiscard]] inline std::string to_prometheus(const hub_metrics& m) {
    std::string text;
    prometheus_text t(text);
    t.gauge("sse_hub_subscribers", "Open event streams.", m.subscribers);
    t.gauge("sse_hub_topics", "Topics that were published to.", m.topics);
    t.counter("sse_hub_published_total", "Events published.", m.published);
    t.counter("sse_hub_delivered_total", "Events sent, once for each stream.", m.delivered);
    t.counter("sse_hub_sent_bytes_total", "Bytes sent on event streams.", m.sent_bytes);
    t.counter("sse_hub_gaps_total", "Gaps announced.",
              {{"evicted", m.gaps.evicted},
               {"unknown", m.gaps.unknown},
               {"restarted", m.gaps.restarted},
               {"lagged", m.gaps.lagged}});
    t.counter("sse_hub_disconnects_total", "Event streams ended.",
              {{"peer", m.disconnects.peer},
               {"lagged", m.disconnects.lagged},
               {"drained", m.disconnects.drained},
               {"closed", m.disconnects.closed},
               {"expired", m.disconnects.expired}});
    t.gauge("sse_hub_log_bytes", "Bytes that the history holds.", m.log_bytes);
    return text;
}

} // namespace sse
