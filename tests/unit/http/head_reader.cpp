// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/head_reader.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace http_head_reader_test {

using namespace sse::http;
using namespace std::literals;
using sse::errc;

namespace {

constexpr std::string_view request = "GET /a HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n";
constexpr std::string_view response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// Feeds pieces of `size` bytes until the reader takes no more.
std::size_t feed(head_reader& reader, std::string_view bytes, std::size_t size) {
    std::size_t taken = 0;
    while (taken < bytes.size() && !reader.done() && reader.error() == errc::success) {
        taken += reader.feed(bytes.substr(taken, size));
    }
    return taken;
}

errc error_of(std::string_view bytes, head_limits limits = {},
              head_kind kind = head_kind::request) {
    head_reader reader(limits, kind);
    reader.feed(bytes);
    return reader.error();
}

} // namespace

TEST_CASE("head_reader: a head cut at any two places is the same head", "[http]") {
    for (const auto& [head, kind] :
         {std::pair(request, head_kind::request), std::pair(response, head_kind::response)}) {
        for (std::size_t a = 0; a <= head.size(); ++a) {
            for (std::size_t b = a; b <= head.size(); ++b) {
                head_reader reader({}, kind);
                CHECK(reader.feed(head.substr(0, a)) == a);
                CHECK(reader.feed(head.substr(a, b - a)) == b - a);
                CHECK(reader.done() == (b == head.size()));
                CHECK(reader.feed(head.substr(b)) == head.size() - b);
                REQUIRE(reader.done());
                CHECK(reader.text() == head);
            }
        }
    }
}

TEST_CASE("head_reader: what follows the blank line is not taken", "[http]") {
    const std::string bytes = std::string(request) + "body\n\r\n\r\n";
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        head_reader reader;
        CHECK(feed(reader, bytes, size) == request.size());
        CHECK(reader.text() == request);
        CHECK(reader.feed("more") == 0);
    }
}

TEST_CASE("head_reader: one empty line in front of a request is skipped, two are not", "[http]") {
    for (std::size_t size = 1; size < 10; ++size) {
        head_reader reader;
        const std::string bytes = "\r\n" + std::string(request);
        CHECK(feed(reader, bytes, size) == bytes.size());
        CHECK(reader.done());
        CHECK(reader.text() == request);
    }
    CHECK(error_of("\r\n\r\n") == errc::bad_start_line);
    CHECK(error_of("\n") == errc::bad_start_line);
    CHECK(error_of("\r\n\n") == errc::bad_start_line);
    CHECK(error_of("\r\n", {}, head_kind::response) == errc::bad_start_line);
}

TEST_CASE("head_reader: a head has started with its first byte, not with the empty line",
          "[http]") {
    head_reader reader;
    CHECK_FALSE(reader.started());
    reader.feed("\r");
    CHECK_FALSE(reader.started());
    reader.feed("\n");
    CHECK_FALSE(reader.started());
    reader.feed("G");
    CHECK(reader.started());
    reader.feed("ET / HTTP/1.1\r\n");
    CHECK(reader.started());
}

TEST_CASE("head_reader: bytes that cannot begin a request fail at once", "[http]") {
    for (const std::string_view bytes :
         {"\x16\x03\x01\x02"sv, "\0"sv, "\x80"sv, "\xff\xfe"sv, " GET"sv, "{"sv, "\""sv, "\t"sv,
          ":"sv, "(x)"sv, "\r\n "sv, "\r\n\x16"sv}) {
        INFO(bytes);
        CHECK(error_of(bytes) == errc::bad_start_line);
    }
    CHECK(error_of("G\x01"sv) == errc::bad_start_line);
    CHECK(error_of("GET /\0"sv) == errc::bad_start_line);
    CHECK(error_of("GET /\x7f"sv) == errc::bad_start_line);
    CHECK(error_of("GET /\xc3") == errc::bad_start_line);
    CHECK(error_of("GET\t") == errc::bad_start_line);
    CHECK(error_of("GET / HTTP/1.1") == errc::success);
}

TEST_CASE("head_reader: a first line without a version of HTTP fails where it ends", "[http]") {
    for (const auto line : {"GET /a"sv, "EHLO example.org"sv, "STATS"sv, "GET /a http/1.1"sv,
                            "GET /a SSH-2.0"sv, "HTTP/1.1"sv}) {
        INFO(line);
        CHECK(error_of(line) == errc::success);
        CHECK(error_of(std::string(line) + "\r") == errc::success);
        CHECK(error_of(std::string(line) + "\r\n") == errc::bad_start_line);
    }
    CHECK(error_of("GET /a HTTP/9.x\r\n") == errc::success);
}

TEST_CASE("head_reader: bytes that cannot begin a response fail at once", "[http]") {
    for (const std::string_view bytes :
         {"\x15\x03\x03"sv, "I"sv, "h"sv, "HTTQ"sv, "HTTP "sv, "<html>"sv, "\r"sv, "data: x"sv,
          "HTTP/1.1 200\0"sv, "HTTP/1.1 2\x02"sv}) {
        INFO(bytes);
        CHECK(error_of(bytes, {}, head_kind::response) == errc::bad_start_line);
    }
    CHECK(error_of("HTTP/", {}, head_kind::response) == errc::success);
}

TEST_CASE("head_reader: a lone LF ends no line of a request", "[http]") {
    CHECK(error_of("GET / HTTP/1.1\n") == errc::bad_start_line);
    CHECK(error_of("GET / HTTP/1.1\r\nHost: x\n") == errc::bad_field);
    CHECK(error_of("GET / HTTP/1.1\r\nHost: x\r\n\n") == errc::bad_field);
}

