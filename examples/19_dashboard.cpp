// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// A dashboard: readings of eight machines, each under a key of its own. Who comes gets the newest
// of each at once; who is slow skips what is out of date instead of falling behind.
//
//     19_dashboard                  then open http://127.0.0.1:8080/, or:
//     curl -N http://127.0.0.1:8080/readings
#include <sse/hub.hpp>
#include <sse/net/timer.hpp>
#include <sse/server.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace {

constexpr std::string_view page = R"html(<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Dashboard</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  :root { color-scheme: light dark }
  body { font: 1rem/1.4 system-ui; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
  #all { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); gap: 1rem }
  #all div { border: 1px solid; border-radius: .5rem; padding: .5rem 1rem }
  output { display: block; font-size: 1.8rem; font-variant-numeric: tabular-nums }
</style>
<h1>Machines <small id="state"></small></h1><div id="all"></div>
<script>
  const tiles = new Map(), state = document.getElementById("state");
  const source = new EventSource("/readings");
  source.onopen = () => state.textContent = "";
  source.onerror = () => state.textContent = "(not connected)";
  source.addEventListener("reading", e => {
    const { machine, celsius } = JSON.parse(e.data);
    if (!tiles.has(machine)) {
      const tile = document.createElement("div"), value = document.createElement("output");
      tile.append(machine, value);
      document.getElementById("all").append(tile);
      tiles.set(machine, value);
    }
    tiles.get(machine).value = celsius.toFixed(1) + " \u00b0C";
  });
</script>
)html";

} // namespace

int main(int argc, char** argv) {
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    sse::asio::io_context ctx(1);
    sse::hub hub({.history = {.events = 100}, .overflow = sse::overflow::conflate});
    sse::server server(ctx.get_executor(), {.port = port});
    server.get("/", [](const sse::request&, sse::reply re) {
        re.send({.type = "text/html; charset=utf-8", .body = std::string(page)});
    });
    server.get("/readings", [&hub](const sse::request& rq, sse::reply re) {
        sse::subscribe_options options{.topics = {"readings"}, .last_value = true};
        if (read_position(rq, options) != sse::errc::success) return re.send({.status = 400});
        hub.subscribe(std::move(re), options);
    });
    if (const sse::error_code ec = server.listen()) {
        std::cerr << "cannot listen: " << ec.message() << "\n";
        return 1;
    }

    std::mt19937 random{std::random_device()()};
    std::array<double, 8> celsius{};
    celsius.fill(60);
    sse::net::timer timer(ctx.get_executor());
    const std::function<void()> measure = [&] {
        const std::size_t i = random() % celsius.size();
        celsius[i] += std::normal_distribution<double>(0, 0.5)(random);
        const std::string machine = "machine " + std::to_string(i + 1);
        const std::string data =
            R"({"machine":")" + machine + R"(","celsius":)" + std::to_string(celsius[i]) + "}";
        hub.publish("readings", {.type = "reading", .data = data}, {.key = machine});
        timer.expires_after(std::chrono::milliseconds(20));
        timer.async_wait([&](sse::error_code ec) {
            if (!ec) measure();
        });
    };
    measure();
    std::cout << "listening on http://127.0.0.1:" << server.local_endpoint().port() << std::endl;
    ctx.run();
}
