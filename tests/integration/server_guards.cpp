// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "integration/running_server.hpp"
#include "support/catch.hpp"

#include <sse/net/timer.hpp>
#include <sse/server.hpp>

#include <any>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace integration_server_guards_test {

using namespace std::chrono_literals;
using sse::testing::raw_client;
using sse::testing::running_server;
using sse::testing::status_of;

namespace {

void add_routes(sse::server& s) {
    s.get("/hello", [](const sse::request&, sse::reply re) { re.send({.body = "hello\n"}); });
    s.post("/change", [](const sse::request&, sse::reply re) { re.send({.body = "changed\n"}); });
    s.get("/stream", [](const sse::request&, sse::reply re) {
        (void)re.stream({.headers = {{"Vary", "Accept"}}}).try_send({.data = "x"});
    });
    s.get("/who", [](const sse::request& rq, sse::reply re) {
        const auto* name = std::any_cast<std::string>(&rq.state);
        re.send({.body = name == nullptr ? "nobody\n" : *name + "\n"});
    });
}

std::string ask(const running_server& server, const std::string& line, const std::string& fields) {
    raw_client client = server.connect();
    client.send(line + " HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\n" + fields +
                "\r\n");
    return client.read_all();
}
bool has(const std::string& answer, std::string_view line) {
    return answer.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
}

} // namespace

TEST_CASE("server: what a guard makes of a request does not show in the next one", "[server]") {
    running_server server({}, [](sse::server& s) {
        s.get("/a", [](const sse::request& rq, sse::reply re) {
            re.send({.body = rq.path + std::to_string(rq.head.headers.size())});
        });
        s.guard("/a", [](sse::request& rq, sse::permit p) {
            rq.path += "+";
            rq.head.headers.add("X", "y");
            p.pass();
        });
    });
    raw_client client = server.connect();
    const std::string request = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client.send(request + request + request + request + "GET /b HTTP/1.0\r\n\r\n");
    const std::string answers = client.read_all();
    std::size_t found = 0;
    for (std::size_t at = 0; (at = answers.find("\r\n\r\n/a+2", at)) != std::string::npos; ++at)
        ++found;
    CHECK(found == 4);
}

TEST_CASE("server: pages of other origins change nothing on a loopback server", "[server][cors]") {
    running_server server({.cors = {.origins = {"https://friend.example"}}}, add_routes);
    const auto change = [&](const std::string& origin) {
        return status_of(ask(server, "POST /change", "Content-Length: 0\r\n" + origin));
    };
    CHECK(change("") == "200");
    CHECK(change("Origin: http://localhost:8080\r\n") == "200");
    CHECK(change("Origin: http://127.0.0.1\r\n") == "200"); // a proxy may have changed the port
    CHECK(change("Origin: http://[::1]:9\r\n") == "200");
    CHECK(change("Origin: https://friend.example\r\n") == "200");
    CHECK(change("Origin: http://friend.example\r\n") == "403");
    CHECK(change("Origin: https://evil.example\r\n") == "403");
    CHECK(change("Origin: https://localhost.evil.example\r\n") == "403");
    CHECK(change("Origin: null\r\n") == "403");
    CHECK(change("Origin: \r\n") == "403");
    CHECK(change("Origin: http://localhost\r\nOrigin: http://localhost\r\n") == "403");
    CHECK(status_of(ask(server, "GET /hello", "Origin: https://evil.example\r\n")) == "200");

    running_server anyone({.hosts = std::vector<std::string>{"*"}}, add_routes);
    CHECK(status_of(ask(anyone, "POST /change",
                        "Content-Length: 0\r\nOrigin: https://evil.example\r\n")) == "200");
}

TEST_CASE("server: CORS fields are on answers, streams and errors", "[server][cors]") {
    const std::string origin = "Origin: https://app.example\r\n";
    SECTION("of listed origins, with credentials") {
        running_server server(
            {.cors = {.origins = {"https://app.example"}, .credentials = true, .exposed = {"X-A"}}},
            add_routes);
        for (const char* line : {"GET /hello", "GET /stream", "GET /nowhere", "PUT /hello"}) {
            CAPTURE(line);
            const std::string answer = ask(server, line, origin);
            CHECK(has(answer, "Access-Control-Allow-Origin: https://app.example"));
            CHECK(has(answer, "Access-Control-Allow-Credentials: true"));
            CHECK(has(answer, "Access-Control-Expose-Headers: X-A"));
            CHECK((has(answer, "Vary: Origin") || has(answer, "Vary: Accept, Origin")));
        }
        const std::string other = ask(server, "GET /hello", "Origin: https://other.example\r\n");
        CHECK(other.find("Access-Control") == std::string::npos);
        CHECK(has(other, "Vary: Origin"));
        CHECK(has(ask(server, "GET /hello", ""), "Vary: Origin"));
    }
    SECTION("of all origins") {
        running_server server({.cors = {.origins = {"*"}, .credentials = true}}, add_routes);
        const std::string answer = ask(server, "GET /stream", origin);
        CHECK(has(answer, "Access-Control-Allow-Origin: *"));
        CHECK(answer.find("Allow-Credentials") == std::string::npos);
        CHECK(has(ask(server, "BAD", ""), "Access-Control-Allow-Origin: *"));
    }
    SECTION("not without being asked for") {
        running_server server({}, add_routes);
        const std::string answer = ask(server, "GET /hello", origin);
        CHECK(answer.find("Access-Control") == std::string::npos);
        CHECK(answer.find("Vary") == std::string::npos);
    }
}

