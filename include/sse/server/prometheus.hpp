// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/server/metrics.hpp>

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

/// What a server has done, in the text format of Prometheus, under names that begin with
/// `sse_server_`.
[[nodiscard]] inline std::string to_prometheus(const server_metrics& m) {
    std::string text;
    prometheus_text t(text);
    t.gauge("sse_server_connections", "Open connections.", m.connections);
    t.gauge("sse_server_streams", "Open event streams.", m.streams);
    t.counter("sse_server_accepted_total", "Connections accepted.", m.accepted);
    t.counter("sse_server_refused_total", "Connections and streams over a limit.", m.refused);
    t.counter("sse_server_requests_total", "Requests read.", m.requests);
    t.counter("sse_server_tls_failed_total", "TLS handshakes that failed.", m.tls_failed);
    return text;
}

} // namespace sse
