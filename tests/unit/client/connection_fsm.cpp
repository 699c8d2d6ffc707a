// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/client/connection_fsm.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace client_connection_fsm_test {

using namespace std::chrono_literals;
using sse::errc;
using sse::error_code;
using sse::event_source_options;
using sse::ready_state;
using sse::detail::connection_action;
using sse::detail::connection_fsm;
using sse::http::fields;
using sse::http::response_head;

namespace {

using act = connection_action::kind;
using in = sse::detail::connection_input::kind;
using std::chrono::milliseconds;
constexpr auto never = sse::net::time_point::max();

const error_code broken = sse::asio::error::connection_reset;
const fields stream_type{{"Content-Type", "text/event-stream"}};

event_source_options plain() {
    event_source_options options;
    options.reconnect.jitter = 0;
    return options;
}

/// Calls `resume` like a function, on a clock set by hand.
struct machine {
    sse::net::time_point now{24h};
    connection_fsm<> fsm;
    connection_action action{act::wait};

    explicit machine(const event_source_options& options = plain(),
                     std::string_view url = "http://a/x")
        : fsm(options, at(url)) {}

    static sse::detail::request_target at(std::string_view url) {
        sse::detail::request_target target;
        REQUIRE(sse::http::parse_url(url, target.url) == errc::success);
        return target;
    }

    /// Has nothing to change about the request that a new attempt sends.
    act operator()(in what, error_code error = {}) {
        tell(what, error);
        return action.what == act::prepare ? tell(in::prepared) : action.what;
    }
    act tell(in what, error_code error = {}) {
        action = fsm.resume({.what = what, .error = error}, now);
        return action.what;
    }
    act head(int status, fields headers = {}) {
        response_head head;
        head.status = status;
        head.headers = std::move(headers);
        action = fsm.resume({.what = in::head, .head = &head}, now);
        return action.what;
    }
    /// Answers `report` with what it proposes.
    act decide() { return decide(action.delay); }
    act decide(std::optional<milliseconds> delay) {
        action = fsm.resume({.what = in::decided, .delay = delay}, now);
        return action.what;
    }
    auto until() const { return action.until - now; }

    void requested() {
        CHECK((*this)(in::receive) == act::connect);
        CHECK((*this)(in::connected) == act::send);
        CHECK((*this)(in::sent) == act::read);
    }
    void opened() {
        requested();
        CHECK(head(200, stream_type) == act::open);
    }
};

} // namespace

TEST_CASE("connection_fsm: connects, sends, reads the head, opens", "[connection_fsm]") {
    machine m;
    CHECK(m.fsm.ready_state() == ready_state::connecting);
    CHECK(m.tell(in::receive) == act::prepare);
    CHECK(m.until() == 30s);
    CHECK(m.tell(in::prepared) == act::connect);
    CHECK(m.until() == 15s);
    m.now += 2s;
    CHECK(m(in::connected) == act::send);
    CHECK(m.until() == 30s);
    m.now += 10s;
    CHECK(m(in::sent) == act::read);
    CHECK(m.until() == 20s);
    CHECK(m.fsm.ready_state() == ready_state::connecting);
    CHECK(m.head(200, stream_type) == act::open);
    CHECK(m.fsm.ready_state() == ready_state::open);
    CHECK(m(in::read) == act::read);
    CHECK(m.action.until == never);
    CHECK(m(in::receive) == act::read);
}

TEST_CASE("connection_fsm: the deadline of the head does not move with its bytes",
          "[connection_fsm]") {
    machine m;
    m.requested();
    for (int i = 0; i < 29; ++i) {
        m.now += 1s;
        CHECK(m(in::read) == act::read);
        CHECK(m.until() == 29s - i * 1s);
    }
}

