// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "harness.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace contract_reconnection_test {

using namespace sse::contract;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

std::string redirect(int status, const std::string& fields) {
    return "HTTP/1.1 " + std::to_string(status) + " Moved\r\n" + fields +
           "Content-Length: 0\r\n\r\n";
}

} // namespace

TEST_CASE("contract: redirects are followed without a word", "[contract]") {
    harness h;
    for (const int status : {301, 307}) {
        const std::size_t first = h.streams().connections.size();
        h.create(json::object(), "/old");
        h.connection(first).send(redirect(status, "Location: " + h.streams().url("/new") + "\r\n"));
        auto& stream = h.open(first + 1);
        CHECK(stream.requests[0].head.target == "/new");
        stream.chunk("data: Hello\n\n");
        CHECK(harness::shorten(json::parse(h.next_message().text)) == "message|Hello|");
        CHECK(h.command("DELETE", "/streams/" + std::to_string(first / 2 + 1)).status == 204);
        h.expect_new_stream();
    }
    CHECK(h.quit() == 0);
}

TEST_CASE("contract: a redirect without a target is an error, and the end", "[contract]") {
    for (const int status : {301, 307}) {
        for (const char* fields : {"", "Location:\r\n", "Location: \r\n"}) {
            INFO(status << fields);
            harness h;
            h.create();
            h.connection(0).send(redirect(status, fields));
            CHECK(h.next(1) == texts{"!"});
            CHECK(h.silent(200ms));
            CHECK(h.quit() == 0);
        }
    }
}

TEST_CASE("contract: a reconnection sends the last id, and starts with a clean state",
          "[contract]") {
    harness h;
    h.create();
    auto& first = h.open(0);
    first.chunk("id: \xC3\xA4 1\ndata: a\n\nid: 2\nevent: x\ndata: unfinished\n");
    CHECK(h.next(1) == texts{"message|a|\xC3\xA4 1"});
    first.end();
    auto& second = h.open(1);
    CHECK(second.requests[0].header("Last-Event-ID") == "\xC3\xA4 1");
    second.chunk("data: b\n\nid\ndata: c\n\n");
    CHECK(h.next(2) == texts{"message|b|\xC3\xA4 1", "message|c|"});
    second.end();
    auto& third = h.open(2);
    CHECK(third.requests[0].head.headers.find("Last-Event-ID") == nullptr);
    CHECK(h.quit() == 0);
}

TEST_CASE("contract: a connection that breaks is at most one error", "[contract]") {
    harness h;
    h.create();
    auto& first = h.open(0);
    first.chunk("data: a\n\n");
    CHECK(h.next(1) == texts{"message|a|"});
    first.close(); // no last chunk
    h.open(1).chunk("data: b\n\n");
    CHECK(h.next(2) == texts{"!", "message|b|"});
    CHECK(h.quit() == 0);
}

TEST_CASE("contract: 204 ends the stream for good", "[contract]") {
    harness h;
    h.create({{"initialDelayMs", nullptr}});
    h.connection(0).send("HTTP/1.1 204 No Content\r\nDate: Mon, 23 Nov 2026 08:00:00 GMT\r\n\r\n");
    CHECK(h.next(1) == texts{"!"});
    CHECK(h.silent(1500ms)); // longer than the default delay
    CHECK(h.streams().requests() == 1);
    CHECK(h.quit() == 0);
}

TEST_CASE("contract: silence for the read timeout is an error and a reconnection", "[contract]") {
    harness h;
    h.create({{"readTimeoutMs", 1000}});
    auto& stream = h.open(0);
    const auto began = std::chrono::steady_clock::now();
    stream.chunk("data: Hello\n\n");
    CHECK(h.next(2) == texts{"message|Hello|", "!"});
    CHECK(std::chrono::steady_clock::now() - began >= 1s);
    h.connection(1);
    CHECK(h.quit() == 0);
}

TEST_CASE("contract: header fields, method and body are sent, and sent again", "[contract]") {
    for (const char* method : {"POST", "REPORT"}) {
        harness h;
        const std::string body = R"({"hello": "world"})";
        h.create({{"method", method},
                  {"body", body},
                  {"headers",
                   {{"content-type", "application/json; charset=utf-8"},
                    {"header-name-1", "value 1"},
                    {"header-name-2", "value 2"}}}});
        for (std::size_t n = 0; n < 2; ++n) {
            auto& stream = h.open(n);
            const auto& request = stream.requests[0];
            CHECK(request.head.method == method);
            CHECK(request.body == body);
            CHECK(request.header("Content-Type") == "application/json; charset=utf-8");
            CHECK(request.header("header-name-1") == "value 1");
            CHECK(request.header("header-name-2") == "value 2");
            CHECK(request.header("Accept") == "text/event-stream");
            stream.chunk("data: " + std::to_string(n) + "\n\n");
            CHECK(h.next(1) == texts{"message|" + std::to_string(n) + "|"});
            stream.end();
        }
        CHECK(h.quit() == 0);
    }
}

TEST_CASE("contract: a body without a type is plain text", "[contract]") {
    harness h;
    h.create({{"method", "POST"}, {"body", "x"}});
    CHECK(h.connection(0).requests[0].header("Content-Type").starts_with("text/plain"));
    CHECK(h.quit() == 0);
}

TEST_CASE("contract: an initial last event id counts as if an event had set it", "[contract]") {
    harness h;
    h.create({{"lastEventId", "abc"}});
    auto& first = h.open(0);
    CHECK(first.requests[0].header("Last-Event-ID") == "abc");
    first.chunk("data: a\n\n");
    CHECK(h.next(1) == texts{"message|a|abc"});
    first.end();
    CHECK(h.connection(1).requests[0].header("Last-Event-ID") == "abc");
    CHECK(h.quit() == 0);
}

} // namespace contract_reconnection_test
