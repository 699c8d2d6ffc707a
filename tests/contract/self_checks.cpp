// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "harness.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

namespace contract_self_checks_test {

using namespace sse::contract;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

TEST_CASE("contract service: tells its capabilities", "[contract]") {
    harness h;
    const auto answer = h.command("GET", "/");
    CHECK(answer.status == 200);
    json capabilities = json::parse(answer.body).at("capabilities");
    std::sort(capabilities.begin(), capabilities.end());
    CHECK(capabilities == json{"bom", "comments", "headers", "last-event-id",
                               "payload-size-stress-testable", "post", "read-timeout", "report",
                               "restart", "server-directed-shutdown-request"});
    CHECK(h.command("HEAD", "/").status == 200);
    CHECK(h.command("GET", "/nothing").status == 404);
    CHECK(h.quit() == 0);
}

TEST_CASE("contract service: a stream created with null numbers reports its first event",
          "[contract]") {
    harness h;
    h.create({{"initialDelayMs", nullptr}, {"unknown", {1, 2}}, {"headers", nullptr}});
    auto& stream = h.open(0);
    const auto& request = stream.requests[0];
    CHECK(request.head.method == "GET");
    CHECK(request.head.target == "/stream");
    CHECK(request.header("Accept") == "text/event-stream");
    CHECK(request.header("Cache-Control") == "no-cache");
    CHECK(request.head.headers.find("Last-Event-ID") == nullptr);
    stream.chunk("data: Hello\n\n");
    const auto first = h.next_message();
    CHECK(first.number == 1);
    CHECK(json::parse(first.text) ==
          json{{"kind", "event"}, {"event", {{"type", "message"}, {"data", "Hello"}}}});
    CHECK(h.quit() == 0);
}

TEST_CASE("contract service: the end of a stream leads to a second request and to no message",
          "[contract]") {
    harness h;
    h.create();
    auto& stream = h.open(0);
    stream.chunk("data: Hello\n\n");
    CHECK(h.next(1) == texts{"message|Hello|"});
    stream.end();
    h.open(1).chunk("data: again\n\n");
    CHECK(h.next(1) == texts{"message|again|"});
    CHECK(h.quit() == 0);
}

TEST_CASE("contract service: a restart connects at once and reports no error", "[contract]") {
    harness h;
    const std::string stream = h.create({{"initialDelayMs", 600'000}});
    h.open(0).chunk("id: 1\ndata: Hello\n\n");
    CHECK(h.next(1) == texts{"message|Hello|1"});
    CHECK(h.command("POST", stream, R"({"command":"restart"})").status == 202);
    CHECK(h.wait([&] { return h.streams().connections[0]->ended(); }));
    CHECK(h.wait([&] { return h.streams().requests() == 2; })); // not after the delay
    CHECK(h.open(1).requests[0].header("Last-Event-ID") == "1");
    h.connection(1).chunk("data: again\n\n");
    CHECK(h.next(1) == texts{"message|again|1"});
    CHECK(h.quit() == 0);
}

TEST_CASE("contract service: a deleted stream closes its connection and is silent", "[contract]") {
    harness h;
    const std::string stream = h.create();
    auto& connection = h.open(0);
    connection.chunk("data: Hello\n\n");
    CHECK(h.next(1) == texts{"message|Hello|"});
    CHECK(h.command("DELETE", stream).status == 204);
    CHECK(h.wait([&] { return connection.ended(); }));
    CHECK(h.command("DELETE", stream).status == 404);
    CHECK(h.command("POST", stream, R"({"command":"restart"})").status == 404);
    CHECK(h.silent(200ms));
    CHECK(h.quit() == 0);
}

TEST_CASE("contract service: refuses what it cannot do", "[contract]") {
    harness h;
    const std::string stream = h.create();
    for (const char* body :
         {"", "{", "[]", "null", "{}", R"({"streamUrl":"http://localhost/"})",
          R"({"streamUrl":"http://localhost/","callbackUrl":7})",
          R"({"streamUrl":"localhost","callbackUrl":"http://localhost/"})",
          R"({"streamUrl":"http://localhost/","callbackUrl":"ftp://x/"})",
          R"({"streamUrl":"http://a/","callbackUrl":"http://a/","headers":1})"}) {
        INFO(body);
        CHECK(h.command("POST", "/", body).status == 400);
    }
    for (const char* body : {"", "{", "{}", R"({"command":"dance"})", R"({"command":7})"}) {
        INFO(body);
        CHECK(h.command("POST", stream, body).status == 400);
    }
    CHECK(h.command("POST", stream, R"({"command":"listen","listen":{"type":"x"}})").status == 202);
    CHECK(h.command("POST", "/streams/99", R"({"command":"restart"})").status == 404);
    CHECK(h.command("DELETE", "/streams/99").status == 404);
    CHECK(h.command("PUT", "/").status == 405);
    CHECK(h.quit() == 0);
}

TEST_CASE("contract service: answers while a callback is never answered", "[contract]") {
    harness h;
    h.hold_callbacks();
    const std::string stream = h.create();
    auto& connection = h.open(0);
    for (int i = 0; i < 2000; ++i)
        connection.chunk("data: " + std::string(2000, 'x') + "\n\n: comment\n");
    REQUIRE(h.wait([&] { return h.held() == 1; }));
    CHECK(h.command("GET", "/").status == 200);
    CHECK(h.command("DELETE", stream).status == 204);
    CHECK(h.wait([&] { return connection.ended(); }));
    CHECK(h.messages() == 1); // one after the other
    CHECK(h.quit() == 0);
}

TEST_CASE("contract service: takes no more from a stream than its messages are taken",
          "[contract]") {
    harness h;
    h.hold_callbacks();
    h.create();
    auto& connection = h.open(0);
    const std::size_t count = 3000; // comments alone: nothing ends a receive by itself
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += ":" + std::to_string(i) + "\n";
    connection.chunk(all);
    REQUIRE(h.wait([&] { return h.held() == 1; }));
    h.release_callbacks();
    for (std::size_t i = 0; i < count; ++i)
        REQUIRE(harness::shorten(h.next()) == ":" + std::to_string(i));
    CHECK(h.quit() == 0);
}

TEST_CASE("contract service: ends with status 0 when it is asked to", "[contract]") {
    harness h;
    SECTION("by command, with open streams") {
        h.create();
        h.open(0);
        CHECK(h.quit() == 0);
    }
    SECTION("by SIGTERM") {
        h.create();
        h.open(0);
        h.service().signal(SIGTERM);
        CHECK(h.service().wait(harness::patience) == 0);
    }
    SECTION("by SIGINT") {
        h.service().signal(SIGINT);
        CHECK(h.service().wait(harness::patience) == 0);
    }
}

TEST_CASE("contract service: tells about itself, and refuses arguments that make no sense",
          "[contract]") {
    service_process version({SSE_CONTRACT_SERVICE, "--version"});
    CHECK(version.line().find('.') != std::string::npos);
    CHECK(version.wait(harness::patience) == 0);
    service_process help({SSE_CONTRACT_SERVICE, "--help"});
    CHECK(help.wait(harness::patience) == 0);
    service_process bad({SSE_CONTRACT_SERVICE, "99999"});
    CHECK(bad.wait(harness::patience) == 2);
    service_process unknown({SSE_CONTRACT_SERVICE, "--dance"});
    CHECK(unknown.wait(harness::patience) == 2);
}

} // namespace contract_self_checks_test
