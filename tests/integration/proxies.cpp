// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Servers behind a proxy and behind a unix socket, with TLS and without.
#include "integration/tls_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client.hpp>
#include <sse/tls.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace integration_proxies_test {

using namespace sse;
using namespace sse::testing;
using namespace std::chrono_literals;

namespace {

const std::string established = "HTTP/1.1 200 Connection established\r\n\r\n";

/// A proxy with the server behind it in one: it answers `CONNECT` with `answer`, and serves one
/// event to who goes on from there, in TLS where there is a context.
struct scripted_proxy {
    std::string answer = established;
    SSL_CTX* context = nullptr;
    std::string asked{}; ///< the head of the first CONNECT
    std::size_t connections = 0;
    bool handshaken = false;
    blocking_server server{[this](blocking_connection& c, std::size_t) { serve(c); }};

    [[nodiscard]] std::string url(const std::string& credentials = {}) const {
        return "http://" + credentials + "127.0.0.1:" + std::to_string(server.port());
    }

private:
    void serve(blocking_connection& c) {
        const std::string head = c.receive_head();
        if (connections++ == 0) asked = head;
        c.send(answer);
        if (answer.find(" 200 ") == std::string::npos) return c.wait_for_end();
        if (context != nullptr && !(handshaken = c.handshake(context))) return;
        serve_one_event(c, 0);
    }
};

std::shared_ptr<SSL_CTX> server_context(const identity& who) {
    const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(context.get(), who.certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), who.key.get());
    return context;
}

} // namespace

TEST_CASE("proxy: https goes through its tunnel, and nothing else of the target", "[proxy]") {
    const authority ca;
    const auto context = server_context(ca.issue("DNS:example.org"));
    scripted_proxy proxy{.context = context.get()};
    const outcome seen =
        receive("https://example.org/secret", {.headers = {{"Authorization", "Bearer secret"}},
                                               .tls = tls_client({.ca_file = ca.file}),
                                               .proxy = proxy.url("user:pass@")});
    CHECK(seen.errors.empty());
    REQUIRE(seen.events.size() == 1);
    CHECK(proxy.asked == "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n"
                         "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n");
}

TEST_CASE("proxy: the certificate has to be the server's, not the proxy's", "[proxy]") {
    const authority ca;
    const auto context = server_context(ca.issue("IP:127.0.0.1"));
    scripted_proxy proxy{.context = context.get()};
    const outcome seen = receive("https://example.org/",
                                 {.tls = tls_client({.ca_file = ca.file}), .proxy = proxy.url()});
    CHECK(seen.end == condition::certificate);
}

TEST_CASE("proxy: http goes through a tunnel as well", "[proxy]") {
    scripted_proxy proxy;
    SECTION("after one answer") {}
    SECTION("after interim answers") {
        proxy.answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 X\r\nA: b\r\n\r\n" + established;
    }
    SECTION("whatever body the answer claims to have") {
        proxy.answer = "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\n";
    }
    const outcome seen = receive("http://example.org/", {.proxy = proxy.url()});
    CHECK(seen.events.size() == 1);
    CHECK(proxy.asked == "CONNECT example.org:80 HTTP/1.1\r\nHost: example.org:80\r\n\r\n");
}

