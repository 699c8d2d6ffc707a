// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// What holds for streams and their times over TLS as it does without.
#include "integration/tls_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client.hpp>
#include <sse/tls.hpp>

#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>

namespace integration_tls_streams_test {

using namespace std::chrono_literals;
using sse::errc;
using sse::event_source_options;
using sse::testing::blocking_connection;
using clock_type = std::chrono::steady_clock;
using server_type = sse::testing::blocking_tls_server;

namespace {

struct world {
    sse::testing::authority ca{};
    sse::testing::identity server = ca.issue("DNS:localhost");
    sse::tls_client client{{.ca_file = ca.file}};
};

} // namespace

TEST_CASE("tls: a server that refuses a body instead of reading it is heard", "[tls]") {
    const world w;
    for (const bool hangs_up : {false, true}) {
        CAPTURE(hangs_up);
        std::atomic<bool> done = false;
        const server_type server({.who = w.server}, [&](blocking_connection& c, std::size_t) {
            c.receive_head();
            c.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
            for (int i = 0; i < 6000 && !done && !hangs_up; ++i)
                std::this_thread::sleep_for(10ms);
        });
        event_source_options options{
            .method = "POST", .body = std::string(std::size_t{32} << 20, 'x'), .tls = w.client};
        options.timeouts.close = 50ms;
        options.timeouts.head = 0ms;
        const auto start = clock_type::now();
        const auto seen = sse::testing::receive(server.url(), options);
        done = true;
        CHECK(seen.end == errc::unexpected_status);
        CHECK(clock_type::now() - start < 30s);
    }
}

TEST_CASE("tls: every byte resets the idle timeout, also within a record", "[tls]") {
    const world w;
    // Relays what the server sends byte by byte: a record takes longer than the idle timeout.
    const server_type server({.who = w.server}, [&](blocking_connection& c, std::size_t) {
        c.receive_head();
        c.send(sse::testing::stream_head);
        // One record, encrypted into memory and sent in drips.
        BIO* const memory = BIO_new(BIO_s_mem());
        SSL_set0_wbio(c.ssl(), memory);
        c.send("data: " + std::string(40, 'x') + "\n\n");
        char* bytes = nullptr;
        const long size = BIO_get_mem_data(memory, &bytes);
        for (long i = 0; i < size; ++i) {
            ::send(c.fd(), bytes + i, 1, MSG_NOSIGNAL);
            std::this_thread::sleep_for(20ms);
        }
        c.wait_for_end();
    });
    event_source_options options{.tls = w.client};
    options.timeouts.idle = 1s;
    options.timeouts.close = 50ms;
    const auto start = clock_type::now();
    const auto seen = sse::testing::receive(server.url(), options);
    CHECK(clock_type::now() - start > options.timeouts.idle);
    REQUIRE(seen.events.size() == 1);
    CHECK(seen.events[0].data == std::string(40, 'x'));
    CHECK(seen.errors.empty());
}

TEST_CASE("tls: silence within a record ends at the idle timeout", "[tls]") {
    const world w;
    const server_type server({.who = w.server}, [&](blocking_connection& c, std::size_t) {
        c.receive_head();
        c.send(sse::testing::stream_head);
        ::send(c.fd(), "\x17\x03\x03\x01", 4, MSG_NOSIGNAL);
        c.wait_for_end();
    });
    event_source_options options{.tls = w.client};
    options.timeouts.idle = 200ms;
    options.timeouts.close = 50ms;
    const auto start = clock_type::now();
    CHECK(sse::testing::receive(server.url(), options).end == errc::idle_timeout);
    CHECK(clock_type::now() - start < 15s);
}

} // namespace integration_tls_streams_test
