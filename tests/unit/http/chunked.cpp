// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "decode.hpp"
#include "support/catch.hpp"

#include <sse/http/chunked.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace http_chunked_test {

using namespace sse::http;
using namespace std::literals;
using sse::errc;

namespace {

constexpr std::size_t whole = std::numeric_limits<std::size_t>::max();

decoded decode_whole(std::string_view bytes, chunk_limits limits = {}) {
    chunked_decoder decoder(limits);
    return decode(decoder, bytes, whole);
}

/// Decodes `bytes` at every cut and in single bytes; all have to agree.
decoded decode_everyhow(std::string_view bytes, chunk_limits limits = {}) {
    const decoded expected = decode_whole(bytes, limits);
    INFO(bytes);
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        chunked_decoder decoder(limits);
        CHECK(decode(decoder, bytes, whole, cut) == expected);
    }
    chunked_decoder decoder(limits);
    CHECK(decode(decoder, bytes, 1) == expected);
    return expected;
}

errc error_of(std::string_view bytes, chunk_limits limits = {}) {
    return decode_everyhow(bytes, limits).error;
}

} // namespace

TEST_CASE("chunked_decoder: chunks are joined, and bytes behind the body are left", "[http]") {
    const std::string_view bytes = "5\r\ndata:\r\n1\r\n \r\n0A\r\n0123456789\r\n0\r\n\r\n";
    const decoded result = decode_everyhow(std::string(bytes) + "HTTP/1.1");
    CHECK(result.payload == "data: 0123456789");
    CHECK(result.done);
    CHECK(result.consumed == bytes.size());
    CHECK(result.error == errc::success);
}

TEST_CASE("chunked_decoder: payload may hold any bytes, line ends too", "[http]") {
    const decoded result = decode_everyhow("8\r\n\0\r\n0\r\n\r\n\r\n0\r\n\r\n"sv);
    CHECK(result.payload == "\0\r\n0\r\n\r\n"sv);
    CHECK(result.done);
}

TEST_CASE("chunked_decoder: what stands between chunks is read alike whole and in parts",
          "[http]") {
    const auto behind_a_chunk = [](std::string_view line) {
        return decode_everyhow("1\r\nx\r\n" + std::string(line) + "ab\r\n0\r\n\r\n");
    };
    for (const std::string_view line :
         {"2\r\n", "02\r\n", "0000000000000002\r\n", "2;a=b\r\n", "2 ;a\r\n"})
        CHECK(behind_a_chunk(line).payload == "xab");
    for (const std::string_view line :
         {"00000000000000002\r\n", "\r\n", "2\n", "2\r", "2\r\r\n", "-2\r\n", "0x2\r\n", " 2\r\n",
          "2 \r\n", "g\r\n", "\r\n2\r\n"})
        CHECK(behind_a_chunk(line).error == errc::bad_chunk);
    CHECK(behind_a_chunk("ffffffffffffffff\r\n").error == errc::success);
    CHECK_FALSE(behind_a_chunk("ffffffffffffffff\r\n").done);
    CHECK(decode_everyhow("1\r\nx\n\r1\r\ny\r\n0\r\n\r\n").error == errc::bad_chunk);
    CHECK(decode_everyhow("1\r\nx1\r\ny\r\n0\r\n\r\n").error == errc::bad_chunk);
}

TEST_CASE("chunked_decoder: an empty body is done at its last chunk", "[http]") {
    CHECK(decode_everyhow("0\r\n\r\n").done);
    CHECK(decode_everyhow("0000\r\n\r\n").done);
    CHECK(decode_everyhow(last_chunk).done);
}

TEST_CASE("chunked_decoder: a body that is cut is not done and no error", "[http]") {
    const std::string_view bytes = "3\r\nabc\r\n0;a=\"b\"\r\nT: x\r\n\r\n";
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const decoded result = decode_whole(bytes.substr(0, size));
        CHECK_FALSE(result.done);
        CHECK(result.error == errc::success);
        CHECK(result.consumed == size);
    }
}

TEST_CASE("chunked_decoder: payload comes at once, without waiting for the chunk's end", "[http]") {
    chunked_decoder decoder;
    CHECK(decoder.next("ffffffff\r\nab").payload == "ab");
    CHECK(decoder.next("c").payload == "c");
    CHECK(decoder.next("").consumed == 0);
}

TEST_CASE("chunked_decoder: a chunk size is hexadecimal digits and nothing else", "[http]") {
    for (const std::string_view size : {"", "+1", "-1", "0x1", " 1", "1 ", "\t1", "1\t", "g", "1g",
                                        "1,", "1.0", "\x80", "\r\n1", "1 1", "\"1\"", "1 2;a"}) {
        CHECK(error_of(std::string(size) + "\r\na\r\n0\r\n\r\n") == errc::bad_chunk);
    }
    CHECK(decode_everyhow("a\r\n0123456789\r\n0\r\n\r\n").done);
    CHECK(decode_everyhow("A\r\n0123456789\r\n0\r\n\r\n").done);
}

TEST_CASE("chunked_decoder: a chunk size of more than 64 bits is refused", "[http]") {
    chunked_decoder largest;
    CHECK(largest.next("ffffffffffffffff\r\nx").payload == "x");
    CHECK(error_of("10000000000000000\r\n") == errc::bad_chunk);
    CHECK(error_of("fffffffffffffffff\r\n") == errc::bad_chunk);
    CHECK(error_of("00000000000000000\r\n") == errc::bad_chunk);
    CHECK(decode_everyhow("0000000000000001\r\nx\r\n0\r\n\r\n").done);
}