TEST_CASE("proxy: a refusal is an error, and its body no stream", "[proxy]") {
    scripted_proxy proxy;
    const std::string type = "Content-Type: text/event-stream\r\n\r\ndata: evil\n\n";
    errc expected = errc::proxy_refused;
    SECTION("403") { proxy.answer = "HTTP/1.1 403 Forbidden\r\n" + type; }
    SECTION("502") { proxy.answer = "HTTP/1.1 502 Bad Gateway\r\n" + type; }
    SECTION("a redirect") { proxy.answer = "HTTP/1.1 302 X\r\nLocation: http://evil/\r\n\r\n"; }
    SECTION("garbage") {
        proxy.answer = "220 smtp.example.org ESMTP\r\n";
        expected = errc::bad_start_line;
    }
    SECTION("a head beyond all bounds") {
        proxy.answer = "HTTP/1.1 200\r\nA: " + std::string(100'000, 'x');
        expected = errc::head_too_large;
    }
    const outcome seen = receive("http://example.org/", {.proxy = proxy.url()});
    CHECK(seen.events.empty());
    CHECK(seen.end == expected);
}

TEST_CASE("proxy: wrong credentials end the source at once", "[proxy]") {
    scripted_proxy proxy{.answer = "HTTP/1.1 407 X\r\nProxy-Authenticate: Basic\r\n\r\n"};
    const outcome seen =
        receive("http://example.org/", {.proxy = proxy.url("user:hunter2@")}, 1, 5);
    CHECK(seen.end == errc::proxy_unauthorized);
    CHECK(seen.errors.size() == 1);
    CHECK(proxy.connections == 1);
    CHECK(seen.end->message().find("hunter2") == std::string::npos);
}

TEST_CASE("proxy: bytes behind its answer are never the server's", "[proxy]") {
    const authority ca;
    const auto context = server_context(ca.issue("DNS:example.org"));
    scripted_proxy proxy{.answer = established + stream_head + "data: evil\n\n"};
    SECTION("with TLS") { proxy.context = context.get(); }
    SECTION("without") {}
    const std::string scheme = proxy.context != nullptr ? "https" : "http";
    const outcome seen = receive(scheme + "://example.org/",
                                 {.tls = tls_client({.ca_file = ca.file}), .proxy = proxy.url()});
    CHECK(seen.events.empty());
    CHECK(seen.end == errc::bad_framing);
}

TEST_CASE("proxy: one that hangs up is an error of the network", "[proxy]") {
    const blocking_server proxy([](blocking_connection& c, std::size_t) {
        c.receive_head();
        c.send("HTTP/1.1 20");
    });
    const outcome seen = receive("http://example.org/",
                                 {.proxy = "http://127.0.0.1:" + std::to_string(proxy.port())});
    CHECK(seen.end == errc::truncated);
}

TEST_CASE("proxy: an answer that drips does not stretch the deadline", "[proxy]") {
    const blocking_server proxy([](blocking_connection& c, std::size_t) {
        c.receive_head();
        c.send("HTTP/1.1 200 OK\r\nA: ");
        while (c.send("x"))
            std::this_thread::sleep_for(10ms);
    });
    const auto start = std::chrono::steady_clock::now();
    const outcome seen =
        receive("http://example.org/", {.proxy = "http://127.0.0.1:" + std::to_string(proxy.port()),
                                        .timeouts = {.connect = 200ms}});
    CHECK(seen.end == errc::connect_timeout);
    CHECK(std::chrono::steady_clock::now() - start < 15s);
}

TEST_CASE("proxy: one that cannot be reached is never gone around", "[proxy]") {
    const blocking_server server(serve_one_event);
    const auto url = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
    CHECK(receive(url, {.proxy = "http://127.0.0.1:1"}).end == asio::error::connection_refused);
}

TEST_CASE("proxy: what is no URL of a proxy ends the source", "[proxy]") {
    const std::string proxy = GENERATE("proxy:3128", "https://proxy", "http://proxy/path");
    CHECK(receive("http://localhost/", {.proxy = proxy}, 1, 5).end == errc::invalid_url);
}

TEST_CASE("unix socket: leads to the server, with TLS and without", "[proxy]") {
    const authority ca;
    const auto context = server_context(ca.issue("DNS:example.org"));
    const std::string path = ca.folder.file("server.sock");
    const bool tls = GENERATE(true, false);
    std::string head;
    {
        const blocking_server server(path, [&](blocking_connection& c, std::size_t) {
            if (tls && !c.handshake(context.get())) return;
            head = c.receive_head();
            c.send(stream_head + "data: a\n\n");
            c.wait_for_end();
        });
        const outcome seen =
            receive(tls ? "https://example.org/x" : "http://example.org/x",
                    {.tls = tls_client({.ca_file = ca.file}), .unix_socket = path});
        CHECK(seen.events.size() == 1);
    }
    CHECK(head.find("GET /x HTTP/1.1\r\nHost: example.org\r\n") == 0);
}

} // namespace integration_proxies_test