TEST_CASE("connection_fsm: the idle deadline moves with every read", "[connection_fsm]") {
    auto options = plain();
    options.timeouts.idle = 5s;
    machine m(options);
    m.opened();
    for (int i = 0; i < 3; ++i) {
        m.now += 4s;
        CHECK(m(in::read) == act::read);
        CHECK(m.until() == 5s);
    }
}

TEST_CASE("connection_fsm: zero timeouts are none", "[connection_fsm]") {
    auto options = plain();
    options.timeouts = {.connect = 0s, .head = 0s};
    machine m(options);
    CHECK(m(in::receive) == act::connect);
    CHECK(m.action.until == never);
    CHECK(m(in::connected) == act::send);
    CHECK(m.action.until == never);
    CHECK(m(in::sent) == act::read);
    CHECK(m.action.until == never);
}

TEST_CASE("connection_fsm: each timeout has its own error", "[connection_fsm]") {
    machine connecting;
    CHECK(connecting(in::receive) == act::connect);
    CHECK(connecting(in::timeout) == act::report);
    CHECK(connecting.action.error == errc::connect_timeout);
    machine sending;
    CHECK(sending(in::receive) == act::connect);
    CHECK(sending(in::connected) == act::send);
    CHECK(sending(in::timeout) == act::report);
    CHECK(sending.action.error == errc::head_timeout);
    machine head;
    head.requested();
    CHECK(head(in::timeout) == act::report);
    CHECK(head.action.error == errc::head_timeout);
    machine body;
    body.opened();
    CHECK(body(in::timeout) == act::report);
    CHECK(body.action.error == errc::idle_timeout);
    CHECK(body.action.delay == 1s);
}

TEST_CASE("connection_fsm: a failure anywhere leads to another attempt", "[connection_fsm]") {
    for (int step = 0; step < 4; ++step) {
        INFO(step);
        machine m;
        CHECK(m(in::receive) == act::connect);
        if (step > 0) CHECK(m(in::connected) == act::send);
        if (step > 1) CHECK(m(in::sent) == act::read);
        if (step > 2) CHECK(m.head(200, stream_type) == act::open);
        CHECK(m(in::failed, broken) == act::report);
        CHECK(m.action.error == broken);
        CHECK(m.action.delay == 1s);
        CHECK(m.decide() == act::wait);
        CHECK(m.until() == 1s);
        CHECK(m.fsm.ready_state() == ready_state::connecting);
        CHECK(m.tell(in::elapsed) == act::prepare);
        CHECK(m.fsm.last_error() == broken);
    }
}

TEST_CASE("connection_fsm: a clean end of the stream leads to another attempt",
          "[connection_fsm]") {
    machine m;
    m.opened();
    CHECK(m(in::failed, errc::end_of_stream) == act::report);
    CHECK(m.action.error == errc::end_of_stream);
    CHECK(m.decide() == act::wait);
}

TEST_CASE("connection_fsm: what the response says may be for good", "[connection_fsm]") {
    const auto ends = [](int status, fields headers, errc error) {
        INFO(status);
        machine m;
        m.requested();
        CHECK(m.head(status, std::move(headers)) == act::report);
        CHECK(m.action.error == error);
        CHECK_FALSE(m.action.delay);
        CHECK(m.decide() == act::complete);
        CHECK(m.action.error == error);
        CHECK(m.fsm.ready_state() == ready_state::closed);
        CHECK(m(in::receive) == act::complete); // every later receive, too
        CHECK(m.action.error == error);
    };
    ends(204, {}, errc::no_content);
    ends(404, {}, errc::unexpected_status);
    ends(503, {}, errc::unexpected_status);
    ends(201, stream_type, errc::unexpected_status);
    ends(101, {}, errc::unexpected_status);
    ends(200, {{"Content-Type", "text/html"}}, errc::bad_content_type);
    ends(302, {}, errc::bad_redirect);
    ends(302, {{"Location", ""}}, errc::bad_redirect);
}

