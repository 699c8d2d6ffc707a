// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "integration/running_server.hpp"
#include "support/catch.hpp"

#include <sse/net/timer.hpp>
#include <sse/server.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace integration_server_requests_test {

using namespace std::chrono_literals;
using sse::testing::raw_client;
using sse::testing::running_server;
using sse::testing::status_of;

namespace {

void add_routes(sse::server& s) {
    s.get("/hello", [](const sse::request&, sse::reply re) { re.send({.body = "hello\n"}); });
    s.post("/echo", [](const sse::request& rq, sse::reply re) { re.send({.body = rq.body}); });
    s.get("/item/{name}", [](const sse::request& rq, sse::reply re) {
        re.send({.body = std::string(rq.parameter("name"))});
    });
    s.get("/drop", [](const sse::request&, sse::reply) {});
    s.get("/later", [](const sse::request&, sse::reply re) {
        auto timer = std::make_shared<sse::net::timer>(re.get_executor());
        timer->expires_after(20ms);
        auto kept = std::make_shared<sse::reply>(std::move(re));
        timer->async_wait([timer, kept](sse::error_code) { kept->send({.body = "later\n"}); });
    });
    s.get("/bad", [](const sse::request&, sse::reply re) {
        re.send({.body = "x", .headers = {{"X-Evil", "a\r\nb: c"}}});
    });
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos;
         at = text.find(what, at + 1)) {
        ++n;
    }
    return n;
}

} // namespace

