// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "routes.hpp"

#include "metrics.hpp"
#include "page.hpp"

#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace {

int status_of(sse::errc e) {
    switch (e) {
    case sse::errc::draining: return 503;
    case sse::errc::too_many_topics: return 507;
    default: return 400;
    }
}

void refuse(sse::reply re, sse::errc e) {
    re.send({.status = status_of(e), .body = std::string(message(e)) + "\n"});
}

void subscribe(sse::hub& hub, const sse::request& rq, sse::reply re,
               sse::subscribe_options options) {
    if (read_position(rq, options) != sse::errc::success) {
        return re.send({.status = 400, .body = "replay is a number of events\n"});
    }
    hub.subscribe(std::move(re), options);
}

/// The same time for any guess, right or wrong.
bool same(std::string_view a, std::string_view b) {
    unsigned difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
        difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
    }
    return difference == 0;
}

/// 0 for whoever may publish, or else the status to refuse with.
int refuse_publisher(const sse::request& rq, const std::string& token) {
    if (token.empty()) return 0;
    const std::string_view given = rq.header("Authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (!sse::http::iequals(given.substr(0, scheme.size()), scheme)) return 401;
    return same(given.substr(scheme.size()), token) ? 0 : 403;
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.append(1, '\\').append(1, c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            constexpr std::string_view digits = "0123456789abcdef";
            out.append("\\u00").append(1, digits[static_cast<unsigned char>(c) >> 4U]);
            out.append(1, digits[static_cast<unsigned char>(c) & 0x0fU]);
        } else {
            out.push_back(c);
        }
    }
    return out + "\"";
}

void publish(sse::hub& hub, const sse::request& rq, sse::reply re, const std::string& token) {
    if (const int refused = refuse_publisher(rq, token)) {
        sse::response answer{.status = refused, .body = "publishing needs the token\n"};
        if (refused == 401) answer.headers.add("WWW-Authenticate", "Bearer");
        return re.send(std::move(answer));
    }
    const auto parameter = [&rq](std::string_view name) {
        const std::string* value = rq.query.find(name);
        return value == nullptr ? std::string_view() : std::string_view(*value);
    };
    sse::publish_options options{.key = parameter("key")};
    if (const std::string_view retry = parameter("retry"); !retry.empty()) {
        std::int32_t ms = 0;
        const auto r = std::from_chars(retry.data(), retry.data() + retry.size(), ms);
        if (r.ec != std::errc() || r.ptr != retry.data() + retry.size() || ms < 0) {
            return re.send({.status = 400, .body = "retry is a number of milliseconds\n"});
        }
        options.retry = std::chrono::milliseconds(ms);
    }
    const sse::event_view e{parameter("type"), rq.body, parameter("id")};
    const sse::publish_result r = hub.publish(rq.parameter("*"), e, options);
    if (!r) return refuse(std::move(re), r.error);
    re.send({.type = "application/json", .body = "{\"id\":" + json_string(r.id()) + "}\n"});
}

sse::response page_response() {
    sse::response answer{.type = "text/html; charset=utf-8", .body = std::string(page)};
    // What a page that publishes must not allow: scripts from elsewhere, and frames around it.
    answer.headers.add("Content-Security-Policy",
                       "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
                       "connect-src 'self'; img-src data:; base-uri 'none'; frame-ancestors "
                       "'none'");
    return answer;
}

} // namespace

void add_routes(sse::server& server, hub_service& service) {
    server.get("/", [](const sse::request&, sse::reply re) { re.send(page_response()); });
    server.get("/events/*", [&hub = service.hub](const sse::request& rq, sse::reply re) {
        subscribe(hub, rq, std::move(re), {.topics = {std::string(rq.parameter("*"))}});
    });
    server.get("/events", [&hub = service.hub](const sse::request& rq, sse::reply re) {
        const auto topics = rq.query.all("topic");
        subscribe(hub, rq, std::move(re), {.topics = {topics.begin(), topics.end()}});
    });
    server.post("/publish/*", [&service](const sse::request& rq, sse::reply re) {
        publish(service.hub, rq, std::move(re), service.options.publish_token);
    });
    server.get("/metrics", [&service](const sse::request&, sse::reply re) {
        re.send({.type = "text/plain; version=0.0.4; charset=utf-8",
                 .body = metrics_text(service.hub.metrics(), service.metrics())});
    });
    // While it drains, the server answers 503 to everything.
    server.get("/healthz", [](const sse::request&, sse::reply re) { re.send({.body = "ok\n"}); });
}
