// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "integration/raw_client.hpp"
#include "support/catch.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace integration_server_pool_test {

using namespace std::chrono_literals;
using sse::testing::raw_client;

namespace {

/// A pool that runs in the background, and tells who asks by which thread it was answered.
struct running_pool {
    explicit running_pool(std::size_t threads, sse::server_options options = {})
        : pool(threads, at_any_port(std::move(options))) {
        pool.setup([this](sse::server& s) {
            s.get("/thread", [this](const sse::request&, sse::reply re) {
                const std::lock_guard lock(mutex);
                ++served[std::this_thread::get_id()];
                re.send({.body = "served\n"});
            });
            s.get("/events", [this](const sse::request&, sse::reply re) {
                hub.subscribe(std::move(re), {.topics = {"a"}});
            });
            s.get("/stream", [this](const sse::request&, sse::reply re) {
                auto stream = re.stream();
                const std::lock_guard lock(mutex);
                streams.push_back(std::move(stream));
            });
        });
        REQUIRE_FALSE(pool.listen());
        pool.start();
    }

    static sse::server_options at_any_port(sse::server_options options) {
        options.port = 0;
        return options;
    }
    [[nodiscard]] raw_client connect() const { return raw_client(pool.local_endpoint().port()); }
    template <class Holds>
    bool wait_for(Holds holds) {
        const auto end = std::chrono::steady_clock::now() + 60s;
        while (!holds() && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(2ms);
        return holds();
    }

    std::mutex mutex;
    std::map<std::thread::id, std::size_t> served;
    std::vector<sse::event_stream> streams;
    sse::hub hub;
    sse::server_pool pool;
};

} // namespace

TEST_CASE("server_pool: connections spread evenly over the threads", "[server_pool]") {
    running_pool running(4);
    std::vector<raw_client> clients;
    for (int i = 0; i < 40; ++i) {
        clients.push_back(running.connect());
        clients.back().get("/thread");
        REQUIRE(clients.back().read_until("served\n").find("200 OK") != std::string::npos);
    }
    REQUIRE(running.served.size() == 4);
    for (const auto& [thread, count] : running.served)
        CHECK(count == 10);
    CHECK(running.pool.metrics().accepted == 40);
    CHECK(running.pool.metrics().connections == 40);
    CHECK(running.pool.metrics().requests == 40);
}

TEST_CASE("server_pool: the thread that has lost connections gets the next ones", "[server_pool]") {
    running_pool running(2);
    std::vector<raw_client> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(running.connect());
        clients.back().get("/thread");
        clients.back().read_until("served\n");
    }
    // every other one is of the same thread
    clients[0].close();
    clients[2].close();
    REQUIRE(running.wait_for([&] { return running.pool.metrics().connections == 2; }));
    for (int i = 0; i < 2; ++i) {
        clients.push_back(running.connect());
        clients.back().get("/thread");
        clients.back().read_until("served\n");
    }
    // one was being accepted, for either thread, before the others went
    for (const auto& [thread, count] : running.served)
        CHECK((count >= 2 && count <= 4));
}

TEST_CASE("server_pool: a hub reaches the readers of all threads", "[server_pool]") {
    running_pool running(3);
    std::vector<raw_client> clients;
    for (int i = 0; i < 9; ++i) {
        clients.push_back(running.connect());
        clients.back().get("/events");
    }
    REQUIRE(running.wait_for([&] { return running.hub.metrics().subscribers == 9; }));
    REQUIRE(running.hub.publish("a", {.data = "for all"}));
    for (raw_client& c : clients)
        CHECK(c.read_until("for all\n").find("data: for all\n") != std::string::npos);
}

