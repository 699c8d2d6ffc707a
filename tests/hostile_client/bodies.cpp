// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "scenario.hpp"
#include "support/catch.hpp"

#include <cstddef>
#include <string>

namespace hostile_client_bodies_test {

using namespace sse::testing;
using namespace std::chrono_literals;

namespace {

const std::string event_a = "data: a\n\n"; // nine bytes
const std::string event_b = "data: b\n\n";

/// A chunked body, and what it makes.
scenario in_chunks(const std::string& name, const std::string& body, texts expected) {
    expected.insert(expected.begin(), opened);
    return {name, {{send(chunked + body)}}, std::move(expected)};
}

scenario bad_chunk(const std::string& name, const std::string& body) {
    return in_chunks(name, body, {"! bad_chunk +1000"});
}

/// A body with these framing fields, and what it makes.
scenario framed(const std::string& name, const std::string& fields, const std::string& body,
                texts expected) {
    return {name, {{send(stream(fields) + body)}}, std::move(expected)};
}

scenario bad_framing(const std::string& name, const std::string& fields) {
    return framed(name, fields, event_a, {"! bad_framing +1000"});
}

} // namespace

TEST_CASE("hostile server: chunks", "[hostile_client]") {
    const std::string ended = "! end_of_stream +1000";
    play({
        in_chunks("one event a chunk", chunk_a + chunk_a + last_chunk, {"a", "a", ended}),
        in_chunks("an event over chunks", "3\r\ndat\r\n6\r\na: a\n\n\r\n" + last_chunk,
                  {"a", ended}),
        in_chunks("a byte a chunk",
                  "1\r\nd\r\n1\r\na\r\n1\r\nt\r\n1\r\na\r\n1\r\n\r\r\n1\r\n\r\r\n", {""}),
        in_chunks("sizes in any case with zeros in front",
                  "00009\r\n" + event_a + "\r\n0A\r\ndata: ab\n\n\r\n", {"a", "ab"}),
        in_chunks("extensions",
                  "9;a\r\n" + event_a + "\r\n9;a=b;c=\"d\"\r\n" + event_b + "\r\n0;e\r\n\r\n",
                  {"a", "b", ended}),
        in_chunks("a quoted extension with a line's look",
                  "9;a=\"x;\\\"y\\\\ 0\"\r\n" + event_a + "\r\n", {"a"}),
        in_chunks("blanks around an extension", "9 ; a = b\r\n" + event_a + "\r\n", {"a"}),
        in_chunks("trailers", chunk_a + "0\r\nX: y\r\nRetry-After: 99\r\n\r\n", {"a", ended}),
        in_chunks("what is behind the last chunk is nothing",
                  chunk_a + last_chunk + chunk_a + event_b, {"a", ended}),
        in_chunks("another response behind the last chunk", chunk_a + last_chunk + ok + event_b,
                  {"a", ended}),
        in_chunks("no event at all", last_chunk, {ended}),
        in_chunks("an unfinished event at the end", "8\r\ndata: a\n\r\n" + last_chunk, {ended}),
        bad_chunk("no size", "\r\n" + event_a),
        bad_chunk("a plus sign", "+9\r\n" + event_a),
        bad_chunk("a minus sign", "-9\r\n" + event_a),
        bad_chunk("0x", "0x9\r\n" + event_a),
        bad_chunk("a blank in front", " 9\r\n" + event_a),
        bad_chunk("no digit", "g\r\n" + event_a),
        bad_chunk("LF alone behind the size", "9\n" + event_a),
        bad_chunk("CR alone behind the size", "9\r" + event_a),
        bad_chunk("more digits than a number has", "FFFFFFFFFFFFFFFFF\r\n"),
        bad_chunk("an endless number of zeros", std::string(1000, '0')),
        bad_chunk("a size in decimal point", "9.0\r\n" + event_a),
        bad_chunk("an open quote", "9;a=\"\r\n" + event_a),
        in_chunks("more bytes than its size", "9\r\n" + event_a + "x\r\n",
                  {"a", "! bad_chunk +1000"}),
        in_chunks("LF alone behind the data", "9\r\n" + event_a + "\n", {"a", "! bad_chunk +1000"}),
        in_chunks("an extension without end", "9;" + std::string(2000, 'x'),
                  {"! head_too_large +1000"}),
        in_chunks("a trailer without end", "0\r\nX: " + std::string(9000, 'x'),
                  {"! head_too_large +1000"}),
        in_chunks("trailers without end",
                  "0\r\n" +
                      [] {
                          std::string all;
                          for (int i = 0; i < 200; ++i)
                              all += "X: y\r\n";
                          return all;
                      }(),
                  {"! too_many_fields +1000"}),
        in_chunks("a trailer that is no field", "0\r\nx y\r\n\r\n", {"! bad_field +1000"}),
        {"cut behind a chunk",
         {{send(chunked + chunk_a), end()}},
         {opened, "a", "! truncated +1000"}},
        {"cut in a chunk",
         {{send(chunked + "20\r\n" + event_a), end()}},
         {opened, "a", "! truncated +1000"}},
        {"cut in the last chunk",
         {{send(chunked + chunk_a + "0\r\n"), end()}},
         {opened, "a", "! truncated +1000"}},
        {"reset in a chunk",
         {{send(chunked + chunk_a), pause(1s), reset()}},
         {opened, "a", "! reset +1000"}},
        {"a huge chunk that comes slowly",
         {{send(chunked + "FFFFFFFFFFFFFFFF\r\n" + event_a), pause(1h), send(event_b)}},
         {opened, "a", "b"}},
    });
}

TEST_CASE("hostile server: transfer codings", "[hostile_client]") {
    play({
        framed("chunked in any case", "Transfer-Encoding: CHUNKED\r\n", chunk_a, {opened, "a"}),
        framed("chunked wins over a length", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
               chunk_a + chunk_a, {opened, "a", "a"}),
        framed("gzip", "Transfer-Encoding: gzip, chunked\r\n", chunk_a, {"! unknown_coding +1000"}),
        framed("no coding that exists", "Transfer-Encoding: xchunked\r\n", chunk_a,
               {"! unknown_coding +1000"}),
        bad_framing("chunked twice", "Transfer-Encoding: chunked, chunked\r\n"),
        bad_framing("chunked on two lines",
                    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        bad_framing("chunked not last", "Transfer-Encoding: chunked, gzip\r\n"),
        {"chunked in HTTP/1.0",
         {{send("HTTP/1.0 200 OK\r\n" + type_field + "Transfer-Encoding: chunked\r\n\r\n" +
                chunk_a)}},
         {"! bad_framing +1000"}},
    });
}

TEST_CASE("hostile server: lengths", "[hostile_client]") {
    const std::string ended = "! end_of_stream +1000";
    play({
        framed("a length ends the stream though the connection stays", "Content-Length: 9\r\n",
               event_a, {opened, "a", ended}),
        framed("what is behind the length is nothing", "Content-Length: 9\r\n", event_a + event_b,
               {opened, "a", ended}),
        framed("an event cut by the length", "Content-Length: 17\r\n", event_a + event_b,
               {opened, "a", ended}),
        framed("a length of zero", "Content-Length: 0\r\n", event_a, {opened, ended}),
        framed("equal lengths", "Content-Length: 9\r\nContent-Length: 9\r\n", event_a + event_b,
               {opened, "a", ended}),
        framed("zeros in front", "Content-Length: 0009\r\n", event_a + event_b,
               {opened, "a", ended}),
        {"less than the length",
         {{send(stream("Content-Length: 20\r\n") + event_a), end()}},
         {opened, "a", "! truncated +1000"}},
        bad_framing("a list of two", "Content-Length: 9, 12\r\n"),
        bad_framing("two that differ", "Content-Length: 9\r\nContent-Length: 12\r\n"),
        bad_framing("a minus sign", "Content-Length: -1\r\n"),
        bad_framing("a plus sign", "Content-Length: +9\r\n"),
        bad_framing("hex", "Content-Length: 0x9\r\n"),
        bad_framing("no number", "Content-Length: nine\r\n"),
        bad_framing("empty", "Content-Length:\r\n"),
        bad_framing("a fraction", "Content-Length: 9.0\r\n"),
        bad_framing("more than 64 bits", "Content-Length: 18446744073709551625\r\n"),
        bad_framing("a blank inside", "Content-Length: 1 9\r\n"),
    });
}

TEST_CASE("hostile server: streams that the connection ends", "[hostile_client]") {
    play({
        {"a clean end", {{send(ok + event_a), end()}}, {opened, "a", "! end_of_stream +1000"}},
        {"half-closed",
         {{send(ok + event_a), half_close()}},
         {opened, "a", "! end_of_stream +1000"}},
        {"no event", {{send(ok), end()}}, {opened, "! end_of_stream +1000"}},
        {"reset", {{send(ok + event_a), pause(1s), reset()}}, {opened, "a", "! reset +1000"}},
        {"an event cut by the end",
         {{send(ok + event_a + "data: b\n"), end()}},
         {opened, "a", "! end_of_stream +1000"}},
        {"HTTP/1.0 that keeps alive",
         {{send("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + type_field + "\r\n" + event_a),
           end()}},
         {opened, "a", "! end_of_stream +1000"}},
    });
}

} // namespace hostile_client_bodies_test
