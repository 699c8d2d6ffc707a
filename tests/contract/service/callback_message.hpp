// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "json_text.hpp"

#include <sse/text/event.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace sse::contract {

// What the service tells the harness, each as the body of one request.

[[nodiscard]] inline std::string event_message(const event_view& event) {
    std::string body;
    const std::size_t frame = 64; // and some bytes that have to be escaped
    body.reserve(event.type.size() + event.data.size() + event.id.size() + frame);
    body += R"({"kind":"event","event":{"type":)";
    append_json_string(body, event.type);
    body += R"(,"data":)";
    append_json_string(body, event.data);
    if (!event.id.empty()) {
        body += R"(,"id":)";
        append_json_string(body, event.id);
    }
    return body += "}}";
}

[[nodiscard]] inline std::string comment_message(std::string_view comment) {
    std::string body = R"({"kind":"comment","comment":)";
    append_json_string(body, comment);
    return body += '}';
}

[[nodiscard]] inline std::string error_message(std::string_view error) {
    std::string body = R"({"kind":"error","error":)";
    append_json_string(body, error);
    return body += '}';
}

} // namespace sse::contract
