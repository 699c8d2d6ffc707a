// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client.hpp>
#include <sse/testing/simulation.hpp>
#include <sse/testing/test_net.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::testing {

inline const std::string stream_head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
inline const std::string chunked_head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                        "Transfer-Encoding: chunked\r\n\r\n";

/// An event source over scripted peers. What it tells is collected as texts with their time.
struct source_fixture {
    using source_type = basic_event_source<asio::any_io_executor, test_net>;

    simulation sim;
    test_net net{sim};
    event_source_options options{};
    std::string url = "http://host/x";
    std::vector<std::string> log{}; ///< data of events, and errors
    std::vector<std::string> errors{};
    std::vector<std::chrono::milliseconds> delays{};

    source_fixture() {
        options.reconnect.jitter = 0;
        options.hooks.on_error = [this](disconnection& d) {
            errors.push_back(d.error.message());
            delays.push_back(d.delay.value_or(std::chrono::milliseconds(-1)));
        };
    }

    [[nodiscard]] scripted_peer& peer() noexcept { return net.peer(); }
    [[nodiscard]] source_type make() { return {sim.get_executor(), url, options, net}; }

    [[nodiscard]] std::chrono::milliseconds elapsed() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(sim.elapsed());
    }

    /// Receives until `n` events came or one receive fails.
    void receive(source_type& source, std::size_t n) {
        if (n == 0) return;
        source.async_receive([this, &source, n](error_code ec, event e) {
            log.push_back(ec ? "! " + ec.message() : e.data);
            if (!ec) receive(source, n - 1);
        });
    }

    /// Receives batches until one fails.
    void receive_batches(source_type& source) {
        source.async_receive_batch([this, &source](error_code ec, event_batch batch) {
            for (const event_view e : batch)
                log.emplace_back(e.data);
            log.push_back(ec ? "! " + ec.message() : "/");
            if (!ec) receive_batches(source);
        });
    }
};

[[nodiscard]] inline std::string failure(errc e) { return std::string("! ") + message(e); }

} // namespace sse::testing
