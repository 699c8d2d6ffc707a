// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/options.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sse {

/// Writes metrics in the text format of Prometheus, behind one another.
///
///     std::string text;
///     sse::prometheus_text metrics(text);
///     metrics.gauge("rooms", "Open rooms.", rooms.size());
class prometheus_text {
public:
    using reasons = std::initializer_list<std::pair<std::string_view, std::uint64_t>>;

    /// Appends to `out`, which it refers to.
    explicit prometheus_text(std::string& out) noexcept : out_(out) {}

    /// A number that goes up and down.
    void gauge(std::string_view name, std::string_view meaning, std::uint64_t value) {
        begin(name, meaning, "gauge");
        line(name, "", value);
    }
    /// A number that only grows.
    void counter(std::string_view name, std::string_view meaning, std::uint64_t value) {
        begin(name, meaning, "counter");
        line(name, "", value);
    }
    /// Such numbers by reason.
    void counter(std::string_view name, std::string_view meaning, reasons values) {
        begin(name, meaning, "counter");
        for (const auto& [reason, value] : values) {
            line(name, "{reason=\"" + std::string(reason) + "\"}", value);
        }
    }

private:
    void begin(std::string_view name, std::string_view meaning, std::string_view type) {
        out_.append("# HELP ").append(name).append(" ").append(meaning).append("\n");
        out_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
    }
    void line(std::string_view name, std::string_view labels, std::uint64_t value) {
        out_.append(name).append(labels).append(" ").append(std::to_string(value)).append("\n");
    }

    std::string& out_;
};

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
