// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/http/syntax.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace sse {

/// Which pages of other origins may read what a server answers (CORS, in the Fetch standard).
struct cors_options {
    /// Origins such as `https://app.example`, or `*` for all; empty: none, and no fields are sent.
    std::vector<std::string> origins{};
    /// Whether requests with cookies and the like may be read; not by origins that only `*` names.
    bool credentials = false;
    /// Fields that requests may have besides those that all may have.
    std::vector<std::string> headers{"Authorization", "Content-Type", "Last-Event-ID"};
    /// Fields of our answers that pages may read besides those that they always may.
    std::vector<std::string> exposed{"Event-Gap", "Event-Heartbeat", "Retry-After"};
    std::chrono::seconds max_age{600}; ///< how long a preflight's answer may be kept; 0: not sent
};

namespace detail {

[[nodiscard]] inline bool lists(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

[[nodiscard]] inline bool allows_origin(const cors_options& cors, std::string_view origin) {
    return !origin.empty() && (lists(cors.origins, origin) || lists(cors.origins, "*"));
}

/// Adds `name` to Vary, unless it is there.
inline void add_vary(http::fields& out, std::string_view name) {
    if (out.list_contains("Vary", name) || out.list_contains("Vary", "*")) return;
    std::string all = out.joined("Vary");
    if (!all.empty()) all.append(", ");
    out.set("Vary", all.append(name));
}

[[nodiscard]] inline std::string comma_list(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names)
        all.append(all.empty() ? "" : ", ").append(name);
    return all;
}

/// What an answer to a request from `origin` says, that of a request without one included: caches
/// must not mix them up.
inline void add_cors_fields(const cors_options& cors, std::string_view origin, http::fields& out) {
    if (cors.origins.empty()) return;
    const bool listed = lists(cors.origins, origin) && origin != "*";
    const bool any = lists(cors.origins, "*");
    if (!any || cors.credentials) add_vary(out, "Origin");
    if (any && !(listed && cors.credentials)) {
        out.set("Access-Control-Allow-Origin", "*");
    } else if (listed) {
        out.set("Access-Control-Allow-Origin", origin);
        if (cors.credentials) out.set("Access-Control-Allow-Credentials", "true");
    } else {
        return;
    }
    if (!cors.exposed.empty()) out.set("Access-Control-Expose-Headers", comma_list(cors.exposed));
}

/// What the answer to a preflight says besides, where the path has the methods `allow`.
[[nodiscard]] inline http::fields preflight_fields(const cors_options& cors,
                                                   std::string_view allow) {
    http::fields out;
    out.add("Access-Control-Allow-Methods", allow);
    if (!cors.headers.empty()) out.add("Access-Control-Allow-Headers", comma_list(cors.headers));
    if (cors.max_age.count() > 0)
        out.add("Access-Control-Max-Age", std::to_string(cors.max_age.count()));
    add_vary(out, "Access-Control-Request-Method");
    add_vary(out, "Access-Control-Request-Headers");
    return out;
}

} // namespace detail

} // namespace sse
