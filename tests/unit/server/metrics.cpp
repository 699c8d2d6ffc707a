// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server/metrics.hpp>
#include <sse/server/prometheus.hpp>

#include <string>

namespace server_metrics_test {

TEST_CASE("server_metrics: add up over servers", "[metrics]") {
    sse::server_metrics sum{1, 2, 3, 4, 5, 6};
    sum += {.accepted = 10,
            .refused = 20,
            .requests = 30,
            .connections = 40,
            .streams = 50,
            .tls_failed = 60};
    CHECK(sum.accepted == 11);
    CHECK(sum.refused == 22);
    CHECK(sum.requests == 33);
    CHECK(sum.connections == 44);
    CHECK(sum.streams == 55);
    CHECK(sum.tls_failed == 66);
}

TEST_CASE("server_metrics: are read as they were counted", "[metrics]") {
    sse::detail::server_counters counters;
    ++counters.accepted;
    ++counters.connections;
    ++counters.connections;
    --counters.connections;
    ++counters.tls_failed;
    const sse::server_metrics m = counters.read();
    CHECK(m.accepted == 1);
    CHECK(m.connections == 1);
    CHECK(m.tls_failed == 1);
    CHECK(m.refused + m.requests + m.streams == 0);
}

TEST_CASE("server_metrics: Prometheus reads them", "[metrics]") {
    const std::string text = sse::to_prometheus({.accepted = 7, .connections = 3});
    CHECK(text.find("# HELP sse_server_connections Open connections.\n"
                    "# TYPE sse_server_connections gauge\nsse_server_connections 3\n") !=
          std::string::npos);
    CHECK(text.find("# TYPE sse_server_accepted_total counter\nsse_server_accepted_total 7\n") !=
          std::string::npos);
    CHECK(text.find("sse_server_tls_failed_total 0\n") != std::string::npos);
    CHECK(text.ends_with("\n"));
}

} // namespace server_metrics_test
