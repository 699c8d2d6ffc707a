// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "harness.hpp"

#include <sse/http/response_head.hpp>

#include <array>

namespace sse::contract {

namespace {

server_options callback_options() {
    server_options options;
    options.port = 0;
    options.limits.body = std::size_t{256} << 20;
    options.limits.body_time = std::chrono::minutes(5);
    return options;
}

/// Blocks until the peer ends the connection, with a limit for each read.
std::string read_all(asio::ip::tcp::socket& socket) {
    const timeval limit{60, 0};
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    std::string text;
    std::array<char, 4096> buffer;
    for (;;) {
        const auto size = ::recv(socket.native_handle(), buffer.data(), buffer.size(), 0);
        if (size < 0) throw std::runtime_error("the service does not answer");
        if (size == 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

} // namespace

harness::harness()
    : callbacks_(context_.get_executor(), callback_options()),
      service_({SSE_CONTRACT_SERVICE, "0"}) {
    callbacks_.post("/callbacks/{number}", [this](const request& callback, reply re) {
        on_callback(callback, std::move(re));
    });
    if (const error_code ec = callbacks_.listen()) throw std::runtime_error(ec.message());
    port_ = static_cast<std::uint16_t>(std::stoul(service_.line()));
}

harness::answer harness::command(std::string_view method, std::string_view path,
                                 std::string_view body) {
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    socket.connect({asio::ip::address_v4::loopback(), port_});
    std::string text(method);
    text.append(" ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    if (!body.empty())
        text.append("Content-Type: application/json\r\nContent-Length: ")
            .append(std::to_string(body.size()))
            .append("\r\n");
    asio::write(socket, asio::buffer(text.append("\r\n").append(body)));
    const std::string response = read_all(socket);
    const std::size_t end = response.find("\r\n\r\n");
    http::response_head head;
    if (end == std::string::npos ||
        http::parse_response_head(response.substr(0, end + 4), {}, head) != errc::success)
        throw std::runtime_error("no answer: " + response);
    const std::string* const location = head.headers.find("Location");
    return {head.status, location != nullptr ? *location : "", response.substr(end + 4)};
}

std::string harness::create(const json& more, std::string_view path) {
    json parameters{
        {"streamUrl", streams_.url(path)},
        {"callbackUrl",
         "http://localhost:" + std::to_string(callbacks_.local_endpoint().port()) + "/callbacks"},
        {"tag", "a test/with \"all\" + more"},
        {"initialDelayMs", 0},
        {"readTimeoutMs", nullptr}};
    parameters.update(more);
    const answer created = command("POST", "/", parameters.dump());
    if (created.status != 201 || !created.location.starts_with("/"))
        throw std::runtime_error("not created: " + std::to_string(created.status) + created.body);
    return created.location;
}

stream_connection& harness::connection(std::size_t n) {
    const bool there = wait([&] {
        return streams_.connections.size() > n && !streams_.connections[n]->requests.empty();
    });
    if (!there) throw std::runtime_error("request " + std::to_string(n + 1) + " did not come");
    return *streams_.connections[n];
}

stream_connection& harness::open(std::size_t n) {
    stream_connection& opened = connection(n);
    opened.open();
    return opened;
}

harness::message harness::next_message(std::chrono::milliseconds limit) {
    if (!wait([&] { return !messages_.empty(); }, limit))
        throw std::runtime_error("message " + std::to_string(expected_) + " did not come");
    message first = std::move(messages_.front());
    messages_.pop_front();
    if (first.number != expected_++)
        throw std::runtime_error("message " + std::to_string(first.number) + " is out of order");
    return first;
}

json harness::next(std::chrono::milliseconds limit) {
    return json::parse(next_message(limit).text);
}

std::vector<std::string> harness::next(std::size_t count) {
    std::vector<std::string> texts;
    while (texts.size() < count)
        texts.push_back(shorten(next()));
    return texts;
}

std::string harness::shorten(const json& message) {
    const std::string kind = message.at("kind");
    if (kind == "error") return "!";
    if (kind == "comment") return ":" + message.at("comment").get<std::string>();
    const json& event = message.at("event");
    return event.at("type").get<std::string>() + "|" + event.at("data").get<std::string>() + "|" +
           event.value("id", "");
}

bool harness::silent(std::chrono::milliseconds time) {
    const std::size_t requests = streams_.requests();
    const std::size_t messages = arrived_;
    return !wait([&] { return streams_.requests() != requests || arrived_ != messages; }, time);
}

void harness::release_callbacks() {
    holding_ = false;
    for (reply& re : held_)
        re.send({.status = 202});
    held_.clear();
}

void harness::on_callback(const request& callback, reply re) {
    ++arrived_;
    messages_.push_back({std::stoull(std::string(callback.parameter("number"))), callback.body});
    if (holding_)
        held_.push_back(std::move(re));
    else
        re.send({.status = 202});
}

std::optional<int> harness::quit() {
    if (command("DELETE", "/").status != 204) return std::nullopt;
    return service_.wait(patience);
}

} // namespace sse::contract
