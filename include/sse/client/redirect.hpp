// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/http/url.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse {

/// Which redirects an event source follows.
struct redirect_policy {
    bool follow = true; ///< false: a redirect ends the source with `errc::bad_redirect`
    /// Redirects in one attempt; over it `errc::too_many_redirects`. 0 allows none.
    std::size_t limit = 20;
    bool allow_downgrade = false; ///< whether https may redirect to http
};

namespace detail {

/// Where a request goes, and what of the options goes with it.
struct request_target {
    http::url url{};
    std::string method = "GET";
    bool send_body = true;        ///< false: a redirect turned the request into one without
    bool send_credentials = true; ///< false: a redirect led to another origin on the way here

    [[nodiscard]] friend bool operator==(const request_target&, const request_target&) = default;
};

/// A field that must not reach another origin than the one it was meant for.
[[nodiscard]] inline bool is_credential(std::string_view name) noexcept {
    return http::iequals(name, "Authorization") || http::iequals(name, "Cookie") ||
           http::iequals(name, "Proxy-Authorization") || http::iequals(name, "Host");
}

[[nodiscard]] constexpr bool is_permanent(int status) noexcept {
    return status == 301 || status == 308;
}

/// Whether a redirect turns `method` into GET, without a body (Fetch, "HTTP-redirect fetch").
[[nodiscard]] inline bool becomes_get(int status, std::string_view method) noexcept {
    if (status == 303) return method != "GET" && method != "HEAD";
    return (status == 301 || status == 302) && method == "POST";
}

/// Computes where a redirect with `location` leads from `target`.
/// Errors: `errc::bad_redirect` where it is absent, no http or https URL, or a downgrade.
[[nodiscard]] inline errc redirect(const request_target& from, int status,
                                   const std::string* location, const redirect_policy& policy,
                                   request_target& to) {
    if (!policy.follow || location == nullptr || location->empty()) return errc::bad_redirect;
    request_target next = from;
    if (http::resolve_url(from.url, *location, next.url) != errc::success)
        return errc::bad_redirect;
    next.url.userinfo.clear(); // a server does not get to choose our credentials
    if (from.url.secure() && !next.url.secure() && !policy.allow_downgrade)
        return errc::bad_redirect;
    if (becomes_get(status, from.method)) {
        next.method = "GET";
        next.send_body = false;
    }
    next.send_credentials = from.send_credentials && next.url.origin() == from.url.origin();
    to = std::move(next);
    return errc::success;
}

/// The targets of one event source: the original one, the one that permanent redirects led to,
/// and the chain of the current attempt.
class redirect_chain {
public:
    redirect_chain(request_target start, redirect_policy policy)
        : policy_(policy), start_(start), current_(std::move(start)) {}

    /// A new attempt begins where permanent redirects have led.
    void restart() {
        current_ = start_;
        visited_.clear();
        permanent_ = true;
    }

    /// This attempt begins at `url` instead, as if that had been asked for from the beginning.
    /// Where it redirects to, even for good, says nothing about the original one.
    void retarget(http::url url) {
        current_.url = std::move(url);
        current_.send_credentials = true;
        permanent_ = false;
    }

    /// Follows a redirect.
    /// Errors: `errc::bad_redirect`, also for a loop, and `errc::too_many_redirects`.
    [[nodiscard]] errc follow(int status, const std::string* location) {
        if (policy_.follow && visited_.size() >= policy_.limit) return errc::too_many_redirects;
        request_target next;
        if (const errc e = redirect(current_, status, location, policy_, next); e != errc::success)
            return e;
        visited_.push_back(std::move(current_));
        current_ = std::move(next);
        for (const request_target& seen : visited_) {
            if (seen == current_) return errc::bad_redirect;
        }
        permanent_ = permanent_ && is_permanent(status);
        if (permanent_) start_ = current_;
        return errc::success;
    }

    [[nodiscard]] const request_target& current() const noexcept { return current_; }

    /// Redirects followed in this attempt.
    [[nodiscard]] std::size_t count() const noexcept { return visited_.size(); }

private:
    redirect_policy policy_;
    request_target start_;
    request_target current_;
    std::vector<request_target> visited_;
    bool permanent_ = true;
};

} // namespace detail
} // namespace sse
