// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "scenario.hpp"
#include "support/catch.hpp"

#include <cstddef>
#include <string>

namespace hostile_client_heads_test {

using namespace sse::testing;
using namespace std::chrono_literals;

namespace {

const std::string event_a = "data: a\n\n";

/// A response that is an event stream, whatever it looks like.
scenario accepted(const std::string& name, const std::string& response_head) {
    return {name, {{send(response_head + event_a)}}, {opened, "a"}};
}

/// A response that is no HTTP: a network error, so there is another attempt.
scenario broken(const std::string& name, const std::string& bytes, const std::string& error) {
    return {name, {{send(bytes)}}, {"! " + error + " +1000"}};
}

std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    while (times-- > 0)
        all += text;
    return all;
}

} // namespace

TEST_CASE("hostile server: status lines", "[hostile_client]") {
    const std::string rest = "\r\n" + type_field + "\r\n";
    play({
        accepted("HTTP/1.1 with a reason", "HTTP/1.1 200 OK" + rest),
        accepted("HTTP/1.0", "HTTP/1.0 200 OK" + rest),
        accepted("an empty reason", "HTTP/1.1 200 " + rest),
        accepted("no reason and no space", "HTTP/1.1 200" + rest),
        accepted("a reason of other bytes", "HTTP/1.1 200 \xC3\xA4\xFF \t!" + rest),
        accepted("a reason that looks like a status", "HTTP/1.1 200 404 Not Found" + rest),
        accepted("a later minor version", "HTTP/1.9 200 OK" + rest),
        accepted("lines that end with LF alone",
                 "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n"),
        broken("HTTP/2.0", "HTTP/2.0 200 OK" + rest, "bad_version"),
        broken("HTTP/0.9", "HTTP/0.9 200 OK" + rest, "bad_version"),
        broken("two digits after the point", "HTTP/1.10 200 OK" + rest, "bad_start_line"),
        broken("lower case", "http/1.1 200 OK" + rest, "bad_start_line"),
        broken("another protocol", "ICY 200 OK" + rest, "bad_start_line"),
        broken("TLS", "\x15\x03\x01", "bad_start_line"),
        broken("HTML without a head", "<html>", "bad_start_line"),
        broken("an event without a head", "data: a\n\n", "bad_start_line"),
        broken("a status of two digits", "HTTP/1.1 20 OK" + rest, "bad_start_line"),
        broken("a status of four digits", "HTTP/1.1 2000 OK" + rest, "bad_start_line"),
        broken("a status with a sign", "HTTP/1.1 +20 OK" + rest, "bad_start_line"),
        broken("a status below 100", "HTTP/1.1 099 OK" + rest, "bad_start_line"),
        broken("two spaces", "HTTP/1.1  200 OK" + rest, "bad_start_line"),
        broken("a tab in place of the space", "HTTP/1.1\t200 OK" + rest, "bad_start_line"),
        broken("no status", "HTTP/1.1" + rest, "bad_start_line"),
        broken("a NUL in the reason", std::string("HTTP/1.1 200 O\0K", 16) + rest,
               "bad_start_line"),
        broken("a CR in the reason", "HTTP/1.1 200 O\rK" + rest, "bad_start_line"),
        broken("a blank line and no more", "\r\n", "bad_start_line"),
        broken("a status line of 9,000 bytes", "HTTP/1.1 200 " + std::string(9000, 'x') + rest,
               "start_line_too_long"),
        broken("a status line without end", "HTTP/1.1 200 " + std::string(9000, 'x'),
               "start_line_too_long"),
        {"a status of 999",
         {{send(head("999 What"))}},
         {"! unexpected_status", "= unexpected_status"}},
    });
}

TEST_CASE("hostile server: header fields", "[hostile_client]") {
    play({
        accepted("names in any case", "HTTP/1.1 200 OK\r\ncOnTeNt-tYpE:text/event-stream\r\n\r\n"),
        accepted("blanks around values",
                 "HTTP/1.1 200 OK\r\nContent-Type: \t text/event-stream \t\r\nX:\r\n\r\n"),
        accepted("bytes above ASCII in values", stream("X: \xE4\xFF\r\n")),
        accepted("a continuation line",
                 "HTTP/1.1 200 OK\r\nContent-Type:\r\n text/event-stream\r\n\r\n"),
        accepted("a hundred fields", stream(repeated("X: y\r\n", 99))),
        broken("101 fields", stream(repeated("X: y\r\n", 100)), "too_many_fields"),
        broken("a head of 16 KiB", stream("X: " + std::string(16 * 1024, 'x') + "\r\n"),
               "head_too_large"),
        broken("a field without end", "HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x'),
               "head_too_large"),
        broken("a line without a colon", stream("X\r\n"), "bad_field"),
        broken("a name without text", stream(": x\r\n"), "bad_field"),
        broken("a blank before the colon", stream("X : y\r\n"), "bad_field"),
        broken("a NUL in a value", stream(std::string("X: a\0b\r\n", 8)), "bad_field"),
        broken("a CR in a value", stream("X: a\rb\r\n"), "bad_field"),
        broken("a control in a name", stream("X\x01: a\r\n"), "bad_field"),
        broken("a continuation of nothing", "HTTP/1.1 200 OK\r\n X: y\r\n" + type_field + "\r\n",
               "bad_field"),
    });
}

