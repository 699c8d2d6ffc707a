// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/client/verdict.hpp>

#include <chrono>
#include <string>

namespace client_verdict_test {

using namespace std::chrono_literals;
using sse::detail::judge;
using sse::detail::retry_after;
using sse::detail::verdict;
using sse::http::fields;

namespace {

verdict typed(std::string type) { return judge(200, {{"Content-Type", type}}); }

std::chrono::milliseconds after(std::string value) {
    return retry_after({{"Retry-After", value}}, std::chrono::sys_seconds(784111777s));
}

} // namespace

TEST_CASE("verdict: the essence of the content type decides", "[verdict]") {
    for (const char* type :
         {"text/event-stream", "Text/Event-Stream", "text/event-stream;charset=x",
          "text/event-stream ; charset=utf-8", "text/event-stream;"})
        CHECK(typed(type) == verdict::accept);
    for (const char* type : {"text/event-streams", "text/plain", "text/event-stream-x", "",
                             "application/json; x=text/event-stream", "event-stream", "*/*"})
        CHECK(typed(type) == verdict::bad_type);
    CHECK(judge(200, {}) == verdict::bad_type);
}

TEST_CASE("verdict: of several content types the last one counts", "[verdict]") {
    CHECK(judge(200, {{"Content-Type", "text/plain"}, {"content-type", "text/event-stream"}}) ==
          verdict::accept);
    CHECK(judge(200, {{"Content-Type", "text/event-stream"}, {"content-type", "text/plain"}}) ==
          verdict::bad_type);
}

TEST_CASE("verdict: statuses other than 200 are no streams, whatever their type", "[verdict]") {
    const fields stream{{"Content-Type", "text/event-stream"}};
    for (const int status : {301, 302, 303, 307, 308})
        CHECK(judge(status, stream) == verdict::redirect);
    CHECK(judge(204, stream) == verdict::no_content);
    for (const int status : {101, 201, 202, 205, 206, 300, 304, 305, 306, 400, 401, 403, 404, 407,
                             429, 500, 502, 503, 599})
        CHECK(judge(status, stream) == verdict::bad_status);
}

TEST_CASE("verdict: Retry-After in seconds", "[verdict]") {
    CHECK(after("0") == 0s);
    CHECK(after("120") == 120s);
    CHECK(after("99999999999999999999999999") == 24h * 3653);
    for (const char* value : {"", "-1", "+1", "1.5", "1s", "soon", " "})
        CHECK(after(value) == 0s);
    CHECK(retry_after({}, {}) == 0s);
}

TEST_CASE("verdict: Retry-After as a date", "[verdict]") {
    CHECK(after("Sun, 06 Nov 1994 08:49:47 GMT") == 10s);
    CHECK(after("Sunday, 06-Nov-94 08:50:37 GMT") == 60s);
    CHECK(after("Sun Nov  6 08:49:38 1994") == 1s);
    CHECK(after("Sun, 06 Nov 1994 08:49:27 GMT") == 0s); // past
    CHECK(after("Fri, 31 Dec 9999 23:59:59 GMT") == 24h * 3653);
}

TEST_CASE("verdict: a Retry-After date counts against the server's own clock", "[verdict]") {
    const fields head{{"Date", "Sun, 06 Nov 2050 08:49:37 GMT"},
                      {"Retry-After", "Sun, 06 Nov 2050 08:49:42 GMT"}};
    CHECK(retry_after(head, std::chrono::sys_seconds(784111777s)) == 5s);
}

} // namespace client_verdict_test
