// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Handshakes, ends and resumptions of TLS connections, over real sockets.
#include "integration/tls_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client.hpp>
#include <sse/tls.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

namespace integration_tls_connections_test {

using namespace sse;
using namespace sse::testing;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

struct world {
    authority ca{};
    identity server = ca.issue("DNS:localhost");
    tls_options trusting{.ca_file = ca.file};
};

const std::string chunked_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string one_chunk = "9\r\ndata: a\n\n\r\n";

} // namespace

TEST_CASE("tls: speaks 1.2 and 1.3, and nothing older", "[tls]") {
    const world w;
    const auto meet = [&](int version, tls_options options) {
        const blocking_tls_server server({.who = w.server, .minimum = version, .maximum = version},
                                         serve_one_event);
        return receive(server.url(), {.tls = tls_client(options)});
    };
    CHECK(meet(TLS1_3_VERSION, w.trusting).events.size() == 1);
    CHECK(meet(TLS1_2_VERSION, w.trusting).events.size() == 1);
    const outcome old = meet(TLS1_1_VERSION, w.trusting);
    CHECK(old.events.empty());
    REQUIRE(old.errors.size() == 1);
    CHECK(old.errors[0] == condition::tls);
    tls_options strict = w.trusting;
    strict.minimum = tls_version::tls_1_3;
    CHECK(meet(TLS1_3_VERSION, strict).events.size() == 1);
    CHECK(meet(TLS1_2_VERSION, strict).end == condition::tls);
}