TEST_CASE("server_pool: limits hold for all threads together", "[server_pool]") {
    SECTION("of connections") {
        running_pool running(3, {.limits = {.connections = 4}});
        std::vector<raw_client> clients;
        std::size_t refused = 0;
        for (int i = 0; i < 6; ++i) {
            clients.push_back(running.connect());
            clients.back().get("/thread");
            const std::string& answer = clients.back().read_until("\r\n\r\n");
            if (answer.find(" 503 ") == std::string::npos) continue;
            ++refused;
            CHECK(answer.find("Retry-After: 5\r\n") != std::string::npos);
        }
        CHECK(refused == 2);
        CHECK(running.pool.metrics().refused == 2);
    }
    SECTION("of connections from an address, also when they end by a reset") {
        running_pool running(3, {.limits = {.connections_per_address = 2}});
        for (int round = 0; round < 3; ++round) {
            raw_client one = running.connect();
            one.get("/thread");
            CHECK(one.read_until("served\n").find("200 OK") != std::string::npos);
            raw_client two = running.connect();
            two.get("/thread");
            CHECK(two.read_until("served\n").find("200 OK") != std::string::npos);
            raw_client three = running.connect();
            CHECK(three.read_all().find(" 503 ") != std::string::npos);
            one.reset();
            two.reset();
            three.close();
            REQUIRE(running.wait_for([&] { return running.pool.metrics().connections == 0; }));
        }
    }
    SECTION("of streams") {
        running_pool running(2, {.limits = {.streams = 2, .retry_after = 7s}});
        raw_client one = running.connect();
        raw_client two = running.connect();
        raw_client three = running.connect();
        one.get("/events");
        one.read_until("\r\n\r\n");
        two.get("/events");
        two.read_until("\r\n\r\n");
        three.get("/events");
        const std::string answer = three.read_until("\r\n\r\n");
        CHECK(answer.find(" 503 ") != std::string::npos);
        CHECK(answer.find("Retry-After: 7\r\n") != std::string::npos);
        one.close();
        REQUIRE(running.wait_for([&] { return running.pool.metrics().streams == 1; }));
        three.clear();
        three.get("/events");
        CHECK(three.read_until("\r\n\r\n").find(" 200 ") != std::string::npos);
    }
}

TEST_CASE("server_pool: draining ends the threads and tells what became of the connections",
          "[server_pool]") {
    running_pool running(2);
    raw_client stays = running.connect();
    stays.get("/stream");
    stays.read_until("\r\n\r\n");
    raw_client idle = running.connect();
    idle.get("/thread");
    idle.read_until("served\n");
    std::promise<std::pair<sse::error_code, sse::drain_result>> promise;
    running.pool.async_drain({.limit = 100ms}, [&](sse::error_code ec, sse::drain_result r) {
        promise.set_value({ec, r});
    });
    const auto [ec, result] = promise.get_future().get();
    CHECK(ec == sse::errc::draining);
    CHECK(result.cut == 1);
    CHECK(result.ended == 1);
    idle.read_all();
    CHECK(idle.ended());
    stays.read_all();
    CHECK(stays.text().find("0\r\n\r\n") == std::string::npos);
    running.streams.clear();
}

TEST_CASE("server_pool: a paced drain closes the streams in order, one after the other",
          "[server_pool]") {
    running_pool running(2);
    std::vector<raw_client> clients;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(running.connect());
        clients.back().get("/stream");
        clients.back().read_until("\r\n\r\n");
    }
    std::promise<std::pair<sse::error_code, sse::drain_result>> promise;
    const auto begin = std::chrono::steady_clock::now();
    running.pool.async_drain({.limit = 60s, .paced = 200ms},
                             [&](sse::error_code ec, sse::drain_result r) {
                                 promise.set_value({ec, r});
                             });
    const auto [ec, result] = promise.get_future().get();
    CHECK_FALSE(ec);
    CHECK(result.ended == 6);
    CHECK(result.cut == 0);
    CHECK(std::chrono::steady_clock::now() - begin >= 100ms);
    for (raw_client& c : clients)
        CHECK(c.read_all().find("\r\n\r\n0\r\n\r\n") != std::string::npos);
    running.streams.clear();
}

TEST_CASE("server: one that drains already goes on with that", "[server_pool]") {
    sse::asio::io_context context(1);
    sse::server server(context.get_executor(), {.port = 0});
    std::vector<sse::error_code> told;
    std::optional<sse::event_stream> stream;
    server.get("/stream", [&](const sse::request&, sse::reply re) { stream = re.stream(); });
    REQUIRE_FALSE(server.listen());
    raw_client holds(server.local_endpoint().port());
    holds.get("/stream");
    while (!stream)
        context.run_one();
    const auto tell = [&](sse::error_code ec, sse::drain_result) { told.push_back(ec); };
    server.async_drain({.limit = 60s}, tell);
    server.async_drain({.limit = 0ms}, tell);
    CHECK(told.empty());
    while (told.empty())
        context.run_one();
    context.poll();
    CHECK(told == std::vector<sse::error_code>{sse::errc::operation_in_progress});
    CHECK(stream->is_open());
    stream.reset();
    context.run_for(30s);
    REQUIRE(told.size() == 2);
    CHECK_FALSE(told[1]);
}

