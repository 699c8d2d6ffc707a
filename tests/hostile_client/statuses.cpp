// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "scenario.hpp"
#include "support/catch.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace hostile_client_statuses_test {

using namespace sse::testing;
using namespace std::chrono_literals;

namespace {

scenario typed(const std::string& name, const std::string& fields, bool accepted) {
    return {name,
            {{send(head("200 OK", fields) + "data: a\n\n")}},
            accepted ? texts{opened, "a"} : texts{"! bad_content_type", "= bad_content_type"}};
}

scenario yes(const std::string& type) {
    return typed(type, "Content-Type: " + type + "\r\n", true);
}
scenario no(const std::string& type) {
    return typed(type, "Content-Type: " + type + "\r\n", false);
}

/// 503 and 429 are tried again.
void retry_some(sse::event_source_options& o) {
    o.reconnect.retry_status = [](int status) { return status == 503 || status == 429; };
}

scenario retry_after(const std::string& value, const std::string& delay,
                     const std::string& more = {}) {
    return {"Retry-After: " + value,
            {{send(head("503 Busy", "Retry-After: " + value + "\r\n" + more))}},
            {"! unexpected_status +" + delay},
            {},
            retry_some};
}

} // namespace

TEST_CASE("hostile server: content types", "[hostile_client]") {
    play({
        yes("text/event-stream"),
        yes("Text/EVENT-Stream"),
        yes("text/event-stream;charset=utf-8"),
        yes("text/event-stream ; charset=\"utf-8\""),
        yes("text/event-stream;"),
        yes("text/event-stream;;;x"),
        yes("text/event-stream;charset=iso-8859-1"),
        yes("text/event-stream; x=\"a;b,c\""),
        yes("text/event-stream; x=\"open"),
        yes("text/html, text/event-stream"),
        yes("text/event-stream, */*"),
        yes("text/event-stream, nonsense"),
        no("text/event-streamx"),
        no("text/event-stream2"),
        no("xtext/event-stream"),
        no("text/event-stream/x"),
        no("text/event stream"),
        no("text/event-stream x"),
        no("text/plain;text/event-stream"),
        no("text/html"),
        no("text/event-stream, text/html"),
        no("event-stream"),
        no("/"),
        no("*/*"),
        no(""),
        typed("none", "", false),
        typed("two lines, the last one counts", "Content-Type: text/html\r\n" + type_field, true),
        typed("two lines, the last one is another", type_field + "Content-Type: text/html\r\n",
              false),
        typed("twice", type_field + type_field, true),
    });
}

TEST_CASE("hostile server: statuses that end the source", "[hostile_client]") {
    std::vector<scenario> all;
    for (const char* status : {"201 Created",
                               "202 Accepted",
                               "203 x",
                               "205 Reset Content",
                               "206 Partial Content",
                               "226 IM Used",
                               "300 Choices",
                               "304 Not Modified",
                               "305 Use Proxy",
                               "306 x",
                               "400 Bad Request",
                               "401 Unauthorized",
                               "403 Forbidden",
                               "404 Not Found",
                               "407 Proxy",
                               "408 Timeout",
                               "410 Gone",
                               "418 Teapot",
                               "429 Many",
                               "500 Error",
                               "502 Bad Gateway",
                               "503 Busy",
                               "504 Timeout",
                               "599 x"})
        all.push_back({status,
                       {{send(head(status, type_field + "Location: /y\r\nRetry-After: 1\r\n") +
                              "data: a\n\n")}},
                       {"! unexpected_status", "= unexpected_status"}});
    all.push_back({"204", {{send(head("204 No Content"))}}, {"! no_content", "= no_content"}});
    all.push_back(
        {"204 with a type and a body",
         {{send(head("204 No Content", type_field + "Content-Length: 9\r\n") + "data: a\n\n")}},
         {"! no_content", "= no_content"}});
    all.push_back({"204 after a stream",
                   {{send(ok + "data: a\n\n"), end()}, {send(head("204 No Content"))}},
                   {opened, "a", "! end_of_stream +1000", "! no_content", "= no_content"}});
    all.push_back(
        {"404 after a stream",
         {{send(ok + "data: a\n\n"), end()}, {send(head("404 Not Found"))}},
         {opened, "a", "! end_of_stream +1000", "! unexpected_status", "= unexpected_status"}});
    all.push_back({"the body of an error is not awaited",
                   {{send(head("500 Error", "Content-Length: 1000000\r\n"))}},
                   {"! unexpected_status", "= unexpected_status"}});
    all.push_back({"the body of another type is not awaited",
                   {{send(head("200 OK", "Content-Type: text/html\r\nContent-Length: 100\r\n"))}},
                   {"! bad_content_type", "= bad_content_type"}});
    play(all);
}

TEST_CASE("hostile server: statuses that are tried again by choice", "[hostile_client]") {
    play({
        {"503 and then a stream",
         {{send(head("503 Busy"))}, {send(head("503 Busy"))}, {send(ok + "data: a\n\n")}},
         {"! unexpected_status +1000", "! unexpected_status +2000", opened, "a"},
         {},
         retry_some},
        {"503 and then 404",
         {{send(head("503 Busy"))}, {send(head("404 Not Found"))}},
         {"! unexpected_status +1000", "! unexpected_status", "= unexpected_status"},
         {},
         retry_some},
        {"the body is not awaited",
         {{send(head("503 Busy", "Content-Length: 100\r\n"))}, {send(ok + "data: a\n\n")}},
         {"! unexpected_status +1000", opened, "a"},
         {},
         retry_some},
        {"429",
         {{send(head("429 Many", "Retry-After: 30\r\n"))}},
         {"! unexpected_status +30000"},
         {},
         retry_some},
        retry_after("7", "7000"),
        retry_after("0", "1000"),
        retry_after("007", "7000"),
        retry_after("-7", "1000"),
        retry_after("+7", "1000"),
        retry_after("7.5", "1000"),
        retry_after("7s", "1000"),
        retry_after("soon", "1000"),
        retry_after("", "1000"),
        retry_after("99999999999999999999999", "86400000"),
        retry_after("Mon, 23 Nov 2026 10:00:20 GMT", "20000",
                    "Date: Mon, 23 Nov 2026 10:00:00 GMT\r\n"),
        retry_after("Monday, 23-Nov-26 10:00:20 GMT", "20000",
                    "Date: Mon, 23 Nov 2026 10:00:00 GMT\r\n"),
        retry_after("Mon Nov 23 10:00:20 2026", "20000", "Date: Mon, 23 Nov 2026 10:00:00 GMT\r\n"),
        retry_after("Mon, 23 Nov 2026 09:00:00 GMT", "1000",
                    "Date: Mon, 23 Nov 2026 10:00:00 GMT\r\n"),
        retry_after("Mon, 01 Jan 2001 00:00:00 GMT", "1000"),
        retry_after("Fri, 31 Dec 9999 23:59:59 GMT", "86400000"),
        retry_after("Mon, 99 Nov 2026 10:00:20 GMT", "1000"),
        {"Retry-After counts for one delay",
         {{send(head("503 Busy", "Retry-After: 60\r\n"))}, {send(head("503 Busy"))}},
         {"! unexpected_status +60000", "! unexpected_status +2000"},
         {},
         retry_some},
    });
}

} // namespace hostile_client_statuses_test
