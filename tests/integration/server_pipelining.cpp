// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Requests that are sent ahead of the answers to those before them.
#include "integration/running_server.hpp"
#include "support/catch.hpp"

#include <sse/net/timer.hpp>
#include <sse/server.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace integration_server_pipelining_test {

using namespace std::chrono_literals;
using sse::testing::raw_client;
using sse::testing::running_server;

namespace {

constexpr std::string_view host = " HTTP/1.1\r\nHost: localhost\r\n";

std::string get(std::string_view path, std::string_view fields = "") {
    return "GET " + std::string(path) + std::string(host) + std::string(fields) + "\r\n";
}

/// Routes whose answers end in a mark, `<` and `>` around the path's name, and keep nothing else.
void add_routes(sse::server& s) {
    s.get("/short/{name}", [](const sse::request& rq, sse::reply re) {
        re.send({.body = "<" + std::string(rq.parameter("name")) + ">"});
    });
    s.get("/long/{name}/{size}", [](const sse::request& rq, sse::reply re) {
        const std::size_t size = std::stoul(std::string(rq.parameter("size")));
        re.send({.body = std::string(size, '.') + "<" + std::string(rq.parameter("name")) + ">"});
    });
    s.post("/note",
           [](const sse::request& rq, sse::reply re) { re.send({.body = "<" + rq.body + ">"}); });
}

/// The marks of all answers.
std::string marks(const std::string& answers) {
    std::string all;
    for (std::size_t at = answers.find('<'); at != std::string::npos; at = answers.find('<', at)) {
        const std::size_t end = answers.find('>', at);
        all += answers.substr(at + 1, end - at - 1) + " ";
        at = end;
    }
    return all;
}

/// Waits until the server has read what was sent.
void settle(running_server& server) {
    for (int i = 0; i < 10; ++i)
        server.on_thread([] {});
}

} // namespace

TEST_CASE("server: requests behind an answer that waits for its reader are answered in order",
          "[server]") {
    running_server server({}, add_routes);
    raw_client client = server.connect(4096);
    client.send_at_once();
    client.send(get("/long/1/20000000") + get("/short/2"));
    REQUIRE(server.wait_for([&] { return server.get().metrics().requests == 1; }));
    SECTION("that come one by one") {
        client.send(get("/short/3"));
        settle(server);
        client.send(get("/short/4", "Connection: close\r\n"));
        settle(server);
        CHECK(marks(client.read_all()) == "1 2 3 4 ");
    }
    SECTION("whose body comes later") {
        const std::string body = get("/short/evil");
        client.send("POST /note" + std::string(host) +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n");
        settle(server);
        client.send(body);
        settle(server);
        client.send(get("/short/4", "Connection: close\r\n"));
        CHECK(marks(client.read_all()) == "1 2 " + body + " 4 ");
    }
    SECTION("although the client sends nothing more") {
        client.send(get("/short/3"));
        client.end_sending();
        settle(server);
        CHECK(marks(client.read_all()) == "1 2 3 ");
    }
}

TEST_CASE("server: requests behind answers that are taken at once are answered at once",
          "[server]") {
    running_server server({}, add_routes);
    raw_client client = server.connect();
    SECTION("behind a long one") {
        client.send(get("/long/1/300000") + get("/short/2") + get("/short/3"));
        CHECK(marks(client.read_until("<3>", 10s)) == "1 2 3 ");
    }
    SECTION("behind many short ones") {
        std::string all;
        std::string expected;
        for (int i = 0; i < 5'000; ++i) {
            all += get("/long/" + std::to_string(i) + "/200");
            expected += std::to_string(i) + " ";
        }
        std::thread sends([&] { client.send(all); });
        CHECK(marks(client.read_until("<4999>", 10s)) == expected);
        sends.join();
    }
    SECTION("and the client sends nothing more") {
        client.send(get("/long/1/300000") + get("/short/2") + get("/short/3"));
        client.end_sending();
        CHECK(marks(client.read_all()) == "1 2 3 ");
    }
}

namespace {

/// Routes that answer later, and one that throws.
void add_late_routes(sse::server& s) {
    const auto later = [](const sse::reply& re, std::function<void()> what) {
        auto timer = std::make_shared<sse::net::timer>(re.get_executor());
        timer->expires_after(20ms);
        timer->async_wait([timer, what = std::move(what)](sse::error_code) { what(); });
    };
    s.get("/send", [later](const sse::request&, sse::reply re) {
        const auto kept = std::make_shared<sse::reply>(std::move(re));
        later(*kept, [kept] { kept->send({.body = "<sent>"}); });
    });
    s.get("/drop", [later](const sse::request&, sse::reply re) {
        const auto kept = std::make_shared<sse::reply>(std::move(re));
        later(*kept, [kept] { *kept = sse::reply(nullptr); });
    });
    s.get("/stream", [](const sse::request&, sse::reply re) {
        const auto executor = re.get_executor();
        const auto stream = std::make_shared<sse::event_stream>(re.stream());
        auto timer = std::make_shared<sse::net::timer>(executor);
        timer->expires_after(20ms);
        timer->async_wait([timer, stream](sse::error_code) { stream->close(); });
    });
    s.get("/throw", [](const sse::request&, sse::reply) { throw std::runtime_error("thrown"); });
}

} // namespace

TEST_CASE("server: a handler that throws behind a late answer closes its connection", "[server]") {
    sse::asio::io_context context(1);
    sse::server server(context, {.port = 0});
    add_late_routes(server);
    REQUIRE_FALSE(server.listen());
    for (const std::string_view late : {"/send", "/drop", "/stream"}) {
        CAPTURE(late);
        raw_client client(server.local_endpoint().port());
        client.send(get(late) + get("/throw"));
        std::string thrown;
        try {
            while (context.run_one_for(10s) != 0) {
            }
        } catch (const std::runtime_error& e) {
            thrown = e.what();
        }
        CHECK(thrown == "thrown");
        context.poll();
        CHECK(server.metrics().connections == 0);
        CHECK(client.read_all().find("HTTP/1.1 ") == 0); // the late answer
        CHECK(client.ended());
    }
}

} // namespace integration_server_pipelining_test
