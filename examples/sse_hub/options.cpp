// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "options.hpp"

#include "tls.hpp"

#include <sse/net/asio.hpp>
#include <sse/version.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

namespace {

std::chrono::milliseconds to_milliseconds(double seconds) {
    return std::chrono::milliseconds(std::llround(seconds * 1000));
}

/// What is wrong with an origin, as a validator of CLI11 tells it.
std::string check_origin(const std::string& origin) {
    const std::size_t scheme = origin.find("://");
    const bool whole = scheme != std::string::npos && scheme != 0 && scheme + 3 < origin.size() &&
                       origin.find('/', scheme + 3) == std::string::npos;
    return whole || origin == "*" ? "" : "not an origin such as https://example.org: " + origin;
}

/// On a loopback address its own names are served as well as those allowed.
void allow_hosts(sse::server_options& server, const std::vector<std::string>& more) {
    sse::error_code ec;
    const auto address = sse::asio::ip::make_address(server.address, ec);
    if (ec) throw CLI::ValidationError("--address", "not an IP address: " + server.address);
    if (more.empty()) return;
    std::vector<std::string> names = more;
    if (address.is_loopback()) names.insert(names.end(), {"localhost", "127.0.0.1", "[::1]"});
    server.hosts = std::move(names);
}

} // namespace

program_options read_options(int argc, char** argv, int& exit_code) {
    program_options out;
    double age = 0;
    double heartbeat = 15;
    double head_time = 10;
    std::vector<std::string> hosts;
    const CLI::Range seconds(0.0, 1e9);
    const CLI::Range whole(0.0, 1e15); // CLI11 takes -1 for the largest number otherwise
    std::string policy = "disconnect";

    CLI::App app("Events by topic over HTTP: publish with POST, read with EventSource.", "sse_hub");
    app.set_version_flag("--version", "sse_hub " + std::string(sse::library_version));
    app.add_option("--address", out.server.address, "IP address to listen on")
        ->capture_default_str();
    app.add_option("--port", out.server.port, "port; 0 takes any free one")->capture_default_str();
    app.add_option("--threads", out.threads, "over which the connections are spread")
        ->check(CLI::Range(1.0, 1024.0))
        ->capture_default_str();
    app.add_option("--history-events", out.hub.history.events,
                   "events kept of each topic; 0: no bound")
        ->check(whole)
        ->capture_default_str();
    app.add_option("--history-bytes", out.hub.history.bytes,
                   "bytes kept of all topics; 0: no bound")
        ->check(whole)
        ->capture_default_str();
    app.add_option("--history-age", age, "seconds an event is kept; 0: no bound")->check(seconds);
    app.add_option("--heartbeat", heartbeat, "seconds of silence before a comment; 0: none")
        ->check(seconds)
        ->capture_default_str();
    app.add_option("--overflow", policy, "for readers slower than the history")
        ->check(CLI::IsMember({"disconnect", "skip", "conflate"}))
        ->capture_default_str();
    app.add_option("--max-connections", out.server.limits.connections, "in all; 0: no limit")
        ->check(whole);
    app.add_option("--max-connections-per-address", out.server.limits.connections_per_address,
                   "0: no limit")
        ->check(whole);
    app.add_option("--header-timeout", head_time, "seconds for a request's head; 0: no limit")
        ->check(seconds)
        ->capture_default_str();
    app.add_option("--max-event", out.server.limits.body, "bytes of a published body")
        ->capture_default_str()
        ->check(whole);
    app.add_option("--allow-host", hosts, "name to serve besides localhost; * for all")->take_all();
    app.add_option(
           "--cors", out.server.cors.origins,
           "origin whose pages may read and publish, such as https://example.org; * for all")
        ->take_all()
        ->check(check_origin);
    std::string cert;
    std::string key;
    auto* set_cert =
        app.add_option("--cert", cert, "certificate chain, PEM; SIGHUP reads it again");
    auto* set_key = app.add_option("--key", key, "its private key, PEM");
    set_cert->needs(set_key);
    set_key->needs(set_cert);
    app.add_option("--publish-token", out.publish_token, "bearer token that publishing needs");
    app.add_flag("--demo", out.demo, "publish on demo/clock and demo/price");
    try {
        app.parse(argc, argv);
        if (!std::isfinite(age) || !std::isfinite(heartbeat) || !std::isfinite(head_time)) {
            throw CLI::ValidationError("seconds", "not a number");
        }
        allow_hosts(out.server, hosts);
        const std::string problem = cert.empty() ? "" : use_certificate(cert, key, out);
        if (!problem.empty()) throw CLI::ValidationError("--cert", problem);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) {
            exit_code = app.exit(e); // --help, --version
        } else {
            std::cerr << "sse_hub: " << e.what() << " (try --help)\n";
            exit_code = 2;
        }
        return out;
    }
    out.hub.overflow = policy == "skip"       ? sse::overflow::skip
                       : policy == "conflate" ? sse::overflow::conflate
                                              : sse::overflow::disconnect;
    out.hub.history.age = to_milliseconds(age);
    out.hub.heartbeat = to_milliseconds(heartbeat);
    out.server.limits.head_time = to_milliseconds(head_time);
    exit_code = -1;
    return out;
}