TEST_CASE("connection_fsm: statuses are retried where the policy says so", "[connection_fsm]") {
    auto options = plain();
    options.reconnect.retry_status = [](int status) { return status == 503; };
    machine m(options);
    m.requested();
    CHECK(m.head(503, {{"Retry-After", "7"}}) == act::report);
    CHECK(m.action.error == errc::unexpected_status);
    CHECK(m.action.delay == 7s);
    machine other(options);
    other.requested();
    CHECK(other.head(404, {{"Retry-After", "7"}}) == act::report);
    CHECK_FALSE(other.action.delay);
}

TEST_CASE("connection_fsm: the user's preparations have a deadline, and may fail",
          "[connection_fsm]") {
    for (const bool fails : {false, true}) {
        machine m;
        CHECK(m.tell(in::receive) == act::prepare);
        m.now += 10s;
        CHECK(m.tell(in::cancelled) == act::complete);
        CHECK(m.tell(in::receive) == act::prepare); // the same
        CHECK(m.until() == 20s);
        CHECK(m.fsm.attempts() == 1);
        m.now += 20s;
        CHECK(m.tell(fails ? in::failed : in::timeout, broken) == act::report);
        CHECK(m.action.error == (fails ? broken : error_code(errc::request_timeout)));
        CHECK_FALSE(m.action.connected);
        CHECK(m.action.delay == 1s);
        CHECK(m.decide() == act::wait);
        CHECK(m.tell(in::elapsed) == act::prepare);
        CHECK(m.fsm.attempts() == 2);
    }
}

TEST_CASE("connection_fsm: a URL of the user's counts for one attempt, credentials included",
          "[connection_fsm]") {
    machine m;
    m.requested();
    CHECK(m.head(301, {{"Location", "http://b/moved"}}) == act::connect);
    CHECK(m(in::failed, broken) == act::report);
    CHECK(m.decide() == act::wait);
    CHECK(m.tell(in::elapsed) == act::prepare);
    CHECK_FALSE(m.fsm.target().send_credentials);
    sse::http::url other;
    REQUIRE(sse::http::parse_url("http://c/", other) == errc::success);
    m.fsm.retarget(other);
    CHECK(m.tell(in::prepared) == act::connect);
    CHECK(m.fsm.target().url == other);
    CHECK(m.fsm.target().send_credentials);
    CHECK(m(in::connected) == act::send);
    CHECK(m(in::sent) == act::read);
    CHECK(m.head(301, {{"Location", "/moved"}}) == act::connect);
    CHECK(m.fsm.target().url.to_string() == "http://c/moved");
    CHECK(m(in::failed, broken) == act::report);
    CHECK(m.decide() == act::wait);
    CHECK(m.tell(in::elapsed) == act::prepare);
    CHECK(m.fsm.target().url.to_string() == "http://b/moved");
    CHECK_FALSE(m.fsm.target().send_credentials);
}

TEST_CASE("connection_fsm: redirects are followed within the attempt", "[connection_fsm]") {
    machine m;
    m.requested();
    CHECK(m.head(302, {{"Location", "/y"}}) == act::connect);
    CHECK(m.until() == 15s);
    CHECK(m.fsm.target().url.to_string() == "http://a/y");
    CHECK(m(in::connected) == act::send);
    CHECK(m(in::sent) == act::read);
    CHECK(m.head(200, stream_type) == act::open);
    CHECK(m.fsm.attempts() == 1);
    CHECK(m(in::failed, errc::end_of_stream) == act::report);
    CHECK(m.decide() == act::wait);
    CHECK(m(in::elapsed) == act::connect);
    CHECK(m.fsm.target().url.to_string() == "http://a/x");
}

TEST_CASE("connection_fsm: https fails with an error of its own", "[connection_fsm]") {
    machine direct(plain(), "https://a/");
    CHECK(direct(in::receive) == act::report);
    CHECK(direct.action.error == errc::tls_unavailable);
    CHECK_FALSE(direct.action.delay);
    machine redirected;
    redirected.requested();
    CHECK(redirected.head(302, {{"Location", "https://a/"}}) == act::report);
    CHECK(redirected.action.error == errc::tls_unavailable);
}

