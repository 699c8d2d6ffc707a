// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "examples/sse_cat/arguments.hpp"

#include "examples/sse_cat/tls.hpp"

#include <sse/version.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

std::string all_of(std::istream& in) { return {std::istreambuf_iterator<char>(in), {}}; }

/// The value of --data: itself, @FILE, or - for standard input.
std::string read_data(const std::string& value) {
    if (value == "-") return all_of(std::cin);
    if (!value.starts_with('@')) return value;
    std::ifstream file(value.substr(1), std::ios::binary);
    if (!file) throw CLI::ValidationError("--data", "cannot read " + value.substr(1));
    return all_of(file);
}

sse::http::field read_header(const std::string& text) {
    const std::size_t colon = text.find(':');
    sse::http::field line;
    if (colon != std::string::npos) {
        line.name = text.substr(0, colon);
        line.value = sse::http::trim(std::string_view(text).substr(colon + 1));
    }
    // Not the text itself: it may be a secret.
    if (!sse::http::is_token(line.name) || !sse::http::is_field_value(line.value))
        throw CLI::ValidationError("--header", "takes 'Name: value'");
    return line;
}

void check(const arguments& args) {
    sse::http::url url;
    if (sse::http::parse_url(args.url, url) != sse::errc::success)
        throw CLI::ValidationError("URL", sse::message(sse::errc::invalid_url));
    sse::net::proxy proxy;
    if (!args.options.proxy.empty() &&
        sse::net::parse_proxy(args.options.proxy, proxy) != sse::errc::success)
        throw CLI::ValidationError("--proxy", "takes http://[user:password@]host:port");
    if (!sse::http::is_token(args.options.method))
        throw CLI::ValidationError("--method", "takes an HTTP method");
    if (args.options.last_event_id.find_first_of(std::string_view("\0\r\n", 3)) !=
        std::string::npos)
        throw CLI::ValidationError("--last-event-id", "takes no line break or NUL");
}

/// A line has to be able to hold an event of the size asked for.
void set_max_event(sse::limits& limits, std::size_t bytes) {
    limits.event = bytes;
    limits.line = bytes == 0 ? 0 : std::max(limits.line, bytes + 64);
}

} // namespace

bool read_arguments(int argc, char** argv, arguments& out, int& status) {
    using number = std::uint32_t;
    CLI::App app("Prints the events of a server-sent event stream.", "sse_cat");
    app.set_version_flag("--version", std::string("sse_cat ") + sse::library_version);
    std::vector<std::string> headers;
    std::string data;
    number retry = 0;
    number idle = 0;
    number connect = 0;
    std::size_t max_event = 0;
    bool no_redirect = false;
    tls_arguments tls;

    app.add_option("URL", out.url, "http or https URL of the stream")->required();
    app.add_flag("--json", out.json, "One JSON object per line");
    app.add_option("--header", headers, "Sends 'Name: value'; repeatable")->allow_extra_args(false);
    app.add_option("--last-event-id", out.options.last_event_id, "Goes on behind this event");
    const auto* set_retry = app.add_option(
        "--retry", retry, "Milliseconds before a reconnection, until the server sets it");
    const auto* set_idle = app.add_option(
        "--idle-timeout", idle, "Reconnects after so many milliseconds without a byte; 0: never");
    const auto* set_connect =
        app.add_option("--connect-timeout", connect, "Milliseconds to connect; 0: no limit");
    const auto* set_max_event_size =
        app.add_option("--max-event", max_event, "Largest event in bytes; 0: no limit");
    app.add_option("--max-attempts", out.options.reconnect.max_attempts,
                   "Gives up after so many failures in a row; 0: never");
    app.add_option("--count", out.count, "Ends after so many events");
    const auto* set_method = app.add_option("--method", out.options.method, "Request method");
    const auto* set_data =
        app.add_option("--data", data, "Request body: text, @FILE, or - for standard input");
    app.add_flag("--finish", out.options.finish, "Ends when the stream ends");
    app.add_option("--cacert", tls.ca_file, "Certificates to trust, in place of the system's");
    const auto* set_cert = app.add_option("--cert", tls.certificate_file, "Client certificate");
    app.add_option("--key", tls.key_file, "Its private key, if not in the same file");
    app.add_flag("--insecure", tls.insecure, "Does not verify the server's certificate");
    app.add_option("--proxy", out.options.proxy, "HTTP proxy, http://[user:password@]host:port");
    app.add_option("--unix-socket", out.options.unix_socket, "Connects to this unix socket");
    app.add_flag("--no-redirect", no_redirect, "Takes a redirect as an error");
    app.add_option("--type", out.types, "Only events of this type; repeatable")
        ->allow_extra_args(false);
    app.add_flag("--verbose", out.verbose, "Heads of requests and responses, to standard error");

    try {
        app.parse(argc, argv);
        using std::chrono::milliseconds;
        for (const std::string& text : headers)
            out.options.headers.push_back(read_header(text));
        if (*set_retry) out.options.reconnect.base = milliseconds(retry);
        if (*set_idle) out.options.timeouts.idle = out.options.timeouts.head = milliseconds(idle);
        if (*set_connect) out.options.timeouts.connect = milliseconds(connect);
        if (*set_max_event_size) set_max_event(out.options.limits.text, max_event);
        if (*set_data) out.options.body = read_data(data);
        if (*set_data && !*set_method) out.options.method = "POST";
        out.options.redirects.follow = !no_redirect;
        if (!tls.key_file.empty() && !*set_cert)
            throw CLI::ValidationError("--key", "goes with --cert");
        std::string problem;
        out.options.tls = make_tls(tls, problem);
        if (!problem.empty()) throw CLI::ValidationError("TLS", problem);
        check(out);
        return true;
    } catch (const CLI::Success& wanted) {
        status = app.exit(wanted);
    } catch (const CLI::Error& mistake) {
        std::cerr << "sse_cat: " << mistake.what() << '\n';
        status = 2;
    }
    return false;
}
