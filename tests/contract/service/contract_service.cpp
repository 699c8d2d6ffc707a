// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "contract_service.hpp"

#include "stream_request.hpp"

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace sse::contract {

namespace {

constexpr std::string_view status_body =
    R"({"name":"asio-sse","capabilities":["bom","comments","headers","last-event-id",)"
    R"("payload-size-stress-testable","post","read-timeout","report","restart",)"
    R"("server-directed-shutdown-request"]})";

server_options server_options_of(std::uint16_t port) {
    server_options options;
    options.port = port;
    options.limits.body = std::size_t{16} << 20;
    options.limits.idle_time = std::chrono::milliseconds(0); // the harness reuses connections
    options.hosts = {"*"};                                   // it may run in a container
    return options;
}

} // namespace

contract_service::contract_service(const asio::any_io_executor& executor, options settings)
    : settings_(std::move(settings)), server_(executor, server_options_of(settings_.port)) {
    add_routes();
}

void contract_service::add_routes() {
    server_.get("/", [this](const request&, reply answer) { status(std::move(answer)); });
    server_.post("/", [this](const request& r, reply answer) { create(r, std::move(answer)); });
    server_.route("DELETE", "/", [this](const request&, reply answer) {
        answer.send({.status = 204});
        if (settings_.on_quit) settings_.on_quit();
    });
    server_.post("/streams/{id}",
                 [this](const request& r, reply answer) { command(r, std::move(answer)); });
    server_.route("DELETE", "/streams/{id}",
                  [this](const request& r, reply answer) { remove(r, std::move(answer)); });
}

void contract_service::status(reply answer) const {
    answer.send({.type = "application/json", .body = std::string(status_body)});
}

void contract_service::create(const request& command, reply answer) {
    std::string problem;
    const auto wanted = parse_stream_request(command.body, problem);
    if (settings_.log) settings_.log("create: " + command.body);
    if (!wanted) return answer.send({.status = 400, .body = problem + "\n"});
    const std::string id = std::to_string(++created_);
    const auto stream =
        std::make_shared<stream_client>(server_.get_executor(), *wanted, settings_.log);
    streams_.emplace(id, stream);
    stream->start();
    response created{.status = 201};
    created.headers.add("Location", "/streams/" + id);
    answer.send(std::move(created));
}

void contract_service::command(const request& command, reply answer) {
    const auto stream = streams_.find(command.parameter("id"));
    if (stream == streams_.end()) return answer.send({.status = 404});
    if (settings_.log) settings_.log("command: " + command.body);
    const std::string name = parse_command(command.body);
    if (name == "restart") {
        stream->second->restart();
    } else if (name != "listen") { // all types are reported anyway
        return answer.send({.status = 400, .body = "unknown command\n"});
    }
    answer.send({.status = 202});
}

void contract_service::remove(const request& command, reply answer) {
    const auto stream = streams_.find(command.parameter("id"));
    if (stream == streams_.end()) return answer.send({.status = 404});
    stream->second->close();
    streams_.erase(stream);
    answer.send({.status = 204});
}

void contract_service::close() {
    for (const auto& [id, stream] : streams_)
        stream->close();
    streams_.clear();
    server_.async_drain({.limit = std::chrono::milliseconds(500)},
                        [this](error_code, drain_result) { server_.close(); });
}

} // namespace sse::contract
