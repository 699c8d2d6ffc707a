// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server/response.hpp>

#include <string>

namespace server_response_test {

using sse::detail::answer_context;
using sse::detail::write_response;
using sse::detail::write_stream_head;

namespace {

std::string written(const sse::response& r, answer_context c = {}) {
    c.date = "Date: now\r\n";
    std::string out;
    write_response(r, c, out);
    return out;
}

} // namespace

TEST_CASE("response: a body has its type and length", "[response]") {
    CHECK(written({.type = "text/html", .body = "hi"}) ==
          "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\nDate: now\r\n\r\nhi");
    CHECK(written({.status = 404}) ==
          "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nDate: now\r\n\r\n");
}

TEST_CASE("response: 204 and 304 have none, and no length", "[response]") {
    CHECK(written({.status = 204, .body = "x"}) == "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n");
    CHECK(written({.status = 304}) == "HTTP/1.1 304 Not Modified\r\nDate: now\r\n\r\n");
}

TEST_CASE("response: HEAD gets the fields only", "[response]") {
    CHECK(written({.body = "hi"}, {.head_only = true})
              .ends_with("Content-Length: 2\r\nDate: now\r\n\r\n"));
}

TEST_CASE("response: Connection tells where the version does not", "[response]") {
    CHECK(written({}, {.keep_alive = false}).find("Connection: close\r\n") != std::string::npos);
    CHECK(written({}, {.minor = 0}).find("Connection: keep-alive\r\n") != std::string::npos);
    CHECK(written({}).find("Connection") == std::string::npos);
}

TEST_CASE("response: framing is not the handler's", "[response]") {
    const std::string out = written(
        {.body = "hi", .headers = {{"Content-Length", "99"}, {"transfer-encoding", "chunked"}}});
    CHECK(out.find("99") == std::string::npos);
    CHECK(out.find("chunked") == std::string::npos);
}

TEST_CASE("response: a field that cannot be written makes a 500", "[response]") {
    CHECK(written({.headers = {{"A", "b\r\nc: d"}}}).find("HTTP/1.1 500 ") == 0);
    CHECK(written({.headers = {{"A b", "c"}}}).find("HTTP/1.1 500 ") == 0);
    std::string out;
    CHECK(write_stream_head({{"A", "b\r\n"}}, {}, out) != sse::errc::success);
    CHECK(out.empty());
}

TEST_CASE("response: a stream's head keeps caches and proxies off it", "[response]") {
    std::string out;
    CHECK(write_stream_head({{"Event-Gap", "evicted"}}, {.date = "Date: now\r\n"}, out) ==
          sse::errc::success);
    CHECK(out == "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                 "Cache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\n"
                 "Transfer-Encoding: chunked\r\nEvent-Gap: evicted\r\nDate: now\r\n\r\n");
    out.clear();
    CHECK(write_stream_head({}, {.keep_alive = false, .minor = 0, .date = "Date: now\r\n"}, out) ==
          sse::errc::success);
    CHECK(out.find("chunked") == std::string::npos);
    CHECK(out.find("Connection: close\r\n") != std::string::npos);
}

TEST_CASE("response: a stream's head has each field once, by the handler's choice but for framing",
          "[response]") {
    std::string out;
    CHECK(write_stream_head({{"content-type", "text/event-stream; charset=utf-8"},
                             {"Cache-Control", "no-store"},
                             {"Connection", "x"},
                             {"Content-Length", "9"},
                             {"Set-Cookie", "a=1"},
                             {"Set-Cookie", "b=2"},
                             {"Date", "then"}},
                            {.keep_alive = false, .date = "Date: now\r\n"},
                            out) == sse::errc::success);
    CHECK(out == "HTTP/1.1 200 OK\r\nX-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n"
                 "content-type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
                 "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nDate: then\r\n"
                 "Connection: close\r\n\r\n");
}

} // namespace server_response_test