TEST_CASE("head_reader: a lone LF ends a line of a response", "[http]") {
    constexpr std::string_view head = "HTTP/1.1 200 OK\nA: b\r\nC: d\n\n";
    for (std::size_t size = 1; size <= head.size(); ++size) {
        head_reader reader({}, head_kind::response);
        const std::string bytes = std::string(head) + "data";
        CHECK(feed(reader, bytes, size) == head.size());
        CHECK(reader.done());
        CHECK(reader.text() == head);
    }
}

TEST_CASE("head_reader: the limit of the start line is exact at every cut", "[http]") {
    const std::string line = "GET /" + std::string(20, 'a') + " HTTP/1.1";
    for (std::size_t size = 1; size < 12; ++size) {
        head_reader fits({.start_line = line.size()});
        feed(fits, line + "\r\n", size);
        CHECK(fits.error() == errc::success);
        head_reader over({.start_line = line.size() - 1});
        feed(over, line + "\r\n", size);
        CHECK(over.error() == errc::start_line_too_long);
    }
}

TEST_CASE("head_reader: the limit of the head is exact, and memory stays below it", "[http]") {
    for (std::size_t size = 1; size < 12; ++size) {
        head_reader fits({.head = request.size()});
        feed(fits, request, size);
        CHECK(fits.done());
        head_reader over({.head = request.size() - 1});
        feed(over, request, size);
        CHECK(over.error() == errc::head_too_large);
        CHECK(over.text().size() < request.size());
    }
    head_reader endless({.head = 100});
    endless.feed("GET / HTTP/1.1\r\nA: ");
    endless.feed(std::string(1 << 20, 'a'));
    CHECK(endless.error() == errc::head_too_large);
    CHECK(endless.text().size() <= 100);
}

TEST_CASE("head_reader: whichever of two errors comes first is the error at every cut", "[http]") {
    constexpr head_limits limits{.start_line = 8, .head = 24, .fields = 1};
    const auto agree = [&](const std::string& bytes, errc expected) {
        for (std::size_t size = 1; size <= bytes.size(); ++size) {
            INFO(bytes << " in pieces of " << size);
            head_reader reader(limits);
            feed(reader, bytes, size);
            CHECK(reader.error() == expected);
        }
    };
    const std::string start = "GET /aaaaaaaaaaaaaaaaaaaaaaa\r\n"; // longer than either limit
    for (std::size_t at = 0; at < start.size(); ++at) {
        std::string bytes = start;
        bytes[at] = '\x01';
        agree(bytes, at <= limits.start_line ? errc::bad_start_line : errc::start_line_too_long);
    }
    agree("G HTTP/1\r\nA: bbbbbbbbbb\n", errc::bad_field);
    agree("G HTTP/1\r\nA: bbbbbbbbbbb\n", errc::head_too_large);
    agree("G HTTP/1\r\nA: b\r\nC: d\r\n", errc::too_many_fields);
    agree("G HTTP/1\r\nA: b\r\nC: dddddddd\r\n", errc::head_too_large);
}

TEST_CASE("head_reader: the limit of fields counts lines as they end", "[http]") {
    const std::string start = "GET / HTTP/1.1\r\n";
    CHECK(error_of(start + "A: b\r\nC: d\r\n\r\n", {.fields = 2}) == errc::success);
    CHECK(error_of(start + "A: b\r\nC: d\r\nE: f\r\n", {.fields = 2}) == errc::too_many_fields);
}

TEST_CASE("head_reader: limits of zero are off", "[http]") {
    head_reader reader({.start_line = 0, .head = 0, .fields = 0});
    std::string head = "GET /" + std::string(100000, 'a') + " HTTP/1.1\r\n";
    for (int i = 0; i < 1000; ++i) {
        head += "A: b\r\n";
    }
    CHECK(reader.feed(head + "\r\n") == head.size() + 2);
    CHECK(reader.done());
}

TEST_CASE("head_reader: an error is sticky until reset, which makes ready for a new head",
          "[http]") {
    head_reader reader;
    reader.feed("\x16");
    CHECK(reader.feed(request) == 0);
    CHECK(reader.error() == errc::bad_start_line);
    for (int i = 0; i < 3; ++i) {
        reader.reset();
        CHECK_FALSE(reader.started());
        const std::string bytes = "\r\n" + std::string(request);
        CHECK(reader.feed(bytes) == bytes.size());
        CHECK(reader.done());
        CHECK(reader.text() == request);
    }
}

TEST_CASE("head_reader: a head is copied only where it was cut", "[http]") {
    const std::string bytes = "\r\n" + std::string(request) + "body";
    head_reader whole;
    whole.feed(bytes);
    CHECK(whole.text().data() == bytes.data() + 2);
    CHECK(whole.feed("more") == 0);
    CHECK(whole.text() == request);
    for (std::size_t cut = 3; cut < request.size() + 2; ++cut) {
        std::string piece = bytes.substr(0, cut);
        head_reader reader;
        reader.feed(piece);
        piece.assign(piece.size(), '?');
        piece = bytes.substr(cut);
        CHECK(reader.feed(piece) == request.size() + 2 - cut);
        piece.assign(piece.size(), '?');
        CAPTURE(cut);
        REQUIRE(reader.text() == request);
    }
}

} // namespace http_head_reader_test
