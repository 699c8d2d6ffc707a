// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "metrics.hpp"

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace {

class text {
public:
    void gauge(std::string_view name, std::string_view meaning, std::uint64_t value) {
        begin(name, meaning, "gauge");
        line(name, "", value);
    }
    void counter(std::string_view name, std::string_view meaning, std::uint64_t value) {
        begin(name, meaning, "counter");
        line(name, "", value);
    }
    using reasons = std::initializer_list<std::pair<std::string_view, std::uint64_t>>;
    void counter(std::string_view name, std::string_view meaning, reasons values) {
        begin(name, meaning, "counter");
        for (const auto& [reason, value] : values) {
            line(name, "{reason=\"" + std::string(reason) + "\"}", value);
        }
    }
    std::string take() { return std::move(out_); }

private:
    void begin(std::string_view name, std::string_view meaning, std::string_view type) {
        out_.append("# HELP ").append(name).append(" ").append(meaning).append("\n");
        out_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
    }
    void line(std::string_view name, std::string_view labels, std::uint64_t value) {
        out_.append(name).append(labels).append(" ").append(std::to_string(value)).append("\n");
    }

    std::string out_;
};

} // namespace

std::string metrics_text(const sse::hub_metrics& hub, const sse::server_metrics& server) {
    text t;
    t.gauge("sse_hub_connections", "Open connections.", server.connections);
    t.gauge("sse_hub_subscribers", "Open event streams.", hub.subscribers);
    t.gauge("sse_hub_topics", "Topics that were published to.", hub.topics);
    t.counter("sse_hub_published_total", "Events published.", hub.published);
    t.counter("sse_hub_delivered_total", "Events sent, once for each stream.", hub.delivered);
    t.counter("sse_hub_sent_bytes_total", "Bytes sent on event streams.", hub.sent_bytes);
    t.counter("sse_hub_gaps_total", "Gaps announced.",
              {{"evicted", hub.gaps.evicted},
               {"unknown", hub.gaps.unknown},
               {"restarted", hub.gaps.restarted},
               {"lagged", hub.gaps.lagged}});
    t.counter("sse_hub_disconnects_total", "Event streams ended.",
              {{"peer", hub.disconnects.peer},
               {"lagged", hub.disconnects.lagged},
               {"drained", hub.disconnects.drained},
               {"closed", hub.disconnects.closed}});
    t.gauge("sse_hub_log_bytes", "Bytes that the history holds.", hub.log_bytes);
    return t.take();
}
