// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::testing {

/// A delay in a script, on the manual clock.
struct after {
    constexpr after() = default;
    constexpr explicit after(std::chrono::nanoseconds t) : time(t) {}
    std::chrono::nanoseconds time{};
};

/// What a request has to be like: the whole text of its head and of what came with it.
struct request_matcher {
    std::string what; ///< for people, in the message of a mismatch
    std::function<bool(const std::string& text)> matches;
};

/// Matches requests that contain all of `parts`.
[[nodiscard]] inline request_matcher contains(std::initializer_list<std::string> parts) {
    std::string what = "a request that contains";
    for (const auto& part : parts)
        what += " '" + part + "'";
    return {what, [parts = std::vector<std::string>(parts)](const std::string& text) {
                for (const auto& part : parts)
                    if (text.find(part) == std::string::npos) return false;
                return true;
            }};
}

/// Matches requests that contain `part`.
[[nodiscard]] inline request_matcher contains(std::string part) {
    return contains({std::move(part)});
}

/// Matches requests that do not contain `part`.
[[nodiscard]] inline request_matcher lacks(std::string part) {
    return {"a request without '" + part + "'",
            [part](const std::string& text) { return text.find(part) == std::string::npos; }};
}

/// Matches requests that both match.
[[nodiscard]] inline request_matcher operator&&(request_matcher a, request_matcher b) {
    return {a.what + " and " + b.what,
            [a, b](const std::string& text) { return a.matches(text) && b.matches(text); }};
}

/// What the peer does with one connection, step by step. Behind the last step the connection stays
/// open and silent.
class scripted_connection {
public:
    struct step {
        enum class kind { expect, send, close, shutdown, reset, stall, expect_close };
        kind what;
        after delay{};
        std::string bytes{};
        request_matcher matcher{};
    };

    /// Waits for a request head, and for a body of its Content-Length, and checks it.
    scripted_connection& expect_request(request_matcher matcher) {
        return add({step::kind::expect, after{}, {}, std::move(matcher)});
    }
    /// Waits for a request whose text is as `predicate` has it.
    scripted_connection& expect_request(std::function<bool(const std::string&)> predicate) {
        return expect_request(request_matcher{"the predicate", std::move(predicate)});
    }
    /// Waits for a request that contains `part`.
    scripted_connection& expect_request(std::string part) {
        return expect_request(contains(std::move(part)));
    }
    /// Waits for any request.
    scripted_connection& expect_request() {
        return expect_request(request_matcher{"", [](const std::string&) { return true; }});
    }

    /// Sends a response head, or any bytes.
    scripted_connection& reply(std::string_view head, after delay = after{}) {
        return send(head, delay);
    }
    /// Sends the head of an event stream, which lasts until the connection ends.
    scripted_connection& open_stream(after delay = after{}) {
        return reply("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", delay);
    }
    /// Sends `bytes`.
    scripted_connection& send(std::string_view bytes, after delay = after{}) {
        return add({step::kind::send, delay, std::string(bytes), {}});
    }
    /// Sends `bytes` in pieces of `size`, each `delay` later than the one before.
    scripted_connection& send_pieces(std::string_view bytes, std::size_t size,
                                     after delay = after{}) {
        for (; !bytes.empty(); bytes.remove_prefix((std::min)(size, bytes.size())))
            send(bytes.substr(0, size), delay);
        return *this;
    }
    /// Closes the connection.
    scripted_connection& close(after delay = after{}) {
        return add({step::kind::close, delay, {}, {}});
    }
    /// Ends the peer's sending direction only.
    scripted_connection& shutdown(after delay = after{}) {
        return add({step::kind::shutdown, delay, {}, {}});
    }
    /// Breaks the connection.
    scripted_connection& reset(after delay = after{}) {
        return add({step::kind::reset, delay, {}, {}});
    }
    /// Stays open and silent for ever: says in a script that nothing follows.
    scripted_connection& stall() { return add({step::kind::stall, after{}, {}, {}}); }
    /// Waits until the other side closes the connection.
    scripted_connection& expect_close() { return add({step::kind::expect_close, after{}, {}, {}}); }

    [[nodiscard]] const std::vector<step>& steps() const noexcept { return steps_; }

private:
    scripted_connection& add(step s) {
        steps_.push_back(std::move(s));
        return *this;
    }

    std::vector<step> steps_;
};

} // namespace sse::testing
