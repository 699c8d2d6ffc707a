// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/hub/prometheus.hpp>

#include <string>

namespace hub_prometheus_test {

TEST_CASE("prometheus: a metric has its meaning, its type and its value", "[prometheus]") {
    std::string text = "# before\n";
    sse::prometheus_text t(text);
    t.gauge("rooms", "Open rooms.", 3);
    t.counter("doors_total", "Doors, by colour.", {{"red", 1}, {"blue", 0}});
    CHECK(text == "# before\n"
                  "# HELP rooms Open rooms.\n# TYPE rooms gauge\nrooms 3\n"
                  "# HELP doors_total Doors, by colour.\n# TYPE doors_total counter\n"
                  "doors_total{reason=\"red\"} 1\ndoors_total{reason=\"blue\"} 0\n");
}

TEST_CASE("prometheus: a hub's metrics are all there", "[prometheus]") {
    sse::hub_metrics m;
    m.subscribers = 7;
    m.gaps.lagged = 4;
    m.disconnects.expired = 5;
    const std::string text = sse::to_prometheus(m);
    for (const char* line :
         {"\nsse_hub_subscribers 7\n", "\nsse_hub_topics 0\n", "\nsse_hub_published_total 0\n",
          "\nsse_hub_delivered_total 0\n", "\nsse_hub_sent_bytes_total 0\n",
          "\nsse_hub_gaps_total{reason=\"lagged\"} 4\n",
          "\nsse_hub_disconnects_total{reason=\"expired\"} 5\n", "\nsse_hub_log_bytes 0\n"}) {
        CAPTURE(line);
        CHECK(text.find(line) != std::string::npos);
    }
}

} // namespace hub_prometheus_test