TEST_CASE("server: preflights are answered", "[server][cors]") {
    running_server server({.cors = {.origins = {"https://app.example"}, .max_age = 60s}},
                          add_routes);
    const std::string method = "Access-Control-Request-Method: POST\r\n";
    const std::string answer =
        ask(server, "OPTIONS /change", "Origin: https://app.example\r\n" + method);
    CHECK(status_of(answer) == "204");
    CHECK(has(answer, "Access-Control-Allow-Origin: https://app.example"));
    CHECK(has(answer, "Access-Control-Allow-Methods: POST, OPTIONS"));
    CHECK(has(answer, "Access-Control-Allow-Headers: Authorization, Content-Type, Last-Event-ID"));
    CHECK(has(answer, "Access-Control-Max-Age: 60"));
    CHECK(
        has(answer, "Vary: Access-Control-Request-Method, Access-Control-Request-Headers, Origin"));
    const std::string refused =
        ask(server, "OPTIONS /change", "Origin: https://evil.example\r\n" + method);
    CHECK(status_of(refused) == "403");
    CHECK(refused.find("Access-Control") == std::string::npos);
    CHECK(status_of(ask(server, "OPTIONS /no", "Origin: https://app.example\r\n" + method)) ==
          "404");
    CHECK(has(ask(server, "OPTIONS /change", ""), "Allow: POST, OPTIONS"));
}

TEST_CASE("guard: passes, refuses, and leaves something for the handler", "[server][guard]") {
    running_server server({}, [](sse::server& s) {
        add_routes(s);
        s.guard([](sse::request& rq, sse::permit p) {
            if (rq.header("X-Ban") == "me") return p.refuse({.status = 429});
            p.pass();
        });
        s.guard("/who", [](sse::request& rq, sse::permit p) {
            const std::string name(rq.header("X-Name"));
            if (name == "drop") return;
            if (name.empty()) return p.refuse({.status = 401, .body = "who?\n"});
            rq.state = name;
            p.pass();
        });
    });
    CHECK(status_of(ask(server, "GET /hello", "")) == "200");
    CHECK(status_of(ask(server, "GET /hello", "X-Ban: me\r\n")) == "429");
    CHECK(ask(server, "GET /who", "").find("\r\n\r\nwho?\n") != std::string::npos);
    CHECK(ask(server, "GET /who", "X-Name: ann\r\n").find("\r\n\r\nann\n") != std::string::npos);
    CHECK(status_of(ask(server, "GET /who", "X-Name: ann\r\nX-Ban: me\r\n")) == "429");
    CHECK(status_of(ask(server, "GET /who", "X-Name: drop\r\n")) == "500");
    CHECK(status_of(ask(server, "GET /nowhere", "X-Ban: me\r\n")) == "404");
    // what one request leaves is not the next one's
    raw_client client = server.connect();
    client.get("/who", "X-Name: bob\r\n");
    client.read_until("bob\n");
    client.clear();
    client.get("/who");
    CHECK(client.read_until("who?\n").find("401") != std::string::npos);
}

TEST_CASE("guard: may decide later, before the head of a stream goes out", "[server][guard]") {
    std::optional<sse::permit> waiting;
    running_server server({}, [&](sse::server& s) {
        add_routes(s);
        s.guard([&](sse::request&, sse::permit p) { waiting.emplace(std::move(p)); });
    });
    raw_client client = server.connect();
    client.get("/stream");
    client.get("/hello"); // waits for its turn
    REQUIRE(server.wait_for([&] { return waiting.has_value(); }));
    SECTION("refused") {
        server.on_thread([&] { waiting->refuse({.status = 403}); });
        CHECK(client.read_until("\r\n\r\n").find("HTTP/1.1 403 ") == 0);
    }
    SECTION("passed") {
        server.on_thread([&] { waiting->pass(); });
        CHECK(client.read_until("0\r\n\r\n").find("text/event-stream") != std::string::npos);
    }
    REQUIRE(server.wait_for([&] { return waiting->is_open(); }));
    server.on_thread([&] {
        waiting->pass();
        waiting.reset();
    });
    CHECK(client.read_until("hello\n").find("hello\n") != std::string::npos);
}

TEST_CASE("guard: is told when the peer leaves, and its say has no effect then",
          "[server][guard]") {
    std::optional<sse::error_code> waited;
    bool handled = false;
    running_server server({}, [&](sse::server& s) {
        s.get("/x", [&](const sse::request&, sse::reply) { handled = true; });
        s.guard([&](sse::request&, sse::permit p) {
            auto timer = std::make_shared<sse::net::timer>(p.get_executor());
            timer->expires_after(1h);
            const auto slot = p.get_cancellation_slot();
            timer->async_wait(sse::asio::bind_cancellation_slot(
                slot, [&, timer, p = std::move(p)](sse::error_code ec) mutable {
                    waited = ec;
                    p.pass();
                }));
        });
    });
    raw_client client = server.connect();
    client.get("/x");
    REQUIRE(server.wait_for([&] { return server.get().metrics().requests == 1; }));
    client.reset();
    REQUIRE(server.wait_for([&] { return waited.has_value(); }));
    CHECK(*waited == sse::asio::error::operation_aborted);
    CHECK_FALSE(server.on_thread([&] { return handled; }));
    CHECK(server.wait_for([&] { return server.get().metrics().connections == 0; }));
}

} // namespace integration_server_guards_test
