// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "scenario.hpp"
#include "support/catch.hpp"

#include <string>

namespace hostile_server_request_lines_test {

using namespace sse::testing;
using namespace std::string_literals;
using end = scenario::end;

namespace {

/// A request with this request line.
std::string line(std::string text) { return std::move(text) + "\r\n" + host + "\r\n"; }

} // namespace

TEST_CASE("hostile client: request lines", "[hostile_server]") {
    play({
        served("a plain one", line("GET /hello HTTP/1.1")),
        served("a later minor version", line("GET /hello HTTP/1.9")),
        served("an empty line in front", "\r\n" + line("GET /hello HTTP/1.1")),
        refused("two empty lines in front", "\r\n\r\n" + line("GET /hello HTTP/1.1"), "400"),
        refused("a lone LF in front", "\n" + line("GET /hello HTTP/1.1"), "400"),
        refused("a blank in front", line(" GET /hello HTTP/1.1"), "400"),
        refused("a blank behind", line("GET /hello HTTP/1.1 "), "400"),
        refused("two blanks in the middle", line("GET  /hello HTTP/1.1"), "400"),
        refused("two blanks before the version", line("GET /hello  HTTP/1.1"), "400"),
        refused("tabs for blanks", line("GET\t/hello\tHTTP/1.1"), "400"),
        refused("a blank in the target", line("GET /hel lo HTTP/1.1"), "400"),
        refused("no target", line("GET HTTP/1.1"), "400"),
        refused("no method", line("/hello HTTP/1.1"), "400"),
        refused("an empty target", line("GET  HTTP/1.1"), "400"),
        refused("ended by a lone LF", "GET /hello HTTP/1.1\n" + host + "\r\n", "400"),
        refused("ended by a lone CR", "GET /hello HTTP/1.1\r" + host + "\r\n", "400"),
        refused("ended by CR CR LF", "GET /hello HTTP/1.1\r\r\n" + host + "\r\n", "400"),
        refused("a NUL in the target", line("GET /he\0llo HTTP/1.1"s), "400"),
        refused("a DEL in the target", line("GET /he\x7fllo HTTP/1.1"), "400"),
        refused("a byte above ASCII in the target", line("GET /h\xC3\xA4 HTTP/1.1"), "400"),
        refused("angle brackets in the target", line("GET /<script> HTTP/1.1"), "400"),
        refused("a quote in the target", line("GET /a\"b HTTP/1.1"), "400"),
        refused("a NUL for a method", line("\0 /hello HTTP/1.1"s), "400"),
        refused("a method with brackets", line("G(E)T /hello HTTP/1.1"), "400"),
        refused("a method with a colon", line("GET: /hello HTTP/1.1"), "400"),
    });
}

TEST_CASE("hostile client: versions and other protocols", "[hostile_server]") {
    play({
        refused("HTTP/2.0", line("GET /hello HTTP/2.0"), "505"),
        refused("HTTP/0.9", line("GET /hello HTTP/0.9"), "505"),
        refused("HTTP/3.0", line("GET /hello HTTP/3.0"), "505"),
        refused("two digits", line("GET /hello HTTP/1.10"), "400"),
        refused("leading zeros", line("GET /hello HTTP/01.1"), "400"),
        refused("no minor version", line("GET /hello HTTP/1"), "400"),
        refused("no point", line("GET /hello HTTP/11 "), "400"),
        refused("lower case", line("GET /hello http/1.1"), "400"),
        refused("another protocol's", line("GET /hello RTSP/1.0"), "400"),
        refused("the request of HTTP/0.9", "GET /hello\r\n", "400"),
        {"the request of HTTP/0.9, which waits", {"GET /hello\r\n"}, {"400"}, end::silent},
        refused("the preface of HTTP/2",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"s + "\0\0\0\x04\0\0\0\0\0"s, "400"),
        refused("TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s + std::string(300, '\x11'),
                "400"),
        refused("TLS of old", "\x80\x2e\x01\x00\x02"s, "400"),
        {"SSH", {"SSH-2.0-OpenSSH_9.2\r\n"}, {"400"}, end::silent},
        {"SMTP", {"EHLO example.org\r\n"}, {"400"}, end::silent},
        {"memcached", {"stats\r\n"}, {"400"}, end::silent},
        {"redis", {"*1\r\n$4\r\nPING\r\n"}, {"400"}, end::silent},
        refused("the header of a proxy", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "400"),
        refused("the header of a proxy in bytes", "\r\n\r\n\0\r\nQUIT\n"s, "400"),
        refused("JSON", "{\"a\":1}\r\n", "400"),
        refused("0xFF", std::string(100, '\xff'), "400"),
        refused("zeros", std::string(100, '\0'), "400"),
    });
}

TEST_CASE("hostile client: methods", "[hostile_server]") {
    play({
        {"HEAD", {ask("HEAD", "/hello")}, {"200 HEAD"}, end::kept, {"Content-Length: 5\r\n"}},
        {"another one of the path's",
         {ask("DELETE", "/hello")},
         {"405"},
         end::kept,
         {"Allow: GET, HEAD, OPTIONS\r\n"}},
        {"a path without GET", {get("/thing")}, {"405"}, end::kept, {"Allow: DELETE, OPTIONS\r\n"}},
        {"HEAD without GET", {ask("HEAD", "/thing")}, {"405 HEAD"}, end::kept},
        {"lower case", {ask("get", "/hello")}, {"405"}, end::kept},
        {"an unknown one", {ask("BREW", "/hello")}, {"405"}, end::kept},
        {"one of odd characters", {ask("!#$%&'*+-.^_`|~", "/hello")}, {"405"}, end::kept},
        {"TRACE", {ask("TRACE", "/hello", "X: secret\r\n")}, {"405"}, end::kept, {"!secret"}},
        {"an unknown one for an unknown path", {ask("BREW", "/x")}, {"404"}, end::kept},
        {"OPTIONS", {ask("OPTIONS", "/echo")}, {"204"}, end::kept, {"Allow: POST, OPTIONS\r\n"}},
        {"OPTIONS for the server", {ask("OPTIONS", "*")}, {"204"}, end::kept, {"Allow: "}},
        {"OPTIONS with a body",
         {ask("OPTIONS", "*", "Content-Length: 3\r\n") + "abc"},
         {"204"},
         end::kept},
        {"OPTIONS for an unknown path", {ask("OPTIONS", "/x")}, {"404"}, end::kept},
        refused("GET of the asterisk", get("*"), "400"),
        refused("CONNECT of a path", ask("CONNECT", "/hello"), "400"),
        refused("CONNECT without a port", ask("CONNECT", "localhost"), "400"),
        refused("CONNECT with bytes for the tunnel", ask("CONNECT", "localhost:80"), "404"),
        refused("GET of an authority", get("localhost:80"), "400"),
        served("a method that is like another but for its case", ask("get", "/lower")),
    });
}

TEST_CASE("hostile client: targets", "[hostile_server]") {
    play({
        served("with a query", get("/hello?a=b")),
        served("with a query of anything", get("/hello?%zz&&==&%")),
        served("in absolute form", get("http://localhost/hello")),
        served("in absolute form, in another case", get("HTTP://LOCALHOST/hello")),
        served("in absolute form, with another port", get("http://localhost:1/hello")),
        served("in absolute form, of https", get("https://localhost/hello")),
        {"in absolute form, without a path", {get("http://localhost")}, {"404"}, end::kept},
        {"in absolute form, with a query only",
         {get("http://localhost?/hello")},
         {"404"},
         end::kept},
        {"in absolute form, of another host",
         {get("http://evil.example/hello")},
         {"421"},
         end::kept},
        refused("in absolute form, with user info", get("http://a@localhost/hello"), "400"),
        refused("in absolute form, without a host", get("http:///hello"), "400"),
        refused("in absolute form, with a bad port", get("http://localhost:x/hello"), "400"),
        refused("in absolute form, of another scheme", get("ftp://localhost/hello"), "400"),
        refused("in absolute form, of a file", get("file:///etc/passwd"), "400"),
        refused("relative", get("hello"), "400"),
        refused("javascript", get("javascript:alert(1)"), "400"),
        served("escapes in a segment", get("/item/a%20b%2Fc%C3%A4/end"), "200 a b/c\xC3\xA4"),
        served("an escaped NUL is a NUL", get("/item/a%00b/end"), "200 a\0b"s),
        served("an escaped line end is one, and only there", get("/item/a%0d%0aX:%20y/end"),
               "200 a\r\nX: y"),
        {"a percent sign without digits", {get("/item/a%zz/end")}, {"400"}, end::kept},
        {"a percent sign at the end", {get("/item/%/end")}, {"400"}, end::kept},
        {"half an escape at the end", {get("/rest/%4")}, {"400"}, end::kept},
        {"an empty segment", {get("/item//end")}, {"404"}, end::kept},
        {"two slashes in front", {get("//hello")}, {"404"}, end::kept},
        {"a slash behind", {get("/hello/")}, {"404"}, end::kept},
        served("dots are text", get("/rest/../../etc/passwd"), "200 ../../etc/passwd"),
        served("escaped dots and slashes are text", get("/rest/%2e%2e%2fetc"), "200 ../etc"),
        served("a backslash is text", get("/rest/a\\b"), "200 a\\b"),
        served("the query is decoded", get("/query?a=1%202+3"), "200 1 2 3"),
        {"4,000 segments",
         {get("/rest" + repeated("/a", 3'500))},
         {"200 " + repeated("a/", 3'499) + "a"},
         end::kept,
         {},
         false},
        {"1,000 parameters",
         {get("/query?" + repeated("b=c&", 1'000) + "a=d")},
         {"200 d"},
         end::kept,
         {},
         false},
    });
}

} // namespace hostile_server_request_lines_test
