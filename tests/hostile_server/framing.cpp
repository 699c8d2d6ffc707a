// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "scenario.hpp"
#include "support/catch.hpp"

#include <string>

namespace hostile_server_framing_test {

using namespace sse::testing;
using namespace std::string_literals;
using end = scenario::end;

namespace {

const std::string smuggled = get("/smuggled");

/// A body announced in a way that must be refused, with something in it that is no request.
scenario odd(std::string what, const std::string& fields, std::string status = "400") {
    return refused(std::move(what), echo(fields, "5\r\n" + smuggled + "0\r\n\r\n"),
                   std::move(status));
}

} // namespace

TEST_CASE("hostile client: Content-Length", "[hostile_server]") {
    play({
        served("a body", echo("Content-Length: 3\r\n", "abc"), "200 abc"),
        served("of nothing", echo("Content-Length: 0\r\n", ""), "200 "),
        served("leading zeros", echo("Content-Length: 0003\r\n", "abc"), "200 abc"),
        served("none means none", echo("", ""), "200 "),
        served("a body that is a request",
               echo("Content-Length: " + std::to_string(smuggled.size()) + "\r\n", smuggled),
               "200 " + smuggled),
        odd("a sign", "Content-Length: +3\r\n"),
        odd("negative", "Content-Length: -1\r\n"),
        odd("minus zero", "Content-Length: -0\r\n"),
        odd("hexadecimal", "Content-Length: 0x3\r\n"),
        odd("a point", "Content-Length: 3.0\r\n"),
        odd("an exponent", "Content-Length: 3e0\r\n"),
        odd("blanks", "Content-Length: 3 3\r\n"),
        odd("empty", "Content-Length:\r\n"),
        odd("a letter behind", "Content-Length: 3a\r\n"),
        odd("a list of equals", "Content-Length: 3, 3\r\n"),
        odd("a list", "Content-Length: 3, 4\r\n"),
        odd("a comma", "Content-Length: 3,\r\n"),
        odd("two lines of equals", "Content-Length: 3\r\nContent-Length: 3\r\n"),
        odd("two lines", "Content-Length: 3\r\nContent-Length: 4\r\n"),
        odd("two lines, one of them empty", "Content-Length: 3\r\nContent-Length:\r\n"),
        odd("in quotes", "Content-Length: \"3\"\r\n"),
        odd("more than 64 bits", "Content-Length: 18446744073709551619\r\n"),
        odd("a hundred digits", "Content-Length: " + std::string(100, '9') + "\r\n"),
        odd("folded", "Content-Length:\r\n 3\r\n"),
        odd("a NUL behind", "Content-Length: 3\0\r\n"s),
        odd("digits of another script", "Content-Length: \xD9\xA3\r\n"),
        odd("64 bits", "Content-Length: 18446744073709551615\r\n", "413"),
        odd("a blank before the colon", "Content-Length : 3\r\n"),
    });
}

TEST_CASE("hostile client: Transfer-Encoding", "[hostile_server]") {
    const std::string two = "Transfer-Encoding: chunked\r\n";
    play({
        served("chunked", echo_chunks("3\r\nabc\r\n0\r\n\r\n"), "200 abc"),
        served("chunked in another case", echo("transfer-ENCODING: ChUnKeD\r\n", "0\r\n\r\n"),
               "200 "),
        odd("with a length", two + "Content-Length: 3\r\n"),
        odd("with a length in front", "Content-Length: 3\r\n" + two),
        odd("with a length of nothing", two + "Content-Length: 0\r\n"),
        odd("with a bad length", two + "Content-Length: x\r\n"),
        odd("twice", two + two),
        odd("twice in a list", "Transfer-Encoding: chunked, chunked\r\n"),
        odd("not last", "Transfer-Encoding: chunked, gzip\r\n"),
        odd("not last, on two lines", two + "Transfer-Encoding: identity\r\n"),
        odd("empty", "Transfer-Encoding:\r\n"),
        odd("an empty element", "Transfer-Encoding: chunked,\r\n"),
        odd("an empty element in front", "Transfer-Encoding: ,chunked\r\n"),
        odd("a parameter", "Transfer-Encoding: chunked;q=1\r\n"),
        odd("in quotes", "Transfer-Encoding: \"chunked\"\r\n"),
        odd("two words", "Transfer-Encoding: chunked x\r\n"),
        odd("a vertical tab in front", "Transfer-Encoding: \x0b"
                                       "chunked\r\n"),
        odd("a NUL behind", "Transfer-Encoding: chunked\0\r\n"s),
        odd("folded", "Transfer-Encoding:\r\n chunked\r\n"),
        odd("a blank before the colon", "Transfer-Encoding : chunked\r\n"),
        odd("a line feed before the value", "Transfer-Encoding:\n chunked\r\n"),
        odd("gzip", "Transfer-Encoding: gzip\r\n", "501"),
        odd("gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n", "501"),
        odd("identity", "Transfer-Encoding: identity\r\n", "501"),
        odd("identity, chunked", "Transfer-Encoding: identity, chunked\r\n", "501"),
        odd("a word that ends the same", "Transfer-Encoding: xchunked\r\n", "501"),
        odd("a word that begins the same", "Transfer-Encoding: chunkedx\r\n", "501"),
        refused("in HTTP/1.0", "POST /echo HTTP/1.0\r\n" + host + two + "\r\n0\r\n\r\n" + smuggled,
                "400"),
        refused("on a GET with a length",
                get("/hello", two + "Content-Length: 5\r\n") + "0\r\n\r\n" + smuggled, "400"),
    });
}

TEST_CASE("hostile client: chunks", "[hostile_server]") {
    const std::string last = "0\r\n\r\n";
    const auto broken = [&](std::string what, const std::string& body, std::string status = "400") {
        return refused(std::move(what), echo_chunks(body + smuggled), std::move(status));
    };
    play({
        served("several", echo_chunks("1\r\na\r\n2\r\nbc\r\n" + last), "200 abc"),
        served("sizes in either case", echo_chunks("a\r\n0123456789\r\nA\r\n0123456789\r\n" + last),
               "200 01234567890123456789"),
        served("leading zeros", echo_chunks("0000000000000003\r\nabc\r\n" + last), "200 abc"),
        served("a last chunk of many zeros", echo_chunks("3\r\nabc\r\n000\r\n\r\n"), "200 abc"),
        served("extensions", echo_chunks("3;a;b=c;d=\"e\\\"\";f = g\r\nabc\r\n0;x\r\n\r\n"),
               "200 abc"),
        served("trailers", echo_chunks("3\r\nabc\r\n0\r\nX: y\r\nContent-Length: 9\r\n\r\n"),
               "200 abc"),
        served("a trailer that names another coding",
               echo_chunks("3\r\nabc\r\n0\r\nTransfer-Encoding: gzip\r\n\r\n"), "200 abc"),
        served("a payload that looks like chunks", echo_chunks("5\r\n0\r\n\r\n\r\n" + last),
               "200 0\r\n\r\n"),
        broken("0x in front", "0x3\r\nabc\r\n" + last),
        broken("a sign", "+3\r\nabc\r\n" + last),
        broken("negative", "-3\r\nabc\r\n" + last),
        broken("no digit", "\r\nabc\r\n" + last),
        broken("no digit but an extension", ";a\r\nabc\r\n" + last),
        broken("no hexadecimal digit", "g\r\nabc\r\n" + last),
        broken("a blank in front", " 3\r\nabc\r\n" + last),
        broken("a blank behind", "3 \r\nabc\r\n" + last),
        broken("an underscore", "1_0\r\n0123456789abcdef\r\n" + last),
        broken("a point", "3.0\r\nabc\r\n" + last),
        broken("17 digits", "00000000000000003\r\nabc\r\n" + last),
        broken("more than 64 bits", "10000000000000003\r\nabc\r\n" + last),
        broken("64 bits", "ffffffffffffffff\r\nabc\r\n" + last, "413"),
        broken("a size ended by a lone LF", "3\nabc\r\n" + last),
        broken("a size ended by a lone CR", "3\rabc\r\n" + last),
        broken("a size ended by CR CR LF", "3\r\r\nabc\r\n" + last),
        broken("a payload ended by a lone LF", "3\r\nabc\n" + last),
        broken("a payload ended by nothing", "3\r\nabc" + last),
        broken("a payload too long", "3\r\nabcd\r\n" + last),
        broken("a payload too short", "3\r\nab\r\n" + last),
        broken("a last chunk ended by a lone LF", "3\r\nabc\r\n0\n\r\n"),
        broken("an end by a lone LF", "3\r\nabc\r\n0\r\n\n"),
        broken("a lone LF in an extension", "3;a\nabc\r\n" + last),
        broken("a CR in an extension", "3;a\rb\r\nabc\r\n" + last),
        broken("a NUL in an extension", "3;a\0\r\nabc\r\n"s + last),
        broken("a line end in quotes", "3;a=\"\r\n\"\r\nabc\r\n" + last),
        broken("an extension without a name", "3;\r\nabc\r\n" + last),
        broken("an extension without a value", "3;a=\r\nabc\r\n" + last),
        broken("a trailer without a colon", "0\r\nX\r\n\r\n"),
        broken("a trailer without a name", "0\r\n: x\r\n\r\n"),
        broken("a trailer with a blank before the colon", "0\r\nX : y\r\n\r\n"),
        broken("a folded trailer", "0\r\nX: y\r\n z\r\n\r\n"),
        broken("a trailer ended by a lone LF", "0\r\nX: y\n\r\n"),
        broken("a trailer with a NUL", "0\r\nX: \0\r\n\r\n"s),
        broken("a request for a trailer", "0\r\n"),
        {"extensions of 2,000 bytes",
         {echo_chunks("3;" + std::string(2000, 'a') + "\r\nabc\r\n")},
         {"431"}},
        {"trailers of 9,000 bytes",
         {echo_chunks("0\r\n" + repeated("X: " + std::string(90, 'y') + "\r\n", 97) + "\r\n")},
         {"431"},
         end::closed,
         {},
         false},
        {"200 trailers",
         {echo_chunks("0\r\n" + repeated("X: y\r\n", 200) + "\r\n")},
         {"431"},
         end::closed,
         {},
         false},
    });
}

TEST_CASE("hostile client: bodies that nobody reads", "[hostile_server]") {
    const std::string length = "Content-Length: " + std::to_string(smuggled.size()) + "\r\n";
    const std::string coding = "Transfer-Encoding: chunked\r\n";
    const auto body = [&](const std::string& method, const std::string& target) {
        return ask(method, target, length) + smuggled;
    };
    play({
        served("of GET", body("GET", "/hello")),
        served("of GET, in chunks", get("/hello", coding) + "3\r\nabc\r\n0\r\n\r\n"),
        {"of HEAD", {body("HEAD", "/hello")}, {"200 HEAD"}, end::kept},
        {"of DELETE", {body("DELETE", "/thing")}, {"200 hello"}, end::kept},
        {"of OPTIONS", {body("OPTIONS", "/hello")}, {"204"}, end::kept},
        {"of an unknown method", {body("BREW", "/hello")}, {"405"}, end::kept},
        {"for an unknown path", {body("POST", "/x")}, {"404"}, end::kept},
        {"for a name that is not served",
         {"POST /echo HTTP/1.1\r\nHost: evil.example\r\n" + length + "\r\n" + smuggled},
         {"421"},
         end::kept},
        {"of a stream's request", {body("POST", "/stream")}, {"200 data: a\n\n"}, end::kept},
        {"of a stream's request, by GET", {body("GET", "/stream")}, {"200 data: a\n\n"}, end::kept},
        {"of CONNECT", {body("CONNECT", "localhost:80")}, {"404"}, end::closed},
        {"cut by the end",
         {ask("POST", "/echo", "Content-Length: 100\r\n"), smuggled},
         {},
         end::eof},
        {"cut within chunks", {echo_chunks("ff\r\n"), smuggled}, {}, end::eof},
        {"a head cut by the end", {"GET /hello HTTP/1.1\r\nHost: local"}, {}, end::eof},
    });
}

TEST_CASE("hostile client: Expect", "[hostile_server]") {
    const std::string expect = "Expect: 100-continue\r\n";
    const std::string wait = "100";
    play({
        {"a body that waits",
         {echo(expect + "Content-Length: 3\r\n", ""), "abc"},
         {wait, "200 abc"},
         end::kept},
        {"in another case",
         {echo("expect: 100-Continue\r\nContent-Length: 3\r\n", ""), "abc"},
         {wait, "200 abc"},
         end::kept},
        {"without a body", {echo(expect, "")}, {"200 "}, end::kept, {"!100 Continue"}},
        {"with a body of nothing",
         {echo(expect + "Content-Length: 0\r\n", "")},
         {"200 "},
         end::kept,
         {"!100 Continue"}},
        {"of HTTP/1.0",
         {"POST /echo HTTP/1.0\r\n" + host + expect + "Content-Length: 3\r\n\r\n", "abc"},
         {"200 abc"},
         end::closed,
         {"!100 Continue"}},
        {"of what is refused anyway",
         {echo(expect + "Content-Length: x\r\n", "")},
         {"400"},
         end::closed,
         {"!100 Continue"}},
        {"of what is too large",
         {echo(expect + "Content-Length: 9999999\r\n", "")},
         {"413"},
         end::closed,
         {"!100 Continue"}},
        {"of something else",
         {get("/hello", "Expect: the-unexpected\r\n")},
         {"200 hello"},
         end::kept},
    });
    // in one piece it need not wait
    play({{"with the body",
           {echo(expect + "Content-Length: 3\r\n", "abc")},
           {"200 abc"},
           end::kept,
           {"!100 Continue"},
           false}});
}

TEST_CASE("hostile client: requests sent ahead", "[hostile_server]") {
    const std::string hello = get("/hello");
    play({
        {"are answered in order",
         {get("/rest/1") + get("/later") + echo("Content-Length: 3\r\n", "abc") + get("/nowhere") +
          get("/rest/2")},
         {"200 1", "200 later", "200 abc", "404", "200 2"},
         end::kept},
        {"with empty lines between",
         {hello + "\r\n" + hello},
         {"200 hello", "200 hello"},
         end::kept},
        {"up to one that is wrong", {hello + "GET /x\r\n\r\n"}, {"200 hello", "400"}},
        {"up to one that is wrong behind a late one",
         {get("/later") + "BAD\r\n\r\n"},
         {"200 later", "400"}},
        {"behind a stream wait for its end",
         {get("/stream") + hello},
         {"200 data: a\n\n", "200 hello"},
         end::kept},
        {"behind a late answer, and the client's end",
         {get("/later") + hello},
         {"200 later", "200 hello"},
         end::eof},
        {"100 of them", {repeated(hello, 100)}, texts(100, "200 hello"), end::kept, {}, false},
        {"1,000 of them",
         {repeated(hello, 1'000)},
         texts(1'000, "200 hello"),
         end::kept,
         {},
         false},
        {"100 behind a late answer",
         {get("/later") + repeated(hello, 100)},
         [] {
             texts all(101, "200 hello");
             all[0] = "200 later";
             return all;
         }(),
         end::kept,
         {},
         false},
    });
}

} // namespace hostile_server_framing_test