TEST_CASE("chunked_decoder: lines end in CR LF and nothing else", "[http]") {
    for (const std::string_view bytes :
         {"1\na\r\n0\r\n\r\n"sv, "1\r\na\n0\r\n\r\n"sv, "1\r\na\r\n0\n\r\n"sv,
          "1\ra\r\n0\r\n\r\n"sv, "1\r\r\na\r\n"sv, "1\r\na\r0\r\n"sv, "1\r\nab\r\n"sv,
          "2\r\na\r\n\r\n"sv, "1;a\nb\r\na\r\n"sv, "0\r\n\rx"sv, "1;\r\na"sv}) {
        CHECK(error_of(bytes) == errc::bad_chunk);
    }
    CHECK(error_of("1\r\na\r\n0\r\n\n") == errc::bad_field);
    CHECK(error_of("0\r\nT: x\n\r\n") == errc::bad_field);
    CHECK(error_of("0\r\nT: x\rU: y\r\n\r\n") == errc::bad_chunk);
}

TEST_CASE("chunked_decoder: extensions are taken by their grammar and skipped", "[http]") {
    for (const std::string_view extension :
         {";a", ";a=b", "; a = b", " ;a\t;\tb", ";a;b=c;d=\"e\"", ";a=\"\"", ";a=\"; \\\" \\\\\"",
          ";a=\"\x80\xff\t\" ;b"}) {
        const std::string line(extension);
        const decoded result = decode_everyhow("1" + line + "\r\nx\r\n0" + line + "\r\n\r\n");
        CHECK(result.done);
        CHECK(result.payload == "x");
    }
    for (const std::string_view extension :
         {";"sv,      ";;"sv,          ";=b"sv,       ";a="sv,       ";a=;b"sv,       ";a b"sv,
          ";a=b c"sv, ";a=\"b"sv,      ";a=\"b\"c"sv, ";a=\"\n\""sv, ";a=\"\\\r\n"sv, ";a=\"\0\""sv,
          ";a=b\""sv, ";a=(b)"sv,      ";a "sv,       ";a=b "sv,     ";a=\"b\" "sv,   " "sv,
          ";a\0"sv,   ";a=\"\\\0\""sv, ";a==b"sv,     "; "sv}) {
        INFO(extension);
        CHECK(error_of("1" + std::string(extension) + "\r\nx\r\n0\r\n\r\n") == errc::bad_chunk);
    }
}

TEST_CASE("chunked_decoder: extensions have a limit of bytes for each chunk", "[http]") {
    const std::string extension = ";a=" + std::string(7, 'b');
    const std::string chunk = "1" + extension + "\r\nx\r\n";
    CHECK(decode_everyhow(chunk + chunk + "0\r\n\r\n", {.extension = 10}).done);
    CHECK(error_of(chunk, {.extension = 9}) == errc::head_too_large);
    CHECK(decode_whole("1;" + std::string(1 << 20, 'a')).error == errc::head_too_large);
    CHECK(decode_whole("1;" + std::string(1 << 20, 'a') + "\r\nx", {.extension = 0}).payload ==
          "x");
}

TEST_CASE("chunked_decoder: trailers are taken by their grammar and dropped", "[http]") {
    const std::string_view bytes = "1\r\nx\r\n0\r\nA: b\r\nC:\r\nD: \xc3\xbc \t\r\n\r\n";
    const decoded result = decode_everyhow(std::string(bytes) + "next");
    CHECK(result.done);
    CHECK(result.payload == "x");
    CHECK(result.consumed == bytes.size());
    for (const std::string_view trailer :
         {"no colon"sv, ": b"sv, "A : b"sv, " A: b"sv, "A: b\r\n c"sv, "A: \0"sv, "A: \x7f"sv,
          "A b: c"sv, "\xc3: b"sv}) {
        INFO(trailer);
        CHECK(error_of("0\r\n" + std::string(trailer) + "\r\n\r\n") == errc::bad_field);
    }
}

TEST_CASE("chunked_decoder: trailers have limits of bytes and of lines", "[http]") {
    const std::string_view bytes = "0\r\nA: b\r\nC: d\r\n\r\n";
    CHECK(decode_everyhow(bytes, {.trailer = 12, .trailer_fields = 2}).done);
    CHECK(error_of(bytes, {.trailer = 11}) == errc::head_too_large);
    CHECK(error_of(bytes, {.trailer_fields = 1}) == errc::too_many_fields);
    CHECK(decode_whole("0\r\nA: " + std::string(1 << 20, 'a')).error == errc::head_too_large);
}

TEST_CASE("chunked_decoder: an error is sticky", "[http]") {
    chunked_decoder decoder;
    CHECK(decoder.next("x").payload.empty());
    CHECK(decoder.error() == errc::bad_chunk);
    CHECK(decoder.next("1\r\na\r\n").consumed == 0);
    CHECK(decoder.error() == errc::bad_chunk);
    CHECK_FALSE(decoder.done());
}

TEST_CASE("append_chunk_header: what is written is decoded", "[http]") {
    for (const std::size_t size : {1U, 9U, 10U, 15U, 16U, 255U, 256U, 4096U, 65535U, 100000U}) {
        const std::string payload(size, 'x');
        std::string bytes;
        append_chunk_header(bytes, size);
        bytes.append(payload).append(chunk_end).append(last_chunk);
        const decoded result = decode_whole(bytes);
        CHECK(result.done);
        CHECK(result.payload == payload);
    }
    std::string text = "before ";
    append_chunk_header(text, std::numeric_limits<std::size_t>::max());
    CHECK(text == "before " + std::string(sizeof(std::size_t) * 2, 'f') + "\r\n");
}

} // namespace http_chunked_test