TEST_CASE("connection_fsm: connects by TLS that is set up, and fails for good where it is not",
          "[connection_fsm]") {
    struct layer final : sse::net::tls_layer {
        error_code status{};
        [[nodiscard]] error_code error() const noexcept override { return status; }
        void async_handshake(sse::net::transport, const sse::net::tls_peer&,
                             handler_type) override {}
    };
    const auto tls = std::make_shared<layer>();
    event_source_options options = plain();
    options.tls = tls;
    machine works(options, "https://a/x");
    CHECK(works(in::receive) == act::connect);
    tls->status = errc::tls_misconfigured;
    machine fails(options, "https://a/x");
    CHECK(fails(in::receive) == act::report);
    CHECK(fails.action.error == errc::tls_misconfigured);
    CHECK_FALSE(fails.action.delay);
    machine needs_none(options, "http://a/x");
    CHECK(needs_none(in::receive) == act::connect);
}

TEST_CASE("connection_fsm: a proxy that wants other credentials is not asked again",
          "[connection_fsm]") {
    machine m;
    CHECK(m(in::receive) == act::connect);
    CHECK(m(in::failed, errc::proxy_unauthorized) == act::report);
    CHECK_FALSE(m.action.delay);
    CHECK(m.decide() == act::complete);
    CHECK(m.action.error == errc::proxy_unauthorized);
    machine other;
    CHECK(other(in::receive) == act::connect);
    CHECK(other(in::failed, errc::proxy_refused) == act::report);
    CHECK(other.action.delay);
}

TEST_CASE("connection_fsm: in finish mode whatever ends the stream ends the source",
          "[connection_fsm]") {
    for (const errc end : {errc::end_of_stream, errc::truncated, errc::bad_chunk}) {
        auto options = plain();
        options.finish = true;
        machine m(options);
        m.opened();
        CHECK(m(in::failed, end) == act::report);
        CHECK_FALSE(m.action.delay);
        CHECK(m.decide() == act::complete);
        CHECK(m.action.error == end);
    }
    auto options = plain();
    options.finish = true;
    machine before(options);
    before.requested();
    CHECK(before(in::failed, errc::truncated) == act::report);
    CHECK(before.action.delay); // no response yet: nothing was lost
}

TEST_CASE("connection_fsm: a broken text limit reconnects or fails, by the options",
          "[connection_fsm]") {
    for (const errc limit : {errc::line_too_long, errc::event_too_large, errc::id_too_long,
                             errc::type_too_long, errc::invalid_utf8}) {
        machine reconnecting;
        reconnecting.opened();
        CHECK(reconnecting(in::failed, limit) == act::report);
        CHECK(reconnecting.action.delay);
        auto options = plain();
        options.limits.overflow = sse::overflow_action::fail;
        machine failing(options);
        failing.opened();
        CHECK(failing(in::failed, limit) == act::report);
        CHECK_FALSE(failing.action.delay);
        CHECK(failing.decide() == act::complete);
        CHECK(failing.action.error == limit);
    }
}

TEST_CASE("connection_fsm: gives up after the limit of attempts", "[connection_fsm]") {
    auto options = plain();
    options.reconnect.max_attempts = 2;
    machine m(options);
    CHECK(m(in::receive) == act::connect);
    CHECK(m(in::failed, sse::asio::error::connection_refused) == act::report);
    CHECK(m.decide() == act::wait);
    CHECK(m(in::elapsed) == act::connect);
    CHECK(m(in::failed, sse::asio::error::connection_refused) == act::report);
    CHECK(m.action.error == sse::asio::error::connection_refused);
    CHECK_FALSE(m.action.delay);
    CHECK(m.decide() == act::complete);
    CHECK(m.action.error == errc::attempts_exhausted);
}

