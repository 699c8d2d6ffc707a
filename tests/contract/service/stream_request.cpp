// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "stream_request.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

namespace sse::contract {

namespace {

using nlohmann::json;

json parse_object(std::string_view body) {
    json object = json::parse(body, nullptr, false);
    return object.is_object() ? object : json();
}

/// Reads members, and remembers the first one of a wrong type.
class member_reader {
public:
    explicit member_reader(const json& object) : object_(object) {}

    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

    void read(const char* name, std::string& out) {
        const json* const value = find(name);
        if (value == nullptr) return;
        if (!value->is_string()) return wrong(name);
        out = value->get<std::string>();
    }

    void read(const char* name, std::optional<std::chrono::milliseconds>& out) {
        const json* const value = find(name);
        if (value == nullptr) return;
        if (!value->is_number_unsigned()) return wrong(name);
        out = std::chrono::milliseconds(value->get<std::uint32_t>());
    }

    void read(const char* name, std::vector<http::field>& out) {
        const json* const value = find(name);
        if (value == nullptr) return;
        if (!value->is_object()) return wrong(name);
        for (const auto& [key, text] : value->items()) {
            if (!text.is_string()) return wrong(name);
            out.push_back({key, text.get<std::string>()});
        }
    }

private:
    [[nodiscard]] const json* find(const char* name) const {
        const auto at = object_.find(name);
        return at == object_.end() || at->is_null() ? nullptr : &*at;
    }

    void wrong(const char* name) {
        if (problem_.empty()) problem_ = std::string(name) + " is of a wrong type";
    }

    const json& object_;
    std::string problem_;
};

bool is_url(const std::string& text, http::url& out) {
    return http::parse_url(text, out) == errc::success;
}

} // namespace

std::optional<stream_request> parse_stream_request(std::string_view body, std::string& problem) {
    const json object = parse_object(body);
    if (object.is_null()) {
        problem = "not a JSON object";
        return std::nullopt;
    }
    stream_request request;
    std::string callback_url;
    member_reader reader(object);
    reader.read("streamUrl", request.stream_url);
    reader.read("callbackUrl", callback_url);
    reader.read("tag", request.tag);
    reader.read("initialDelayMs", request.initial_delay);
    reader.read("readTimeoutMs", request.read_timeout);
    reader.read("lastEventId", request.last_event_id);
    reader.read("headers", request.headers);
    reader.read("method", request.method);
    reader.read("body", request.body);
    problem = reader.problem();
    http::url ignored;
    if (problem.empty() && !is_url(request.stream_url, ignored)) problem = "no usable streamUrl";
    if (problem.empty() && !is_url(callback_url, request.callback_url))
        problem = "no usable callbackUrl";
    if (!problem.empty()) return std::nullopt;
    return request;
}

std::string parse_command(std::string_view body) {
    const json object = parse_object(body);
    std::string command;
    if (!object.is_null()) member_reader(object).read("command", command);
    return command;
}

} // namespace sse::contract
