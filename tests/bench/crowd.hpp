// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "integration/process.hpp"
#include "measure.hpp"
#include "reader_process.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::bench {

/// What 10,000 streams need, in this process and in that of the readers: as many as there are.
inline void raise_descriptors() { testing::allow_descriptors(10'100); }

/// A server with a hub on this thread, and readers at the other end of real connections. Nothing
/// runs but within its functions.
class crowd {
public:
    explicit crowd(reader_process& ends, hub_options hub_settings = {},
                   server_options settings = {})
        : hub(std::move(hub_settings)), ends_(ends),
          server_(context_.get_executor(), on_any_port(std::move(settings))) {
        server_.get("/*", [this](const request& rq, reply re) {
            last_ = hub.open(std::move(re), {.topics = {std::string(rq.parameter("*"))}});
        });
        const auto publish_here = [this](std::string_view body) {
            hub.publish("crowd", {.data = body});
        };
        server_.post("/inside", [publish_here](const request& rq, reply re) {
            publish_here(rq.body);
            re.send({.body = "ok"});
        });
        server_.post("/outside", [](const request&, reply re) { re.send({.body = "ok"}); });
        if (const error_code ec = server_.listen()) {
            std::fprintf(stderr, "no server: %s\n", ec.message().c_str());
            std::exit(1);
        }
    }
    crowd(const crowd&) = delete;
    crowd& operator=(const crowd&) = delete;
    ~crowd() { ends_.close_all(); }

    /// Adds streams of a topic (a `%u` in it is the number of the stream). Whether all of them
    /// came to be: that may want more descriptors than there are.
    bool join(std::size_t count, std::string_view topic,
              reader_process::group group = reader_process::readers) {
        const std::size_t before = hub.metrics().subscribers;
        const std::size_t opened = ends_.connect(port(), count, "/" + std::string(topic), group,
                                                 [this] { context_.poll(); });
        if (opened < count) return false;
        for (int i = 0; hub.metrics().subscribers < before + count; ++i) {
            if (i == 5000) return false;
            context_.run_for(std::chrono::milliseconds(1));
        }
        turn(); // what they begin with
        ends_.drain();
        return true;
    }

    /// Runs what there is to do: sends what was published.
    void turn() { context_.poll(); }
    /// Calls `publish` in `count` turns of the event loop, one after the other. What it publishes
    /// is sent in the same turn.
    template <class Publish>
    void turns(std::size_t count, Publish&& publish) {
        const auto next = [&](auto& self) -> void {
            if (count-- == 0) return;
            publish();
            asio::post(context_, [&self] { self(self); });
        };
        asio::post(context_, [&next] { next(next); });
        context_.poll();
    }
    /// Reads it at the other end.
    void drain() { ends_.drain(); }

    [[nodiscard]] std::uint16_t port() const { return server_.local_endpoint().port(); }
    /// The stream that was opened last.
    [[nodiscard]] const hub_subscriber& last() const noexcept { return last_; }
    [[nodiscard]] asio::any_io_executor executor() { return context_.get_executor(); }

    /// Bytes that one event of `data` takes on the wire.
    std::size_t wire_size(std::string_view topic, std::string_view data) {
        const hub_metrics before = hub.metrics();
        hub.publish(topic, {.data = data});
        turn();
        drain();
        const hub_metrics after = hub.metrics();
        return (after.sent_bytes - before.sent_bytes) / (after.delivered - before.delivered);
    }

    /// Our ends of the connections: what the floor sends to is what the hub sends to.
    [[nodiscard]] std::vector<int> sockets() const {
        rlimit files{};
        ::getrlimit(RLIMIT_NOFILE, &files);
        std::vector<int> found;
        for (int fd = 0; fd < static_cast<int>(files.rlim_cur); ++fd) {
            sockaddr_in own{};
            sockaddr_in peer{};
            socklen_t size = sizeof own;
            if (::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) != 0) continue;
            size = sizeof peer;
            const bool connected =
                ::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0;
            if (connected && own.sin_family == AF_INET && ntohs(own.sin_port) == port())
                found.push_back(fd);
        }
        return found;
    }

    sse::hub hub;

private:
    static server_options on_any_port(server_options settings) {
        settings.port = 0;
        return settings;
    }

    reader_process& ends_;
    asio::io_context context_{1};
    sse::server server_;
    hub_subscriber last_;
};

/// What a delivery costs, in seconds, and what the floor's does, in turns with it. `floor(bytes)`
/// sends a string to all readers.
template <class Floor>
std::vector<double> compare_deliveries(int rounds, crowd& c, const std::string& data,
                                       std::size_t events_a_turn, Floor&& floor) {
    const std::size_t readers = c.hub.metrics().subscribers;
    const std::string bytes(c.wire_size("crowd", data) * events_a_turn, 'x');
    // enough to be timed, and not so much that a reader's buffer fills
    const std::size_t turns = std::clamp<std::size_t>(
        4'000 / readers, 1, std::max<std::size_t>(30'000 / bytes.size(), 1));
    const auto each = static_cast<double>(turns * events_a_turn * readers);
    const auto ours = [&] {
        const double s = cpu_of([&] {
            c.turns(turns, [&] {
                for (std::size_t i = 0; i < events_a_turn; ++i)
                    c.hub.publish("crowd", {.data = data});
            });
        });
        c.drain();
        return s / each;
    };
    const auto floors = [&] {
        const double s = cpu_of([&] {
            for (std::size_t i = 0; i < turns; ++i)
                floor(bytes);
        });
        c.drain();
        return s / each;
    };
    // the kernel's buffers grow in the first rounds, for whoever comes first
    if (rounds > 1) median_of_turns(6, ours, floors);
    return median_of_turns(rounds, ours, floors);
}

} // namespace sse::bench
