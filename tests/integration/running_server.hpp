// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// A server on a thread of its own, and a hub behind it.
#pragma once

#include "integration/raw_client.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>

namespace sse::testing {

class running_server {
public:
    explicit running_server(server_options options = {}, std::function<void(server&)> routes = {},
                            std::uint16_t port = 0)
        : server_(context_.get_executor(), at(std::move(options), port)) {
        if (routes) routes(server_);
        if (const error_code ec = server_.listen()) throw std::runtime_error(ec.message());
        port_ = server_.local_endpoint().port();
        thread_ = std::thread([this] { context_.run(); });
    }
    ~running_server() {
        asio::post(context_, [this] { server_.close(); });
        work_.reset();
        thread_.join();
    }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] raw_client connect(int receive_buffer = 0) const {
        return raw_client(port_, receive_buffer);
    }

    /// Calls `f` on the server's thread and waits for its result.
    template <class F>
    auto on_thread(F&& f) {
        std::packaged_task<decltype(f())()> task(std::forward<F>(f));
        auto result = task.get_future();
        asio::post(context_, [&task] { task(); });
        return result.get();
    }
    [[nodiscard]] server_metrics metrics() {
        return on_thread([this] { return server_.metrics(); });
    }
    [[nodiscard]] server& get() noexcept { return server_; }
    [[nodiscard]] asio::io_context& context() noexcept { return context_; }

    /// Waits until `holds` does, asked on the server's thread; false after a minute.
    bool wait_for(const std::function<bool()>& holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!on_thread(holds)) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return true;
    }

private:
    static server_options at(server_options options, std::uint16_t port) {
        options.port = port;
        return options;
    }

    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
    server server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

/// The routes of a hub: `/events/TOPIC` and `/events?topic=A&topic=B`.
inline void add_hub_routes(server& s, hub& h) {
    const auto serve = [&h](const request& rq, reply re, subscribe_options options) {
        if (read_position(rq, options) != errc::success) return re.send({.status = 400});
        h.subscribe(std::move(re), options);
    };
    s.get("/events/*", [serve](const request& rq, reply re) {
        serve(rq, std::move(re), {.topics = {std::string(rq.parameter("*"))}});
    });
    s.get("/events", [serve](const request& rq, reply re) {
        const auto topics = rq.query.all("topic");
        serve(rq, std::move(re), {.topics = {topics.begin(), topics.end()}});
    });
}

} // namespace sse::testing
