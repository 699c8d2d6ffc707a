// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/allocation_count.hpp"
#include "support/catch.hpp"

#include <sse/text.hpp>

#include <chrono>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace text_serializer_test {

namespace {

using sse::errc;
using sse::event_view;
using namespace std::chrono_literals;

std::string written(const event_view& e) {
    std::string out;
    REQUIRE(sse::serialize(e, out) == errc::success);
    CHECK(sse::serialized_size(e) == out.size());
    return out;
}

constexpr bool serializes_while_compiling() {
    char bytes[64] = {};
    std::size_t size = 0;
    const auto sink = [&](std::string_view part) {
        for (const char c : part)
            bytes[size++] = c;
    };
    const errc e = sse::serialize(
        {.type = sse::checked_field("tick"), .data = "a\r\nb", .id = sse::checked_field("1")},
        sink);
    return e == errc::success &&
           std::string_view(bytes, size) == "event: tick\ndata: a\ndata: b\nid: 1\n\n";
}
static_assert(serializes_while_compiling());

} // namespace

TEST_CASE("serializer: writes the id last and leaves out what is the default") {
    CHECK(written({.data = "x"}) == "data: x\n\n");
    CHECK(written({.type = "message", .data = "x"}) == "data: x\n\n");
    CHECK(written({.type = "t", .data = "x", .id = "1"}) == "event: t\ndata: x\nid: 1\n\n");
    CHECK(written({}) == "data: \n\n");
}

TEST_CASE("serializer: splits data at LF, CR and CRLF, and keeps a last empty line") {
    CHECK(written({.data = "a\nb"}) == "data: a\ndata: b\n\n");
    CHECK(written({.data = "a\rb"}) == "data: a\ndata: b\n\n");
    CHECK(written({.data = "a\r\nb"}) == "data: a\ndata: b\n\n");
    CHECK(written({.data = "a\n\rb"}) == "data: a\ndata: \ndata: b\n\n");
    CHECK(written({.data = "a\n"}) == "data: a\ndata: \n\n");
    CHECK(written({.data = "a\r"}) == "data: a\ndata: \n\n");
    CHECK(written({.data = "a\r\n"}) == "data: a\ndata: \n\n");
    CHECK(written({.data = "\n"}) == "data: \ndata: \n\n");
    CHECK(written({.data = " a"}) == "data:  a\n\n");
}

TEST_CASE("serializer: finds a CRLF over the border of two blocks") {
    for (std::size_t size = 60; size < 70; ++size) {
        const std::string line(size, 'x');
        CHECK(written({.data = line + "\r\n" + line}) ==
              "data: " + line + "\ndata: " + line + "\n\n");
    }
}

TEST_CASE("serializer: refuses CR, LF and NUL in an id or type, and writes nothing") {
    for (const char bad : {'\r', '\n', '\0'}) {
        const std::string field = std::string("a") + bad + "data: injected";
        std::string out;
        CHECK(sse::serialize({.type = field, .data = "x"}, out) == errc::invalid_field);
        CHECK(sse::serialize({.data = "x", .id = field}, out) == errc::invalid_field);
        CHECK(sse::serialize_id(field, out) == errc::invalid_field);
        CHECK(out.empty());
    }
}

TEST_CASE("serializer: a comment cannot end its line, nor dispatch an event") {
    std::string out;
    sse::serialize_comment("a\n\ndata: x\r\n", out);
    CHECK(out == ": a\n: \n: data: x\n: \n");
    out.clear();
    sse::serialize_heartbeat(out);
    CHECK(out == ":\n");
}

TEST_CASE("serializer: writes the reconnection time in milliseconds from zero up") {
    std::string out;
    sse::serialize_retry(1500ms, out);
    sse::serialize_retry(0ms, out);
    sse::serialize_retry(-1s, out);
    sse::serialize_retry(std::chrono::milliseconds::max(), out);
    CHECK(out == "retry: 1500\nretry: 0\nretry: 0\nretry: 9223372036854775807\n");
}

TEST_CASE("serializer: a block of nothing but an id moves the reader and dispatches nothing") {
    std::string out;
    CHECK(sse::serialize_id("9", out) == errc::success);
    sse::parser parser;
    parser.feed(out);
    CHECK(parser.next() == sse::parse_status::need_input);
    CHECK(parser.last_event_id() == "9");
    out.clear();
    CHECK(sse::serialize_id("", out) == errc::success);
    parser.feed(out);
    CHECK(parser.next() == sse::parse_status::need_input);
    CHECK(parser.last_event_id().empty());
}

TEST_CASE("serializer: writes into anything that takes bytes") {
    std::vector<char> bytes;
    CHECK(sse::serialize({.data = "x"}, [&](std::string_view part) {
              bytes.insert(bytes.end(), part.begin(), part.end());
          }) == errc::success);
    CHECK(std::string_view(bytes.data(), bytes.size()) == "data: x\n\n");
}

TEST_CASE("serializer: allocates nothing when the sink has room") {
    std::string out;
    out.reserve(4096);
    const sse::testing::allocation_count count;
    for (int i = 0; i < 10; ++i) {
        REQUIRE(sse::serialize({.type = "t", .data = "some data\nof two lines", .id = "7"}, out) ==
                errc::success);
    }
    CHECK(count.allocations() == 0);
}

} // namespace text_serializer_test
