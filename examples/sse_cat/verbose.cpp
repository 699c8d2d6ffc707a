// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "examples/sse_cat/verbose.hpp"

#include <cstdio>
#include <string>
#include <string_view>

namespace {

bool is_secret(std::string_view name) {
    const std::string lower = sse::http::lower(name);
    for (const char* part : {"auth", "cookie", "key", "token", "secret", "password"})
        if (lower.find(part) != std::string::npos) return true;
    return false;
}

void show(char mark, const std::string& start, const sse::http::fields& headers) {
    std::string text = std::string(1, mark) + " " + start + "\n";
    for (const auto& line : headers)
        text += std::string(1, mark) + " " + line.name + ": " +
                (is_secret(line.name) ? "[redacted]" : line.value) + "\n";
    std::fprintf(stderr, "%s%c\n", text.c_str(), mark);
}

} // namespace

void show_request(const sse::http::request_head& head, const sse::http::url&) {
    show('>', head.method + " " + head.target + " HTTP/1.1", head.headers);
}

void show_response(const sse::incoming_response& response) {
    show('<', "HTTP/1.1 " + std::to_string(response.status), response.headers);
}
