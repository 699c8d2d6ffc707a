// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// sse_hub: the hub as a server.
//   sse_hub --demo                                            then open http://127.0.0.1:8080/
//   curl -N http://127.0.0.1:8080/events/demo/clock
//   curl -d hello http://127.0.0.1:8080/publish/news
#include "demo.hpp"
#include "examples/stop_signals.hpp"
#include "options.hpp"
#include "routes.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>

#include <sys/resource.h>

#include <chrono>
#include <iostream>
#include <optional>
#include <string>

namespace {

std::string url_of(const sse::server_pool& pool, bool tls) {
    const auto at = pool.local_endpoint();
    const std::string host = at.address().to_string();
    return std::string(tls ? "https://" : "http://") +
           (at.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(at.port());
}

/// As many connections as the system lets one have.
void raise_file_limit() {
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

int run(const program_options& options) {
    raise_file_limit();
    sse::hub hub(options.hub);
    sse::server_pool pool(options.threads, options.server);
    hub_service service{options, hub, [&pool] { return pool.metrics(); }};
    pool.setup([&](sse::server& server) { add_routes(server, service); });
    if (const sse::error_code ec = pool.listen()) {
        std::cerr << "sse_hub: cannot listen on " << options.server.address << " port "
                  << options.server.port << ": " << ec.message() << "\n";
        return 1;
    }
    demo events(pool.executor(0), hub);
    if (options.demo) events.start();

    std::optional<reload_signals> reload;
    if (options.reload_certificate) {
        reload.emplace(pool.executor(0), [&options] {
            const std::string problem = options.reload_certificate();
            if (problem.empty()) return;
            std::cerr << "sse_hub: goes on with the certificate it has: " << problem << std::endl;
        });
    }
    stop_signals signals(pool.executor(0), [&] {
        using namespace std::chrono_literals;
        if (reload) reload->cancel();
        events.stop();
        hub.drain({.retry = 1s, .spread = 2s, .period = 1s});
        pool.async_drain({.limit = 4s}, [](sse::error_code, sse::drain_result) {});
    });
    std::cout << "listening on " << url_of(pool, options.server.tls != nullptr) << std::endl;
    pool.run();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    int exit_code = 0;
    const program_options options = read_options(argc, argv, exit_code);
    return exit_code >= 0 ? exit_code : run(options);
}
