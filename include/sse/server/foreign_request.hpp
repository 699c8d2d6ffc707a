// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <concepts>
#include <string_view>

namespace sse {

/// The first field called `name` of a request of any library that has `header(name)`, as ours, or
/// `operator[](name)`, as Beast's; an empty text where there is none. Borrows from the request.
template <class Request>
[[nodiscard]] std::string_view request_field(const Request& rq, std::string_view name) {
    if constexpr (requires {
                      { rq.header(name) } -> std::convertible_to<std::string_view>;
                  }) {
        return rq.header(name);
    } else {
        const auto value = rq[name];
        return std::string_view(value.data(), value.size());
    }
}

namespace detail {

/// Its method: `method_string()`, as Beast's, or `method()`, as ours; GET where there is neither.
template <class Request>
[[nodiscard]] std::string_view request_method(const Request& rq) {
    if constexpr (requires { rq.method_string(); }) {
        const auto method = rq.method_string();
        return std::string_view(method.data(), method.size());
    } else if constexpr (requires { std::string_view(rq.method()); }) {
        return rq.method();
    } else {
        return "GET";
    }
}

/// Its version: `version()` such as 10 or 11, as Beast's, or `head.minor`, as ours; otherwise 1.1.
template <class Request>
[[nodiscard]] int request_minor(const Request& rq) {
    if constexpr (requires { rq.version() % 10; }) {
        return static_cast<int>(rq.version() % 10);
    } else if constexpr (requires { rq.head.minor; }) {
        return rq.head.minor;
    } else {
        return 1;
    }
}

} // namespace detail

} // namespace sse
