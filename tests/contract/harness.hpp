// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "service_process.hpp"
#include "stream_server.hpp"

#include <sse/net/asio.hpp>
#include <sse/server.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::contract {

using json = nlohmann::json;

/// Plays the harness against a service in a process of its own: a server of streams, a server of
/// callbacks, and commands. All but commands waits for events on one context, never for time.
class harness {
public:
    /// How long one message or request may take. The real harness has 5 s, but a busy machine
    /// must not make a test fail.
    static constexpr std::chrono::seconds patience{60};

    /// An answer of the service.
    struct answer {
        int status = 0;
        std::string location{};
        std::string body{};
    };

    /// A message as it came.
    struct message {
        std::uint64_t number = 0;
        std::string text{};
    };

    harness();

    [[nodiscard]] service_process& service() noexcept { return service_; }
    [[nodiscard]] stream_server& streams() noexcept { return streams_; }

    /// Sends a command to the service and blocks until it has answered: the service must not need
    /// anything from here for that.
    [[nodiscard]] answer command(std::string_view method, std::string_view path,
                                 std::string_view body = {});

    /// Has a stream created on `path` of the stream server, with `more` parameters, and gives its
    /// address.
    std::string create(const json& more = json::object(), std::string_view path = "/stream");

    /// The `n`-th connection to the stream server, from 0, once it has sent a request.
    stream_connection& connection(std::size_t n);
    /// The `n`-th connection, opened as an event stream.
    stream_connection& open(std::size_t n);

    /// The next message, in the order of their coming.
    [[nodiscard]] message next_message(std::chrono::milliseconds limit = patience);
    /// The next message, parsed, its number checked to be the one that follows.
    [[nodiscard]] json next(std::chrono::milliseconds limit = patience);
    /// The next messages, told by `shorten`.
    [[nodiscard]] std::vector<std::string> next(std::size_t count);
    /// A message in short: "type|data|id", ":comment" or "!".
    [[nodiscard]] static std::string shorten(const json& message);

    /// Runs the servers until `done()`, at most for `limit`; gives `done()`.
    template <class Predicate>
    [[nodiscard]] bool wait(Predicate&& done, std::chrono::milliseconds limit = patience) {
        const auto end = std::chrono::steady_clock::now() + limit;
        context_.restart();
        while (!done()) {
            if (std::chrono::steady_clock::now() >= end) return false;
            context_.run_one_until(end);
        }
        return true;
    }

    /// The messages that follow are those of another stream, numbered from 1.
    void expect_new_stream() noexcept { expected_ = 1; }

    /// Whether neither a request nor a message comes for `time`.
    [[nodiscard]] bool silent(std::chrono::milliseconds time);

    /// From now on callbacks are taken, but not answered.
    void hold_callbacks() { holding_ = true; }
    [[nodiscard]] std::size_t held() const noexcept { return held_.size(); }
    /// Answers those that were held back, and all that follow.
    void release_callbacks();

    /// Messages that came in all.
    [[nodiscard]] std::size_t messages() const noexcept { return arrived_; }

    /// Has the service end, and gives its exit status.
    [[nodiscard]] std::optional<int> quit();

private:
    void on_callback(const request& callback, reply re);

    asio::io_context context_;
    stream_server streams_{context_};
    server callbacks_;
    std::deque<message> messages_{};
    std::size_t arrived_ = 0;
    std::vector<reply> held_{};
    bool holding_ = false;
    std::uint64_t expected_ = 1;
    service_process service_;
    std::uint16_t port_ = 0;
};

} // namespace sse::contract
