// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Servers that answer before they have read the body of a request.
#include "integration/raw_server.hpp"
#include "support/catch.hpp"

#include <sse/client.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

namespace integration_client_uploads_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using sse::errc;
using sse::error_code;
using sse::event_source;

namespace {

/// More than both sockets buffer.
constexpr std::size_t body_size = std::size_t{32} << 20;

} // namespace

TEST_CASE("client: hears a server that refuses a body instead of reading it",
          "[integration][client]") {
    for (const bool hangs_up : {false, true}) {
        CAPTURE(hangs_up);
        std::atomic<bool> done = false;
        raw_server server({[&](auto& s, const std::string&) {
            raw_server::send(s, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
            if (hangs_up) return; // with unread input: a reset follows the answer
            for (int i = 0; i < 6000 && !done; ++i)
                std::this_thread::sleep_for(10ms);
        }});
        sse::asio::io_context context;
        std::vector<int> statuses;
        sse::event_source_options options{.method = "POST", .body = std::string(body_size, 'x')};
        options.reconnect.max_attempts = 1;
        options.timeouts.head = 0ms;
        options.hooks.on_response = [&](const sse::incoming_response& r) {
            statuses.push_back(r.status);
        };
        event_source source(context, server.url(), options);
        const auto start = std::chrono::steady_clock::now();
        error_code end;
        source.async_receive([&](error_code ec, const sse::event&) { end = ec; });
        context.run();
        done = true;
        CHECK(end == errc::unexpected_status);
        CHECK(statuses == std::vector<int>{413});
        CHECK(std::chrono::steady_clock::now() - start < 30s);
    }
}

TEST_CASE("client: sends all of a body to a server that answers well before it has read it",
          "[integration][client]") {
    std::atomic<std::size_t> read = 0;
    raw_server server({[&](auto& s, const std::string&) {
        raw_server::send(s, raw_head);
        std::this_thread::sleep_for(50ms);
        std::vector<char> piece(std::size_t{1} << 20);
        error_code ec;
        while (read < body_size && !ec)
            read += s.read_some(sse::asio::buffer(piece), ec);
        raw_server::send(s, "data: a\n\n");
        raw_server::wait_for_end(s);
    }});
    sse::asio::io_context context;
    event_source source(context, server.url(),
                        {.method = "POST", .body = std::string(body_size, 'x')});
    std::string got;
    source.async_receive([&](error_code ec, const sse::event& e) {
        got = ec ? ec.message() : e.data;
        source.close();
    });
    context.run();
    CHECK(got == "a");
    CHECK(read == body_size);
}

} // namespace integration_client_uploads_test