TEST_CASE("hostile server: interim responses", "[hostile_client]") {
    const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
    play({
        accepted("100", interim + ok),
        accepted("102", "HTTP/1.1 102 Processing\r\n\r\n" + ok),
        accepted("103 with fields", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n"
                                    "Content-Type: text/html\r\nContent-Length: 7\r\n\r\n" +
                                        ok),
        accepted("103 with a location", "HTTP/1.1 103 Early Hints\r\nLocation: /y\r\n\r\n" + ok),
        accepted("199", "HTTP/1.1 199 x\r\n\r\n" + ok),
        accepted("sixteen of them", repeated(interim, 16) + ok),
        broken("seventeen of them", repeated(interim, 17) + ok, "head_too_large"),
        {"100 and then 204",
         {{send(interim + head("204 No Content"))}},
         {"! no_content", "= no_content"}},
        {"100 and then nothing", {{send(interim), end()}}, {"! truncated +1000"}},
        {"events behind 100", {{send(interim + event_a)}}, {"! bad_start_line +1000"}},
        {"101 to no upgrade",
         {{send(head("101 Switching Protocols", type_field) + event_a)}},
         {"! unexpected_status", "= unexpected_status"}},
    });
}

TEST_CASE("hostile server: the connection ends before the head does", "[hostile_client]") {
    play({
        {"end at once",
         {connection(connection::kind::interrupt, {end()})},
         {"! broken pipe +1000"}},
        {"reset at once",
         {connection(connection::kind::interrupt, {reset()})},
         {"! reset +1000"},
         {},
         {},
         "http://a/x",
         false},
        {"end behind the request", {{end()}}, {"! truncated +1000"}},
        {"half-close behind the request", {{half_close()}}, {"! truncated +1000"}},
        {"reset behind the request", {{reset()}}, {"! reset +1000"}},
        {"end in the status line", {{send("HTTP/1."), end()}}, {"! truncated +1000"}},
        {"end in a field", {{send("HTTP/1.1 200 OK\r\nX: "), end()}}, {"! truncated +1000"}},
        {"end before the blank line",
         {{send("HTTP/1.1 204 No Content\r\n"), end()}},
         {"! truncated +1000"}},
        {"refused", {refused(), refused()}, {"! refused +1000", "! refused +2000"}},
        {"a response before the request",
         {connection(connection::kind::interrupt, {send(ok + event_a)})},
         {opened, "a"}},
    });
}

TEST_CASE("hostile server: a head that comes too slowly", "[hostile_client]") {
    const auto drip = [](const std::string& bytes, std::size_t size,
                         std::chrono::milliseconds time) {
        connection c(connection::kind::answer);
        for (std::size_t at = 0; at < bytes.size(); at += size) {
            c.acts.push_back(send(bytes.substr(at, size)));
            c.acts.push_back(pause(time));
        }
        c.acts.push_back(end());
        return c;
    };
    play({
        {"nothing", {{}, refused()}, {"! head_timeout +1000", "! refused +2000"}},
        {"byte by byte", {drip(ok, 1, 1s)}, {"! head_timeout +1000"}},
        {"line by line", {drip(ok, 10, 7s)}, {"! head_timeout +1000"}},
        {"interim responses for ever",
         {drip(repeated("HTTP/1.1 100 x\r\n\r\n", 12), 18, 5s)},
         {"! head_timeout +1000"}},
        {"just in time", {drip(ok + event_a, 20, 5s)}, {opened, "a", "! end_of_stream +1000"}},
        {"a body after a fast head", {{send(ok), pause(1h), send(event_a)}}, {opened, "a"}},
        {"no connection",
         {hanging(), hanging()},
         {"! connect_timeout +1000", "! connect_timeout +2000"}},
        {"the deadline is an option",
         {{pause(3s), send(ok)}},
         {"! head_timeout +1000"},
         {},
         [](auto& o) { o.timeouts.head = 2s; }},
    });
}

} // namespace hostile_client_heads_test
