// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/query.hpp>
#include <sse/http/request_head.hpp>

#include <any>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse {

/// A request as a handler gets it: complete, its framing judged, its body collected.
struct request {
    http::request_head head;
    std::string path;  ///< as it was sent, percent-encoded, without the query
    http::query query; ///< decoded
    std::string body;
    /// What the wildcards of the route stand for, decoded; that of a `*` is called "*".
    std::vector<std::pair<std::string, std::string>> parameters;
    std::any state; ///< what a guard left for the handler

    [[nodiscard]] const std::string& method() const noexcept { return head.method; }

    /// The first field called `name`, or an empty text. Lifetime: borrows from the request.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept {
        const std::string* value = head.headers.find(name);
        return value == nullptr ? std::string_view() : std::string_view(*value);
    }

    /// What a wildcard stands for, or an empty text. Lifetime: borrows from the request.
    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept {
        for (const auto& [key, value] : parameters) {
            if (key == name) return value;
        }
        return {};
    }
};

} // namespace sse
