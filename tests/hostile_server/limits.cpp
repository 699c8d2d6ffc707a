// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "integration/running_server.hpp"
#include "scenario.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace hostile_server_limits_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using namespace std::string_literals;
using end = scenario::end;

namespace {

/// Not played byte by byte.
scenario large(std::string name, std::string bytes, std::string answer, end then = end::closed) {
    return {std::move(name), {std::move(bytes)}, {std::move(answer)}, then, {}, false};
}

} // namespace

TEST_CASE("hostile client: heads over the limits", "[hostile_server]") {
    const std::string fill(8'192, 'x');
    const std::string target = fill.substr(("GET /rest/ HTTP/1.1"s).size());
    play({
        large("a request line of 8 KiB", get("/rest/" + target), "200 " + target, end::kept),
        large("a byte more", get("/rest/" + target + "x"), "414"),
        large("a request line without end", "GET /" + fill + fill, "414"),
        large("a method without end", fill + fill, "414"),
        large("an absolute target without end", "GET http://" + fill + fill, "414"),
        large("a query of 20,000 bytes", get("/hello?" + std::string(20'000, 'q')), "414"),
        large("a hundred fields", get("/hello", repeated("X: y\r\n", 99)), "200 hello", end::kept),
        large("one more", get("/hello", repeated("X: y\r\n", 100)), "431"),
        large("100,000 fields", get("/hello", repeated("X: y\r\n", 100'000)), "431"),
        large("a field of 20,000 bytes", get("/hello", "X: " + std::string(20'000, 'x') + "\r\n"),
              "431"),
        large("a name without end", "GET / HTTP/1.1\r\n" + std::string(20'000, 'x'), "431"),
        large("a value without end", "GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x'), "431"),
        large("blanks without end", "GET / HTTP/1.1\r\nX: " + std::string(20'000, ' '), "431"),
        large("a cookie of a megabyte",
              get("/hello", "Cookie: " + std::string(200'000, 'x') + "\r\n"), "431"),
    });
}

TEST_CASE("hostile client: bodies over the limit", "[hostile_server]") {
    const std::string coding = "Transfer-Encoding: chunked\r\n";
    play(
        {
            served("ten bytes", echo("Content-Length: 10\r\n", "0123456789"), "200 0123456789"),
            served("ten bytes in chunks", echo_chunks("5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"),
                   "200 0123456789"),
            refused("one more", echo("Content-Length: 11\r\n", "0123456789a"), "413"),
            refused("one more in chunks", echo_chunks("5\r\n01234\r\n6\r\n56789a\r\n0\r\n\r\n"),
                    "413"),
            refused("a chunk announced", echo_chunks("ffffff\r\n"), "413"),
            refused("of GET", get("/hello", "Content-Length: 11\r\n") + "0123456789a", "413"),
            refused("for an unknown path", ask("POST", "/x", "Content-Length: 11\r\n"), "413"),
            large("200 KiB that are not read",
                  echo("Content-Length: 204800\r\n", std::string(204'800, 'x')), "413"),
            large("chunks of one byte", echo_chunks(repeated("1\r\nx\r\n", 1'000)), "413"),
        },
        {.limits = {.body = 10}});
}

TEST_CASE("hostile client: who is too slow", "[hostile_server]") {
    sse::server_limits limits;
    limits.head_time = limits.body_time = limits.idle_time = 400ms;
    // Not byte by byte, which could take longer than that.
    const auto slow = [](std::string name, std::vector<std::string> pieces,
                         std::vector<std::string> answers, std::vector<std::string> parts = {}) {
        return scenario{std::move(name), std::move(pieces), std::move(answers),
                        end::silent,     std::move(parts),  false};
    };
    play(
        {
            slow("nothing at all", {}, {}),
            slow("an empty line", {"\r\n"}, {}),
            slow("half a request line", {"GET /he"}, {"408"}),
            slow("half a head", {"GET /hello HTTP/1.1\r\n" + host + "X: y"}, {"408"}),
            slow("all but the last byte", {"GET /hello HTTP/1.1\r\n" + host + "\r"}, {"408"}),
            slow("half a body", {echo("Content-Length: 6\r\n", "abc")}, {"408"}),
            slow("half a chunk", {echo_chunks("6\r\nabc")}, {"408"}),
            slow("half a chunk's size", {echo_chunks("6")}, {"408"}),
            slow("half a trailer", {echo_chunks("0\r\nX: y")}, {"408"}),
            slow("no second request", {get("/hello")}, {"200 hello"}, {"!close"}),
            slow("half a second request", {get("/hello") + "GET"}, {"200 hello", "408"}),
        },
        {.limits = limits});
}

TEST_CASE("hostile client: a body that drips in meets an absolute deadline", "[hostile_server]") {
    running_server server({.limits = {.body_time = 300ms}}, [](sse::server& s) {
        s.post("/echo", [](const sse::request&, sse::reply re) { re.send({}); });
    });
    raw_client client = server.connect();
    client.send_at_once();
    client.send(echo_chunks(""));
    const auto start = std::chrono::steady_clock::now();
    while (!client.ended() && std::chrono::steady_clock::now() - start < 30s) {
        client.send("1\r\nx\r\n");
        client.read_until("\x01", 5ms);
    }
    CHECK(client.text().starts_with("HTTP/1.1 408 "));
    CHECK(std::chrono::steady_clock::now() - start < 15s);
}

TEST_CASE("hostile client: connections and streams over their limits are told when to come back",
          "[hostile_server]") {
    std::vector<sse::event_stream> open;
    running_server server({.limits = {.connections = 2, .streams = 1}}, [&](sse::server& s) {
        s.get("/stream", [&](const sse::request&, sse::reply re) {
            open.push_back(re.stream());
            (void)open.back().try_comment("here");
        });
        s.get("/hello", [](const sse::request&, sse::reply re) { re.send({.body = "hello"}); });
    });
    raw_client first = server.connect();
    first.get("/stream");
    CHECK(first.read_until("here").starts_with("HTTP/1.1 200 "));
    raw_client second = server.connect();
    second.get("/stream");
    second.get("/hello");
    const std::string answers = second.read_until("hello");
    CHECK(answers.starts_with("HTTP/1.1 503 "));
    CHECK(answers.find("\r\nRetry-After: 5\r\n") != std::string::npos);
    CHECK(answers.find("HTTP/1.1 200 ") != std::string::npos);
    raw_client third = server.connect();
    third.get("/hello");
    const std::string answer = third.read_all();
    CHECK(third.ended());
    CHECK(answer.starts_with("HTTP/1.1 503 "));
    CHECK(answer.find("\r\nRetry-After: 5\r\n") != std::string::npos);
    CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
    CHECK(answer.find("\r\nDate: ") != std::string::npos);
    first.close();
    CHECK(server.wait_for([&] { return server.get().metrics().connections == 1; }));
    second.clear();
    second.get("/stream");
    CHECK(second.read_until("here").starts_with("HTTP/1.1 200 "));
    server.on_thread([&] { return open.clear(), 0; });
}

} // namespace hostile_server_limits_test