TEST_CASE("connection_fsm: the user decides otherwise", "[connection_fsm]") {
    machine stop;
    CHECK(stop(in::receive) == act::connect);
    CHECK(stop(in::failed, sse::asio::error::connection_refused) == act::report);
    CHECK(stop.decide(std::nullopt) == act::complete);
    CHECK(stop.action.error == sse::asio::error::connection_refused);
    machine again;
    again.requested();
    CHECK(again.head(401) == act::report);
    CHECK(again.decide(milliseconds(-5)) == act::wait);
    CHECK(again.until() == 0s);
    CHECK(again(in::elapsed) == act::connect);
}

TEST_CASE("connection_fsm: a cancelled receive leaves what can go on", "[connection_fsm]") {
    machine connecting;
    CHECK(connecting(in::receive) == act::connect);
    CHECK(connecting(in::cancelled) == act::complete);
    CHECK(connecting.action.error == sse::asio::error::operation_aborted);
    CHECK_FALSE(connecting.fsm.readable());
    CHECK(connecting(in::receive) == act::connect);

    machine sending;
    CHECK(sending(in::receive) == act::connect);
    CHECK(sending(in::connected) == act::send);
    CHECK(sending(in::cancelled) == act::complete);
    CHECK_FALSE(sending.fsm.readable());
    CHECK(sending(in::receive) == act::connect);

    machine head;
    head.requested();
    CHECK(head(in::cancelled) == act::complete);
    CHECK(head.fsm.readable());
    head.now += 29s;
    CHECK(head(in::receive) == act::read);
    CHECK(head.until() == 1s); // the deadline is still the same

    machine body;
    body.opened();
    CHECK(body(in::cancelled) == act::complete);
    CHECK(body.fsm.ready_state() == ready_state::open);
    CHECK(body(in::receive) == act::read);

    machine waiting;
    CHECK(waiting(in::receive) == act::connect);
    CHECK(waiting(in::failed, sse::asio::error::connection_refused) == act::report);
    CHECK(waiting.decide() == act::wait);
    waiting.now += 300ms;
    CHECK(waiting(in::cancelled) == act::complete);
    CHECK(waiting(in::receive) == act::wait);
    CHECK(waiting.until() == 700ms); // no way around the delay
}

TEST_CASE("connection_fsm: close is final from every state", "[connection_fsm]") {
    for (const in what : {in::receive, in::connected, in::sent, in::read, in::failed, in::timeout,
                          in::decided, in::elapsed, in::cancelled}) {
        machine m;
        m.opened();
        m.fsm.close(errc::closed);
        CHECK(m.fsm.ready_state() == ready_state::closed);
        CHECK(m(what) == act::complete);
        CHECK(m.action.error == errc::closed);
        CHECK_FALSE(m.fsm.restart());
        CHECK(m(in::receive) == act::complete);
    }
}

TEST_CASE("connection_fsm: restart connects at once, without a trace of failures",
          "[connection_fsm]") {
    machine m;
    m.requested();
    CHECK(m.head(308, {{"Location", "/permanent"}}) == act::connect);
    CHECK(m(in::failed, sse::asio::error::connection_refused) == act::report);
    CHECK(m.decide() == act::wait);
    CHECK(m.fsm.restart());
    CHECK(m(in::receive) == act::connect);
    CHECK(m.fsm.attempts() == 1);
    CHECK(m.fsm.target().url.target == "/permanent");
    CHECK(m(in::failed, sse::asio::error::connection_refused) == act::report);
    CHECK(m.action.delay == 1s);
    CHECK(m.decide(std::nullopt) == act::complete);
    CHECK(m.fsm.restart()); // also after an error that was for good
    CHECK(m(in::receive) == act::connect);
}

} // namespace client_connection_fsm_test