TEST_CASE("server_pool: while it drains, requests get 503", "[server_pool]") {
    running_pool running(1);
    raw_client holds = running.connect();
    holds.get("/stream");
    holds.read_until("\r\n\r\n");
    raw_client half = running.connect();
    half.send("GET /thread HTTP/1.1\r\nHost: localhost\r\n"); // so that it is not idle
    REQUIRE(running.wait_for([&] { return running.pool.metrics().accepted == 2; }));
    std::promise<void> done;
    std::promise<void> begun;
    sse::asio::post(running.pool.executor(0), [&] { begun.set_value(); });
    begun.get_future().wait();
    running.pool.async_drain({.limit = 60s},
                             [&](sse::error_code, sse::drain_result) { done.set_value(); });
    std::promise<void> drains;
    sse::asio::post(running.pool.executor(0), [&] { drains.set_value(); });
    drains.get_future().wait();
    half.send("\r\n");
    const std::string answer = half.read_all();
    CHECK(answer.find("HTTP/1.1 503 ") == 0);
    CHECK(answer.find("Retry-After: 5\r\n") != std::string::npos);
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    sse::asio::post(running.pool.executor(0), [&] { running.streams.clear(); });
    done.get_future().wait();
    CHECK(holds.read_all().find("0\r\n\r\n") != std::string::npos);
}

TEST_CASE("server_pool: while it drains, idle connections are answered until the last stream ends",
          "[server_pool]") {
    running_pool running(2);
    raw_client holds = running.connect();
    holds.get("/events");
    holds.read_until("\r\n\r\n");
    std::vector<raw_client> idle; // on both threads
    for (int i = 0; i < 3; ++i) {
        idle.push_back(running.connect());
        idle.back().get("/thread");
        idle.back().read_until("served\n");
        idle.back().clear();
    }
    std::promise<void> done;
    running.pool.async_drain({.limit = 60s},
                             [&](sse::error_code, sse::drain_result) { done.set_value(); });
    for (std::size_t i = 0; i < running.pool.size(); ++i) {
        std::promise<void> drains;
        sse::asio::post(running.pool.executor(i), [&] { drains.set_value(); });
        drains.get_future().wait();
    }
    std::this_thread::sleep_for(100ms); // what looks again and again has looked
    idle[0].get("/thread");
    idle[1].get("/thread");
    CHECK(idle[0].read_all().find("HTTP/1.1 503 ") == 0);
    CHECK(idle[1].read_all().find("HTTP/1.1 503 ") == 0);
    running.hub.drain({.spread = 0ms, .period = 0ms});
    done.get_future().wait();
    CHECK(holds.read_all().find("0\r\n\r\n") != std::string::npos);
    CHECK(idle[2].read_all().empty());
}

TEST_CASE("server_pool: draining one that has ended, or never ran, tells the handler",
          "[server_pool]") {
    std::optional<sse::error_code> told;
    sse::error_code expected = sse::errc::closed;
    const auto tell = [&](sse::error_code ec, sse::drain_result) { told = ec; };
    SECTION("its threads have ended") {
        running_pool running(2);
        running.pool.close();
        REQUIRE(running.wait_for([&] {
            auto& context =
                sse::asio::query(running.pool.executor(0), sse::asio::execution::context);
            return static_cast<sse::asio::io_context&>(context).stopped();
        }));
        SECTION("and the handler has an executor of its own") {
            sse::asio::io_context context;
            running.pool.async_drain({}, sse::asio::bind_executor(context, tell));
            context.run();
            CHECK(told == sse::errc::closed);
        }
        running.pool.async_drain({}, tell);
    }
    SECTION("destroyed before it ran") {
        sse::server_pool pool(2, running_pool::at_any_port({}));
        REQUIRE_FALSE(pool.listen());
        pool.async_drain({}, tell);
        CHECK_FALSE(told);
        expected = {}; // there is nothing to wait for
    }
    REQUIRE(told.has_value());
    CHECK(*told == expected);
}

TEST_CASE("server_pool: draining and closing at the same time tells the handler of both",
          "[server_pool]") {
    for (int i = 0; i < 30; ++i) {
        sse::asio::io_context context; // goes on when the pool's have ended
        bool told = false;
        running_pool running(2);
        std::thread drains([&] {
            running.pool.async_drain(
                {.limit = 100ms},
                sse::asio::bind_executor(context,
                                         [&](sse::error_code, sse::drain_result) { told = true; }));
        });
        std::thread closes([&] { running.pool.close(); });
        drains.join();
        closes.join();
        const auto work = sse::asio::make_work_guard(context);
        context.run_one_for(60s);
        REQUIRE(told);
    }
}

} // namespace integration_server_pool_test
