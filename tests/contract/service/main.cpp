// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// The test service for LaunchDarkly's sse-contract-tests: puts sse::event_source under the
// harness's command. To try it without the harness:
//
//   sse_contract_service &        curl localhost:8123        curl -X DELETE localhost:8123
#include "contract_service.hpp"
#include "examples/stop_signals.hpp"

#include <sse/version.hpp>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace {

int run(std::uint16_t port, bool verbose) {
    sse::asio::io_context context(1);
    std::optional<sse::contract::contract_service> service;
    stop_signals signals(context, [&] { service->close(); });
    sse::contract::contract_service::options options{.port = port};
    if (verbose)
        options.log = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
    options.on_quit = [&] {
        signals.cancel();
        sse::asio::post(context, [&] { service->close(); });
    };
    service.emplace(context.get_executor(), options);
    if (const sse::error_code ec = service->listen()) {
        std::fprintf(stderr, "sse_contract_service: cannot listen on port %d: %s\n", port,
                     ec.message().c_str());
        return 1;
    }
    std::printf("%d\n", service->port());
    std::fflush(stdout);
    context.run();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app("Test service for the SSE contract tests. Prints its port when it is ready.",
                 "sse_contract_service");
    std::uint16_t port = 8123;
    bool verbose = false;
    app.add_option("port", port, "Port on 127.0.0.1; 0 takes any free one")->capture_default_str();
    app.add_flag("-v,--verbose", verbose, "Log commands, events and errors to standard error");
    app.set_version_flag("--version", std::string(sse::library_version));
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& e) {
        return app.exit(e);
    } catch (const CLI::ParseError& e) {
        std::fprintf(stderr, "sse_contract_service: %s\n", e.what());
        return 2;
    }
    return run(port, verbose);
}