TEST_CASE("server: what is no request is answered and the connection closed", "[server]") {
    running_server server({}, add_routes);
    struct row {
        const char* what;
        std::string bytes;
        const char* status;
    };
    const std::string host = "Host: localhost\r\n";
    for (const row& r : {
             row{"a lone LF", "GET /hello HTTP/1.1\n\n", "400"},
             row{"two spaces", "GET  /hello HTTP/1.1\r\n" + host + "\r\n", "400"},
             row{"no version", "GET /hello\r\n\r\n", "400"},
             row{"binary", std::string("\x16\x03\x01\x02\x00\x01\x00", 7), "400"},
             row{"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400|505"},
             row{"version 2", "GET /hello HTTP/2.0\r\n" + host + "\r\n", "505"},
             row{"no Host", "GET /hello HTTP/1.1\r\n\r\n", "400"},
             row{"two Hosts", "GET /hello HTTP/1.1\r\n" + host + host + "\r\n", "400"},
             row{"a bad Host", "GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n", "400"},
             row{"a folded field", "GET /hello HTTP/1.1\r\n" + host + "A: b\r\n c\r\n\r\n", "400"},
             row{"a blank before the colon", "GET /hello HTTP/1.1\r\n" + host + "A : b\r\n\r\n",
                 "400"},
             row{"length and coding",
                 "POST /echo HTTP/1.1\r\n" + host +
                     "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 "400"},
             row{"a length with a sign",
                 "POST /echo HTTP/1.1\r\n" + host + "Content-Length: +3\r\n\r\nabc", "400"},
             row{"two lengths",
                 "POST /echo HTTP/1.1\r\n" + host +
                     "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
                 "400"},
             row{"an unknown coding",
                 "POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n", "501"},
             row{"a chunk size with 0x",
                 "POST /echo HTTP/1.1\r\n" + host +
                     "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n",
                 "400"},
             row{"chunks ended by LF",
                 "POST /echo HTTP/1.1\r\n" + host +
                     "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n",
                 "400"},
             row{"a long request line",
                 "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n" + host + "\r\n", "414"},
             row{"a large head",
                 "GET / HTTP/1.1\r\n" + host + "A: " + std::string(20000, 'x') + "\r\n\r\n", "431"},
             row{"a large body announced",
                 "POST /echo HTTP/1.1\r\n" + host + "Content-Length: 99999999\r\n\r\n", "413"},
             row{"a name that is not served", "GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                 "421"},
         }) {
        CAPTURE(r.what);
        raw_client client = server.connect();
        client.send(r.bytes);
        if (std::string_view(r.status) == "421") client.end_sending();
        const std::string answer = client.read_all();
        CHECK(std::string_view(r.status).find(status_of(answer)) != std::string_view::npos);
        CHECK(client.ended());
        CHECK(answer.find("\r\nDate: ") != std::string::npos);
    }
}

TEST_CASE("server: many fields and a body that grows too large are refused", "[server]") {
    running_server server({.limits = {.body = 10}}, add_routes);
    raw_client fields = server.connect();
    std::string many = "GET /hello HTTP/1.1\r\nHost: localhost\r\n";
    for (int i = 0; i < 200; ++i)
        many += "A: b\r\n";
    fields.send(many + "\r\n");
    CHECK(status_of(fields.read_all()) == "431");
    raw_client body = server.connect();
    body.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
              "8\r\n12345678\r\n8\r\n12345678\r\n");
    CHECK(status_of(body.read_all()) == "413");
}

TEST_CASE("server: the answer to a large bad request arrives although it was not read",
          "[server]") {
    running_server server({.limits = {.body = 1000}}, add_routes);
    raw_client client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n");
    client.send(std::string(200000, 'x'));
    CHECK(status_of(client.read_all()) == "413");
}

TEST_CASE("server: short answers keep the connection, in order when sent ahead", "[server]") {
    running_server server({}, add_routes);
    raw_client client = server.connect();
    client.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"
                "GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n"
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
                "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nGET /"
                "DELETE /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"
                "GET /item/a%20b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const std::string answer = client.read_all();
    CAPTURE(answer);
    CHECK(count(answer, "HTTP/1.1 ") == 6);
    const auto hello = answer.find("hello\n");
    const auto later = answer.find("later\n");
    const auto echo = answer.find("\r\n\r\nabc");
    const auto missing = answer.find("404 Not Found");
    const auto method = answer.find("405 Method Not Allowed");
    const auto item = answer.find("\r\n\r\na b");
    CHECK(hello < later);
    CHECK(later < echo);
    CHECK(echo < missing);
    CHECK(missing < method);
    CHECK(method < item);
    CHECK(item != std::string::npos);
    CHECK(answer.find("Allow: GET, HEAD, OPTIONS\r\n") != std::string::npos);
    CHECK(count(answer, "\r\nDate: ") == 6);
}

TEST_CASE("server: requests with the same head have the same route, until there is a better one",
          "[server]") {
    running_server server({}, [](sse::server& s) {
        s.get("/item/{name}", [&s](const sse::request& rq, sse::reply re) {
            const std::string name(rq.parameter("name"));
            if (name == "add") {
                s.get("/item/b", [](const sse::request& again, sse::reply other) {
                    other.send({.body = "added " + std::to_string(again.parameters.size()) + ";"});
                });
            }
            if (name == "guard")
                s.guard([](sse::request&, sse::permit p) { p.refuse({.body = "guarded;"}); });
            re.send({.body = name + ";"});
        });
    });
    raw_client client = server.connect();
    const auto get = [&](std::string_view path, std::string_view expected) {
        CAPTURE(path);
        client.clear();
        client.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const std::string answer = client.read_until(";");
        CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == expected);
    };
    for (const std::string name : {"a", "b", "c"})
        for (int i = 0; i < 3; ++i)
            get("/item/" + name, name + ";");
    get("/item/a", "a;");
    get("/item/b", "b;");
    get("/item/b", "b;");
    raw_client other = server.connect();
    other.send("GET /item/add HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(other.read_until("add;").ends_with("add;"));
    get("/item/b", "added 0;");
    get("/item/b", "added 0;");
    other.clear();
    other.send("GET /item/guard HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(other.read_until("guard;").ends_with("guard;"));
    get("/item/b", "guarded;");
    get("/item/b", "guarded;");
}

TEST_CASE("server: every request byte by byte is the same as in one piece", "[server]") {
    running_server server({}, add_routes);
    raw_client client = server.connect();
    const std::string_view bytes =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\n"
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    for (const char& byte : bytes)
        client.send({&byte, 1});
    CHECK(client.read_until("abcde").find("Content-Length: 5\r\n") != std::string::npos);
}

TEST_CASE("server: HEAD has the fields of GET and no body, and the connection goes on",
          "[server]") {
    running_server server({}, add_routes);
    raw_client client = server.connect();
    client.send("HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.send("HEAD /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const std::string answer = client.read_all();
    CHECK(count(answer, "Content-Length: 6\r\n") == 2);
    CHECK(answer.find("hello\n") == std::string::npos);
}

TEST_CASE("server: HTTP/1.0 closes, unless it is asked not to", "[server]") {
    running_server server({}, add_routes);
    raw_client once = server.connect();
    once.send("GET /hello HTTP/1.0\r\n\r\n");
    CHECK(status_of(once.read_all()) == "421"); // no Host is none of those served
    running_server open({.hosts = std::vector<std::string>{}}, add_routes);
    raw_client plain = open.connect();
    plain.send("GET /hello HTTP/1.0\r\n\r\n");
    CHECK(plain.read_all().find("\r\n\r\nhello\n") != std::string::npos);
    CHECK(plain.ended());
    raw_client kept = open.connect();
    kept.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(kept.read_until("hello\n").find("Connection: keep-alive\r\n") != std::string::npos);
    CHECK_FALSE(kept.ended());
}

TEST_CASE("server: an answer that asks for the end of its connection is its last", "[server]") {
    running_server server({}, [](sse::server& s) {
        s.get("/last", [](const sse::request&, sse::reply re) {
            re.send({.body = "last\n", .headers = {{"Connection", "close"}}});
        });
    });
    raw_client client = server.connect();
    client.get("/last");
    client.get("/last");
    const std::string answer = client.read_all();
    CHECK(count(answer, "Connection: close\r\n") == 1);
    CHECK(count(answer, "HTTP/1.1 200") == 1);
    CHECK(client.ended());
}

TEST_CASE("server: a peer that ends sending still gets its answers", "[server]") {
    running_server server({}, add_routes);
    for (const char* path : {"/hello", "/later"}) {
        raw_client client = server.connect();
        client.get(path);
        client.get(path);
        client.end_sending();
        const std::string answer = client.read_all();
        CAPTURE(path, answer);
        CHECK(count(answer, "HTTP/1.1 200") == 2);
        CHECK(client.ended());
    }
}

TEST_CASE("server: a reply that is dropped or cannot be written is a 500", "[server]") {
    running_server server({}, add_routes);
    for (const char* path : {"/drop", "/bad"}) {
        raw_client client = server.connect();
        client.get(path);
        CHECK(status_of(client.read_until("\r\n\r\n")) == "500");
        CHECK(client.text().find("Evil") == std::string::npos);
    }
}

TEST_CASE("server: 100 (Continue) goes out when the body is waited for", "[server]") {
    running_server server({}, add_routes);
    raw_client client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                "Content-Length: 3\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    CHECK(client.read_until("abc").find("HTTP/1.1 200 OK") != std::string::npos);
}

TEST_CASE("server: a head that drips in meets an absolute deadline", "[server]") {
    running_server server({.limits = {.head_time = 700ms}}, add_routes);
    raw_client client = server.connect();
    const auto start = std::chrono::steady_clock::now();
    client.send("GET /hello HTTP/1.1\r\n");
    while (!client.ended() && std::chrono::steady_clock::now() - start < 30s) {
        client.send("A");
        client.read_until("\x01", 20ms);
    }
    CHECK(status_of(client.text()) == "408");
    CHECK(std::chrono::steady_clock::now() - start < 15s);
    raw_client silent = server.connect();
    CHECK(silent.read_all().empty());
    CHECK(silent.ended());
}

TEST_CASE("server: limits of zero are none", "[server]") {
    sse::server_limits none{.head = {0, 0, 0}, .body = 0, .input = 0, .handshakes = 0};
    none.head_time = none.body_time = none.idle_time = none.write_time = none.linger_time = 0ms;
    std::optional<sse::event_stream> stream;
    running_server server({.limits = none}, [&](sse::server& s) {
        add_routes(s);
        s.get("/stream", [&](const sse::request&, sse::reply re) { stream = re.stream(); });
    });
    raw_client client = server.connect();
    std::string fields;
    for (int i = 0; i < 200; ++i)
        fields += "A: " + std::string(200, 'x') + "\r\n";
    client.get("/hello?" + std::string(20'000, 'x'), fields);
    CHECK(status_of(client.read_until("hello\n")) == "200");
    client.clear();
    const std::string body(2'000'000, 'b');
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n" + body);
    CHECK(client.read_until(body).ends_with("\r\n\r\n" + body));
    client.clear();
    client.get("/stream");
    client.read_until("\r\n\r\n");
    client.clear();
    client.get("/hello"); // ahead of its turn
    std::this_thread::sleep_for(50ms);
    server.on_thread([&] { stream.reset(); });
    CHECK(client.read_until("hello\n").ends_with("\r\n\r\nhello\n"));
}

TEST_CASE("server: limits of connections are answered with 503", "[server]") {
    running_server server({.limits = {.connections = 2}}, add_routes);
    raw_client one = server.connect();
    raw_client two = server.connect();
    one.get("/hello");
    two.get("/hello");
    one.read_until("hello\n");
    two.read_until("hello\n");
    raw_client three = server.connect();
    const std::string answer = three.read_all();
    CHECK(status_of(answer) == "503");
    CHECK(answer.find("Retry-After: ") != std::string::npos);
    one.close();
    CHECK(server.wait_for([&] { return server.get().metrics().connections == 1; }));
    raw_client four = server.connect();
    four.get("/hello");
    CHECK(four.read_until("hello\n").find("200 OK") != std::string::npos);

    running_server crowded({.limits = {.connections_per_address = 1}}, add_routes);
    raw_client first = crowded.connect();
    first.get("/hello");
    first.read_until("hello\n");
    raw_client second = crowded.connect();
    CHECK(status_of(second.read_all()) == "503");
}

TEST_CASE("server: OPTIONS tells the methods", "[server]") {
    running_server server({}, add_routes);
    raw_client client = server.connect();
    client.send("OPTIONS /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n").find("Allow: POST, OPTIONS\r\n") != std::string::npos);
    client.clear();
    client.send("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n").find("Allow: GET, HEAD, POST, OPTIONS\r\n") !=
          std::string::npos);
    CHECK(client.text().find("Content-Length") == std::string::npos);
}

TEST_CASE("server: an absolute target wins over Host", "[server]") {
    running_server server({}, add_routes);
    raw_client client = server.connect();
    client.send("GET http://localhost:1/hello HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    CHECK(status_of(client.read_until("\r\n\r\n")) == "200");
    client.clear();
    client.send("GET http://evil.example/hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(status_of(client.read_until("\r\n\r\n")) == "421");
}

TEST_CASE("server: several may listen on a port where all want to", "[server]") {
    running_server first({.reuse_port = true}, add_routes);
    sse::asio::io_context context;
    const std::uint16_t port = first.port();
    sse::server alone(context.get_executor(), {.port = port});
    CHECK(alone.listen() == sse::asio::error::address_in_use);
    const running_server second({.reuse_port = true}, add_routes, port);
    CHECK(second.port() == port);
    for (int i = 0; i < 20; ++i) {
        raw_client client = first.connect(); // whichever it gets
        client.get("/hello");
        CHECK(client.read_until("hello\n").find("200 OK") != std::string::npos);
    }
}

TEMPLATE_TEST_CASE("server: runs on an executor of any type", "[server]",
                   sse::asio::io_context::executor_type, sse::asio::any_io_executor,
                   sse::asio::strand<sse::asio::io_context::executor_type>) {
    sse::asio::io_context context;
    const TestType executor(context.get_executor());
    sse::server server(executor, {.port = 0});
    bool same = false;
    server.get("/stream", [&](const sse::request&, sse::reply re) {
        same = re.get_executor() == sse::asio::any_io_executor(executor);
        sse::event_stream stream = re.stream();
        CHECK(stream.try_send({.data = "here"}) == sse::errc::success);
    });
    REQUIRE_FALSE(server.listen());
    CHECK(server.get_executor() == sse::asio::any_io_executor(executor));
    std::thread thread([&] { context.run(); });
    raw_client client(server.local_endpoint().port());
    client.get("/stream");
    CHECK(client.read_until("data: here\n\n").find("200 OK") != std::string::npos);
    sse::asio::post(executor, [&] { server.close(); });
    thread.join();
    CHECK(same);
}

TEST_CASE("server: a port in use is an error of the system", "[server]") {
    running_server server({}, add_routes);
    sse::asio::io_context context;
    sse::server second(context.get_executor(), {.port = server.port()});
    CHECK(second.listen() == sse::asio::error::address_in_use);
    sse::server nowhere(context.get_executor(), {.address = "not an address"});
    CHECK(nowhere.listen());
}

TEST_CASE("server: destroying the context with everything open leaks nothing", "[server]") {
    std::optional<raw_client> client;
    {
        sse::asio::io_context context;
        sse::server server(context.get_executor(), {.port = 0});
        std::shared_ptr<sse::event_stream> kept;
        server.get("/stream", [&](const sse::request&, sse::reply re) {
            auto stream = std::make_shared<sse::event_stream>(re.stream());
            stream->async_wait_closed([stream](sse::error_code) {});
        });
        server.get("/never", [&](const sse::request&, sse::reply re) {
            auto r = std::make_shared<sse::reply>(std::move(re));
            auto timer = std::make_shared<sse::net::timer>(r->get_executor());
            timer->expires_after(1h);
            timer->async_wait([r, timer](sse::error_code) {});
        });
        REQUIRE_FALSE(server.listen());
        client.emplace(server.local_endpoint().port());
        client->get("/stream");
        raw_client other(server.local_endpoint().port());
        other.get("/never");
        const auto opened = [&] {
            return server.metrics().requests == 2 &&
                   client->read_until("\r\n\r\n", 1ms).ends_with("\r\n\r\n");
        };
        for (int i = 0; i < 6000 && !opened(); ++i)
            context.run_for(10ms);
    }
    CHECK(client->read_all().find("text/event-stream") != std::string::npos);
    CHECK(client->ended());
}

} // namespace integration_server_requests_test