TEST_CASE("tls: a server that speaks no TLS is an error of TLS", "[tls]") {
    const blocking_server server([](blocking_connection& c, std::size_t) {
        c.receive();
        c.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    const auto url = "https://localhost:" + std::to_string(server.port()) + "/";
    CHECK(receive(url, {.tls = tls_client({.verify = false})}).end == condition::tls);
}

TEST_CASE("tls: shows its certificate to who asks for one", "[tls]") {
    const world w;
    const identity me = make_identity({.common_name = "client"}, &w.ca.root);
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    const blocking_tls_server server(
        {.who = w.server, .minimum = version, .maximum = version, .client_ca = &w.ca.root},
        serve_one_event);
    tls_options options = w.trusting;
    SECTION("a good one") {
        options.certificate_file = w.ca.folder.write("client.pem", me);
        options.key_file = w.ca.folder.write_key("client.key", me, "secret");
        options.key_password = "secret";
        const outcome seen = receive(server.url(), {.tls = tls_client(options)});
        CHECK(seen.events.size() == 1);
        REQUIRE(server.handshakes().size() == 1);
        CHECK(server.handshakes()[0].certificate);
        return;
    }
    // With TLS 1.3 the refusal comes only after the handshake.
    SECTION("none") {}
    SECTION("one that the server does not know") {
        const identity stranger = make_identity({.common_name = "stranger"});
        options.certificate_file = w.ca.folder.write("client.pem", stranger);
        options.key_file = w.ca.folder.write_key("client.key", stranger);
    }
    const outcome seen = receive(server.url(), {.tls = tls_client(options)});
    CHECK(seen.events.empty());
    REQUIRE(seen.errors.size() == 1);
    INFO(seen.errors[0].message());
    CHECK(seen.errors[0] == condition::tls);
    CHECK(seen.errors[0] != condition::certificate);
}

TEST_CASE("tls: the client certificate stays behind when a redirect leads to another origin",
          "[tls]") {
    const world w;
    const identity me = make_identity({.common_name = "client"}, &w.ca.root);
    tls_options options = w.trusting;
    options.certificate_file = w.ca.folder.write("client.pem", me);
    options.key_file = w.ca.folder.write_key("client.key", me);
    const blocking_tls_server other({.who = w.server, .client_ca = &w.ca.root}, serve_one_event);
    const blocking_tls_server server(
        {.who = w.server, .client_ca = &w.ca.root}, [&](blocking_connection& c, std::size_t) {
            c.receive_head();
            c.send("HTTP/1.1 307 X\r\nLocation: " + other.url() + "\r\n\r\n");
            c.wait_for_end();
        });
    const outcome seen = receive(server.url(), {.tls = tls_client(options)});
    CHECK(seen.events.empty());
    CHECK(seen.end == condition::tls);
    REQUIRE(server.handshakes().size() == 1);
    CHECK(server.handshakes()[0].certificate);
    REQUIRE(other.handshakes().size() == 1);
    CHECK_FALSE(other.handshakes()[0].certificate);
}

TEST_CASE("tls: a redirect to http is refused", "[tls]") {
    const world w;
    const blocking_server plain(serve_one_event);
    const blocking_tls_server server({.who = w.server}, [&](blocking_connection& c, std::size_t) {
        c.receive_head();
        c.send("HTTP/1.1 302 X\r\nLocation: http://localhost:" + std::to_string(plain.port()) +
               "/\r\n\r\n");
    });
    const outcome seen = receive(server.url(), {.tls = tls_client(w.trusting)});
    CHECK(seen.end == errc::bad_redirect);
}

TEST_CASE("tls: a context of the user's own is used as it is, and names are verified", "[tls]") {
    const world w;
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                               SSL_CTX_free);
    SSL_CTX_load_verify_locations(context.get(), w.ca.file.c_str(), nullptr);
    const blocking_tls_server server({.who = w.server}, serve_one_event);
    const tls_client client({.context = context.get()});
    CHECK(receive(server.url(), {.tls = client}).events.size() == 1);
    CHECK(receive(server.url("127.0.0.1"), {.tls = client}).end == condition::certificate);
    CHECK(tls_client({.ca_file = w.ca.file, .context = context.get()}).error() ==
          errc::tls_misconfigured);
}

TEST_CASE("tls: reconnections resume the session", "[tls]") {
    const world w;
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    const bool notify = GENERATE(true, false);
    CAPTURE(version, notify);
    const blocking_tls_server server({.who = w.server, .minimum = version, .maximum = version},
                                     [&](blocking_connection& c, std::size_t) {
                                         c.receive_head();
                                         c.send(stream_head + "data: a\n\n");
                                         if (notify) c.send_close_notify();
                                     });
    tls_options options = w.trusting;
    SECTION("whether the server ended them in order or not") {
        const outcome seen = receive(server.url(), {.tls = tls_client(options)}, 3, 9);
        CHECK(seen.events.size() == 3);
        for (const auto& ec : seen.errors)
            CHECK(ec == (notify ? errc::end_of_stream : errc::truncated));
        REQUIRE(server.handshakes().size() == 3);
        CHECK_FALSE(server.handshakes()[0].resumed);
        CHECK(server.handshakes()[1].resumed);
        CHECK(server.handshakes()[2].resumed);
    }
    SECTION("also those of another source with the same settings, but of no others") {
        const tls_client client(options);
        (void)receive(server.url(), {.tls = client});
        (void)receive(server.url(), {.tls = client});
        (void)receive(server.url(), {.tls = tls_client(options)});
        REQUIRE(server.handshakes().size() == 3);
        CHECK(server.handshakes()[1].resumed);
        CHECK_FALSE(server.handshakes()[2].resumed);
    }
    SECTION("unless none are kept") {
        options.sessions = 0;
        (void)receive(server.url(), {.tls = tls_client(options)}, 2, 9);
        REQUIRE(server.handshakes().size() == 2);
        CHECK_FALSE(server.handshakes()[1].resumed);
    }
}

TEST_CASE("tls: a ticket is shown once, also where the server gives no new one", "[tls]") {
    const world w;
    const blocking_tls_server server(
        {.who = w.server, .minimum = TLS1_3_VERSION}, [&](blocking_connection& c, std::size_t n) {
            SSL_CTX_set_num_tickets(SSL_get_SSL_CTX(c.ssl()), 0); // of the connections to come
            serve_one_event(c, n);
        });
    const tls_client client(w.trusting);
    for (int i = 0; i < 3; ++i)
        CHECK(receive(server.url(), {.tls = client}).events.size() == 1);
    REQUIRE(server.handshakes().size() == 3);
    CHECK(server.handshakes()[1].resumed);
    CHECK_FALSE(server.handshakes()[2].resumed);
}

TEST_CASE("tls: a session of one name is not resumed for another", "[tls]") {
    const world w;
    const blocking_tls_server server({.who = w.server}, serve_one_event);
    const tls_client client(w.trusting);
    CHECK(receive(server.url(), {.tls = client}).events.size() == 1);
    CHECK(receive(server.url("127.0.0.1"), {.tls = client}).end == condition::certificate);
}

TEST_CASE("tls: the end of a stream without close_notify", "[tls]") {
    const world w;
    std::string response;
    errc expected = errc::success;
    SECTION("is harmless behind the last chunk") {
        response = chunked_head + one_chunk + "0\r\n\r\n";
        expected = errc::end_of_stream;
    }
    SECTION("is harmless behind the declared length") {
        response = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: "
                   "9\r\n\r\ndata: a\n\n";
        expected = errc::end_of_stream;
    }
    SECTION("is an error in the middle of chunks") {
        response = chunked_head + one_chunk;
        expected = errc::truncated;
    }
    SECTION("is an error where the end of the connection ends the body") {
        response = stream_head + "data: a\n\n";
        expected = errc::truncated;
    }
    const blocking_tls_server server({.who = w.server}, [&](blocking_connection& c, std::size_t) {
        c.receive_head();
        c.send(response);
    });
    const outcome seen = receive(server.url(), {.tls = tls_client(w.trusting), .finish = true}, 2);
    CHECK(seen.events.size() == 1);
    CHECK(seen.end == expected);
}

TEST_CASE("tls: a close_notify ends a body that ends with the connection", "[tls]") {
    const world w;
    const blocking_tls_server server({.who = w.server}, [&](blocking_connection& c, std::size_t) {
        c.receive_head();
        c.send(stream_head + "data: a\n\n");
        c.send_close_notify();
        c.wait_for_end();
    });
    const outcome seen = receive(server.url(), {.tls = tls_client(w.trusting), .finish = true}, 2);
    CHECK(seen.events.size() == 1);
    CHECK(seen.end == errc::end_of_stream);
}

TEST_CASE("tls: large events come whole", "[tls]") {
    const world w;
    const std::string data(300'000, 'x');
    const blocking_tls_server server({.who = w.server}, [&](blocking_connection& c, std::size_t) {
        c.receive_head();
        c.send(stream_head);
        for (int i = 0; i < 10; ++i)
            c.send("data: " + data + "\n\n");
        c.wait_for_end();
    });
    const outcome seen = receive(server.url(), {.tls = tls_client(w.trusting)}, 10);
    REQUIRE(seen.events.size() == 10);
    for (const event& e : seen.events)
        CHECK(e.data == data);
}

TEST_CASE("tls: large requests go out whole", "[tls]") {
    const world w;
    const std::string body(3'000'000, 'y');
    const blocking_tls_server server({.who = w.server}, [&](blocking_connection& c, std::size_t) {
        std::string got = c.receive_head();
        const std::size_t head = got.find("\r\n\r\n") + 4;
        for (std::string piece = "-"; got.size() - head < body.size() && !piece.empty();
             got += piece)
            piece = c.receive();
        c.send(stream_head + "data: " + std::to_string(got.size() - head) + "\n\n");
        c.wait_for_end();
    });
    const outcome seen =
        receive(server.url(), {.method = "POST", .body = body, .tls = tls_client(w.trusting)});
    REQUIRE(seen.events.size() == 1);
    CHECK(seen.events[0].data == "3000000");
}

TEST_CASE("tls: says goodbye, and waits no longer for the answer than it has to", "[tls]") {
    const world w;
    std::atomic<bool> deaf = false;
    SECTION("a peer that answers") {}
    SECTION("a peer that never answers") { deaf = true; }
    std::atomic<bool> told = false;
    {
        const blocking_tls_server server(
            {.who = w.server}, [&](blocking_connection& c, std::size_t) {
                c.receive_head();
                c.send(stream_head + "data: a\n\n");
                c.wait_for_end();
                told = (SSL_get_shutdown(c.ssl()) & SSL_RECEIVED_SHUTDOWN) != 0;
                for (int i = 0; i < 6000 && deaf; ++i)
                    std::this_thread::sleep_for(10ms);
            });
        const auto start = clock_type::now();
        const outcome seen =
            receive(server.url(), {.tls = tls_client(w.trusting), .timeouts = {.close = 300ms}});
        const auto took = clock_type::now() - start;
        CHECK(seen.events.size() == 1);
        if (deaf) CHECK(took >= 290ms);
        CHECK(took < 15s);
        deaf = false;
    }
    CHECK(told);
}

TEST_CASE("tls: the goodbye runs where the handlers of the source do, on a pool of threads as well",
          "[tls]") {
    const world w;
    std::promise<void> answer;
    const blocking_tls_server server({.who = w.server}, [&](blocking_connection& c, std::size_t n) {
        serve_one_event(c, n);
        answer.get_future().wait_for(60s);
    });
    asio::io_context sockets;
    asio::io_context handlers;
    event_source source(sockets, server.url(),
                        {.tls = tls_client(w.trusting), .timeouts = {.close = 60s}});
    bool closed = false;
    source.async_receive(asio::bind_executor(handlers, [&](error_code, const event&) {
        source.close();
        closed = true;
    }));
    std::thread io([&] { sockets.run_for(60s); });
    while (!closed && handlers.run_one_for(60s) != 0) {
    }
    CHECK(closed);
    // what was cancelled comes here, and then there is the wait for the peer's goodbye
    handlers.run_for(100ms);
    CHECK_FALSE(handlers.stopped());
    answer.set_value();
    handlers.run_for(30s);
    CHECK(handlers.stopped());
    io.join();
}

TEST_CASE("tls: a peer that goes on sending does not hold up the end", "[tls]") {
    const world w;
    const blocking_tls_server server({.who = w.server}, [&](blocking_connection& c, std::size_t) {
        c.receive_head();
        c.send(stream_head + "data: a\n\n");
        const std::string more(100'000, 'z');
        while (c.send(more)) {
        }
    });
    const auto start = clock_type::now();
    const outcome seen = receive(server.url(), {.tls = tls_client(w.trusting)});
    CHECK(seen.events.size() == 1);
    CHECK(clock_type::now() - start < 15s);
}

TEST_CASE("tls: a handshake that drips ends at the deadline", "[tls]") {
    const world w;
    const blocking_server server([&](blocking_connection& c, std::size_t) {
        c.receive();
        // A record that begins as a handshake and never ends.
        c.send("\x16\x03\x03\x40");
        while (c.send(std::string(1, '\0')))
            std::this_thread::sleep_for(10ms);
    });
    const auto url = "https://localhost:" + std::to_string(server.port()) + "/";
    const auto start = clock_type::now();
    event_source_options options{.tls = tls_client(w.trusting)};
    SECTION("of the handshake") {
        options.timeouts.handshake = 200ms;
        CHECK(receive(url, options).end == errc::handshake_timeout);
    }
    SECTION("of the whole") {
        options.timeouts.connect = 200ms;
        CHECK(receive(url, options).end == errc::connect_timeout);
    }
    const auto took = clock_type::now() - start;
    CHECK(took >= 190ms);
    CHECK(took < 15s);
}

TEST_CASE("tls: a peer that hangs up in the handshake", "[tls]") {
    const world w;
    const blocking_server server([&](blocking_connection& c, std::size_t) { c.receive(); });
    const auto url = "https://localhost:" + std::to_string(server.port()) + "/";
    const outcome seen = receive(url, {.tls = tls_client(w.trusting)});
    REQUIRE(seen.errors.size() == 1);
    INFO(seen.errors[0].message());
    CHECK((seen.errors[0] == errc::truncated || seen.errors[0] == asio::error::connection_reset));
}

TEST_CASE("tls: works with an executor of any type", "[tls]") {
    const world w;
    const blocking_tls_server server({.who = w.server}, serve_one_event);
    asio::io_context context;
    using source_type = basic_event_source<asio::io_context::executor_type>;
    source_type source(context.get_executor(), server.url(), {.tls = tls_client(w.trusting)});
    std::string data;
    source.async_receive([&](error_code, const event& e) {
        data = e.data;
        source.close();
    });
    context.run_for(60s);
    CHECK(data == "hello");
}

} // namespace integration_tls_connections_test
