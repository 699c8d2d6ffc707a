// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/status.hpp>
#include <sse/server/cors.hpp>
#include <sse/server/host_guard.hpp>
#include <sse/server/limits.hpp>
#include <sse/server/origin_guard.hpp>
#include <sse/server/request.hpp>
#include <sse/server/response.hpp>
#include <sse/server/router.hpp>
#include <sse/server/server_state.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace sse::detail {

/// What a server makes of a request: the answer, or else the route that has it.
struct judgement {
    std::optional<response> answer;
    std::size_t route = 0;
};

/// That there is no room, or not now.
[[nodiscard]] inline response busy_answer(const server_limits& limits) {
    return {.status = 503,
            .body = std::string(http::reason_phrase(503)) + "\n",
            .headers = {{"Retry-After", std::to_string(limits.retry_after.count())}}};
}

/// The answer to what browsers ask before they send a request of another origin; nothing, where
/// `rq` is no such question or nobody else may ask.
[[nodiscard]] inline std::optional<response> preflight_answer(const request& rq,
                                                              const cors_options& cors,
                                                              const route_match& match,
                                                              const router& routes) {
    if (std::string_view(rq.method()) != "OPTIONS" || cors.origins.empty()) return std::nullopt;
    const std::string_view origin = rq.header("Origin");
    if (origin.empty() || rq.header("Access-Control-Request-Method").empty()) return std::nullopt;
    if (match.result == route_match::kind::no_path)
        return response{.status = 404, .body = "not found\n"};
    if (!allows_origin(cors, origin))
        return response{.status = 403, .body = "origin not allowed\n"};
    return response{.status = 204, .headers = preflight_fields(cors, routes.allow(rq.path))};
}

/// The answer to a request that has no route.
[[nodiscard]] inline response unrouted_answer(const request& rq, const route_match& match,
                                              const router& routes) {
    switch (match.result) {
    case route_match::kind::bad_escape: return {.status = 400, .body = "bad percent-encoding\n"};
    case route_match::kind::no_method:
        if (rq.method() == "OPTIONS")
            return {.status = 204, .headers = {{"Allow", routes.allow(rq.path)}}};
        return {.status = 405,
                .body = "method not allowed\n",
                .headers = {{"Allow", routes.allow(rq.path)}}};
    default: break;
    }
    if (rq.path == "*") return {.status = 204, .headers = {{"Allow", routes.allow()}}};
    return {.status = 404, .body = "not found\n"};
}

/// Judges `rq`, and gives it the parameters of its route.
[[nodiscard]] inline judgement judge(request& rq, const server_state& s) {
    if (!s.hosts.empty() && !is_host_allowed(rq.head.authority(), s.hosts))
        return {response{.status = 421, .body = "host not served\n"}};
    if (!is_origin_allowed(rq, s.hosts, s.options.cors))
        return {response{.status = 403, .body = "origin not allowed\n"}};
    if (s.refusing) return {busy_answer(s.options.limits)};
    route_match match = s.routes.find(rq.method(), rq.path);
    if (auto answer = preflight_answer(rq, s.options.cors, match, s.routes))
        return {std::move(answer)};
    if (match.result != route_match::kind::found) return {unrouted_answer(rq, match, s.routes)};
    rq.parameters = std::move(match.parameters);
    return {std::nullopt, match.index};
}

} // namespace sse::detail
