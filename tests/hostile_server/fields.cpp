// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "scenario.hpp"
#include "support/catch.hpp"

#include <string>

namespace hostile_server_fields_test {

using namespace sse::testing;
using namespace std::string_literals;

namespace {

/// A request with these field lines and no Host of ours.
std::string bare(const std::string& fields, const std::string& version = "HTTP/1.1") {
    return "GET /hello " + version + "\r\n" + fields + "\r\n";
}

} // namespace

TEST_CASE("hostile client: header fields", "[hostile_server]") {
    play({
        served("names in any case", bare("hOST: localhost\r\n")),
        served("no blank behind the colon", bare("Host:localhost\r\n")),
        served("blanks around a value", bare("Host: \t localhost \t\r\n")),
        served("an empty value", get("/hello", "X:\r\n")),
        served("bytes above ASCII in a value", get("/hello", "X: \xE4\xFF\r\n")),
        served("a tab in a value", get("/hello", "X: a\tb\r\n")),
        refused("a blank before the colon", get("/hello", "X : y\r\n"), "400"),
        refused("a tab before the colon", get("/hello", "X\t: y\r\n"), "400"),
        refused("no colon", get("/hello", "X\r\n"), "400"),
        refused("no name", get("/hello", ": y\r\n"), "400"),
        refused("a blank in front of the first field", bare(" " + host), "400"),
        refused("a folded value", get("/hello", "X: y\r\n z\r\n"), "400"),
        refused("a value folded by a tab", get("/hello", "X: y\r\n\tz\r\n"), "400"),
        refused("a folded Host", bare("Host:\r\n localhost\r\n"), "400"),
        refused("a line of blanks", get("/hello", "X: y\r\n  \r\n"), "400"),
        refused("a NUL in a value", get("/hello", "X: a\0b\r\n"s), "400"),
        refused("a NUL in a name", get("/hello", "X\0: b\r\n"s), "400"),
        refused("an escape in a value", get("/hello", "X: a\x1b[0m\r\n"), "400"),
        refused("a DEL in a value", get("/hello", "X: a\x7f\r\n"), "400"),
        refused("a form feed in a value", get("/hello", "X: a\x0c\r\n"), "400"),
        refused("a CR in a value", get("/hello", "X: a\rb\r\n"), "400"),
        refused("a CR in a name", get("/hello", "X\r: b\r\n"), "400"),
        refused("a line ended by a lone LF", get("/hello", "X: a\n"), "400"),
        refused("a head ended by a lone LF", "GET /hello HTTP/1.1\r\n" + host + "\n", "400"),
        refused("a head ended by CR CR LF", "GET /hello HTTP/1.1\r\n" + host + "\r\r\n", "400"),
        refused("a name of bytes above ASCII", get("/hello", "\xC3\xA4: b\r\n"), "400"),
        refused("a name with a slash", get("/hello", "A/B: b\r\n"), "400"),
        refused("a name with brackets", get("/hello", "A[0]: b\r\n"), "400"),
        refused("a name in quotes", get("/hello", "\"Host\": b\r\n"), "400"),
        refused("a request line among the fields", get("/hello", "GET /smuggled HTTP/1.1\r\n"),
                "400"),
    });
}

TEST_CASE("hostile client: Host", "[hostile_server]") {
    play({
        served("a name", bare(host)),
        served("with a port", bare("Host: localhost:8080\r\n")),
        served("with an empty port", bare("Host: localhost:\r\n")),
        served("an address", bare("Host: 127.0.0.1\r\n")),
        served("an IPv6 address", bare("Host: [::1]:80\r\n")),
        served("in another case", bare("Host: LocalHost\r\n")),
        {"another name", {bare("Host: evil.example\r\n")}, {"421"}, scenario::end::kept},
        {"a name that begins the same",
         {bare("Host: localhost.evil.example\r\n")},
         {"421"},
         scenario::end::kept},
        {"a name with a point behind",
         {bare("Host: evil.example.\r\n")},
         {"421"},
         scenario::end::kept},
        {"an address written otherwise",
         {bare("Host: 2130706433\r\n")},
         {"421"},
         scenario::end::kept},
        refused("none", bare(""), "400"),
        refused("an empty one", bare("Host:\r\n"), "400"),
        refused("two", bare(host + host), "400"),
        refused("two in different cases", bare(host + "HOST: evil.example\r\n"), "400"),
        refused("a list", bare("Host: localhost, evil.example\r\n"), "400"),
        refused("two words", bare("Host: localhost evil.example\r\n"), "400"),
        refused("user info", bare("Host: a@localhost\r\n"), "400"),
        refused("a path", bare("Host: localhost/x\r\n"), "400"),
        refused("a URL", bare("Host: http://localhost\r\n"), "400"),
        refused("a port of letters", bare("Host: localhost:http\r\n"), "400"),
        refused("a port too large", bare("Host: localhost:65536\r\n"), "400"),
        refused("a port with a sign", bare("Host: localhost:+80\r\n"), "400"),
        refused("two ports", bare("Host: localhost:80:80\r\n"), "400"),
        refused("a port and no name", bare("Host: :80\r\n"), "400"),
        refused("an IPv6 address without brackets", bare("Host: ::1\r\n"), "400"),
        refused("an open bracket", bare("Host: [::1\r\n"), "400"),
        refused("a zone", bare("Host: [fe80::1%25lo]\r\n"), "400"),
        refused("no address in brackets", bare("Host: [localhost]\r\n"), "400"),
        refused("bytes above ASCII", bare("Host: \xC3\xA4.example\r\n"), "400"),
        refused("none with an absolute target", "GET http://localhost/hello HTTP/1.1\r\n\r\n",
                "400"),
        refused("a bad one with an absolute target",
                "GET http://localhost/hello HTTP/1.1\r\nHost: a b\r\n\r\n", "400"),
        served("another one than the absolute target's",
               "GET http://localhost/hello HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
    });
}

TEST_CASE("hostile client: Connection and HTTP/1.0", "[hostile_server]") {
    using end = scenario::end;
    const std::string hello = "200 hello";
    play(
        {
            {"close", {get("/hello", "Connection: close\r\n")}, {hello}, end::closed},
            {"close in another case",
             {get("/hello", "Connection: ClOsE\r\n")},
             {hello},
             end::closed},
            {"close in a list",
             {get("/hello", "Connection: a, close ,b\r\n")},
             {hello},
             end::closed},
            {"close on a second line",
             {get("/hello", "Connection: a\r\nConnection: close\r\n")},
             {hello},
             end::closed},
            {"close beats keep-alive",
             {get("/hello", "Connection: keep-alive, close\r\n")},
             {hello},
             end::closed},
            {"close with a request behind in the same piece",
             {get("/hello", "Connection: close\r\n") + get("/smuggled")},
             {hello},
             end::closed},
            served("keep-alive", get("/hello", "Connection: keep-alive\r\n")),
            served("an empty list", get("/hello", "Connection: ,, ,\r\n")),
            served("a word that begins with close", get("/hello", "Connection: closed\r\n")),
            served("close in quotes", get("/hello", "Connection: \"close\"\r\n")),
            served("an upgrade that is not known",
                   get("/hello", "Connection: Upgrade\r\nUpgrade: h2c\r\n")),
            {"HTTP/1.0", {bare(host, "HTTP/1.0")}, {hello}, end::closed},
            {"HTTP/1.0 without Host", {bare("", "HTTP/1.0")}, {hello}, end::closed},
            {"HTTP/1.0 and keep-alive",
             {bare("Connection: Keep-Alive\r\n", "HTTP/1.0")},
             {hello},
             end::kept,
             {"Connection: keep-alive\r\n"}},
            {"HTTP/1.0 with keep-alive and close",
             {bare("Connection: keep-alive\r\nConnection: close\r\n", "HTTP/1.0")},
             {hello},
             end::closed},
            {"a stream over HTTP/1.0 has no chunks",
             {"GET /stream HTTP/1.0\r\n\r\n"},
             {"200 data: a\n\n"},
             end::closed,
             {"!chunked"}},
            {"a stream over HTTP/1.0 ends the connection whatever was asked",
             {"GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"},
             {"200 data: a\n\n"},
             end::closed,
             {"!chunked", "!keep-alive"}},
            {"the head of a stream over HTTP/1.0",
             {"HEAD /stream HTTP/1.0\r\n\r\n"},
             {"200 HEAD"},
             end::closed,
             {"!chunked"}},
            refused("HTTP/1.0 with two Hosts", bare(host + host, "HTTP/1.0"), "400"),
            refused("HTTP/1.0 with a bad Host", bare("Host: a b\r\n", "HTTP/1.0"), "400"),
        },
        {.hosts = texts{}});
}

} // namespace hostile_server_fields_test
