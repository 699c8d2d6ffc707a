// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/net/proxy.hpp>
#include <sse/net/tunnel_fsm.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace net_tunnel_fsm_test {

using sse::errc;
using sse::net::parse_proxy;
using sse::net::proxy;
using sse::net::tunnel_fsm;
using status = tunnel_fsm::status;

/// What an answer leads to, cut into pieces of `size`.
errc answer(std::string_view bytes, std::size_t size) {
    tunnel_fsm fsm({.host = "proxy"}, "example.org", 443);
    auto is = status::need_input;
    for (; !bytes.empty() && is == status::need_input;
         bytes.remove_prefix(std::min(size, bytes.size())))
        is = fsm.feed(bytes.substr(0, size));
    if (is == status::open) return bytes.empty() ? errc::success : errc::bad_framing;
    return is == status::failed ? fsm.error() : errc::truncated;
}

errc answer(std::string_view bytes) { return answer(bytes, bytes.size()); }

TEST_CASE("tunnel: asks for the server's name and port", "[tunnel]") {
    CHECK(tunnel_fsm({.host = "p"}, "example.org", 443).request() ==
          "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n");
    CHECK(tunnel_fsm({.host = "p"}, "example.org", 80).request() ==
          "CONNECT example.org:80 HTTP/1.1\r\nHost: example.org:80\r\n\r\n");
    CHECK(tunnel_fsm({.host = "p"}, "::1", 443).request() ==
          "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n");
}

TEST_CASE("tunnel: sends the credentials of the proxy", "[tunnel]") {
    proxy by;
    REQUIRE(parse_proxy("http://user:p%40ss@proxy:3128", by) == errc::success);
    const std::string request(tunnel_fsm(by, "a", 443).request());
    CHECK(request.find("\r\nProxy-Authorization: Basic dXNlcjpwQHNz\r\n") != std::string::npos);
}

TEST_CASE("tunnel: any 2xx opens it, at every cut", "[tunnel]") {
    for (const std::string_view bytes :
         {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 Connection established\r\n\r\n",
          "HTTP/1.1 204 X\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 299\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\n\n",
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"}) {
        CAPTURE(bytes);
        for (std::size_t size = 1; size <= bytes.size(); ++size)
            CHECK(answer(bytes, size) == errc::success);
        CHECK(answer(bytes.substr(0, bytes.size() - 1)) == errc::truncated);
    }
}

TEST_CASE("tunnel: bytes behind the head are nobody's", "[tunnel]") {
    CHECK(answer("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n") == errc::bad_framing);
    CHECK(answer("HTTP/1.1 200 OK\r\n\r\n\x16") == errc::bad_framing);
}

TEST_CASE("tunnel: a refusal says why", "[tunnel]") {
    CHECK(answer("HTTP/1.1 407 X\r\nProxy-Authenticate: Basic\r\n\r\nbody") ==
          errc::proxy_unauthorized);
    CHECK(answer("HTTP/1.1 401 X\r\n\r\n") == errc::proxy_unauthorized);
    for (const char* const refusal : {"101", "301", "400", "403", "502", "504"}) {
        CAPTURE(refusal);
        CHECK(answer("HTTP/1.1 " + std::string(refusal) + " X\r\n\r\n") == errc::proxy_refused);
    }
}

TEST_CASE("tunnel: garbage and heads without end meet limits", "[tunnel]") {
    CHECK(answer("SSH-2.0-OpenSSH\r\n") == errc::bad_start_line);
    CHECK(answer("HTTP/2 200 OK\r\n\r\n") != errc::success);
    CHECK(answer("HTTP/1.1 200 OK\r\nbad field\r\n\r\n") == errc::bad_field);
    CHECK(answer("HTTP/1.1 200 " + std::string(20'000, 'x')) == errc::start_line_too_long);
    CHECK(answer("HTTP/1.1 200 OK\r\nA: " + std::string(20'000, 'x'), 1000) ==
          errc::head_too_large);
    std::string interims;
    for (int i = 0; i < 20; ++i)
        interims += "HTTP/1.1 100 Continue\r\n\r\n";
    CHECK(answer(interims) == errc::proxy_refused);
}

TEST_CASE("tunnel: a host that cannot be asked for is an error, not a request", "[tunnel]") {
    const tunnel_fsm fsm({.host = "p"}, "a b\r\nX: y", 443);
    CHECK(fsm.error() != errc::success);
    CHECK(fsm.request().empty());
}

TEST_CASE("proxy: takes http URLs with a port and credentials, and nothing behind", "[proxy]") {
    proxy by;
    REQUIRE(parse_proxy("http://Proxy.example:3128", by) == errc::success);
    CHECK(by.host == "proxy.example");
    CHECK(by.port == 3128);
    CHECK(by.authorization == "");
    REQUIRE(parse_proxy("http://user@[::1]/", by) == errc::success);
    CHECK(by.host == "::1");
    CHECK(by.port == 80);
    CHECK(by.authorization == "Basic dXNlcjo=");
    for (const char* const bad : {"", "proxy:3128", "https://proxy:3128", "socks5://proxy",
                                  "http://proxy/path", "http://", "http://a:b:c"}) {
        CAPTURE(bad);
        CHECK(parse_proxy(bad, by) == errc::invalid_url);
    }
    CHECK(by.host == "::1");
}

} // namespace net_tunnel_fsm_test
