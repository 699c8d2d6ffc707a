// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "decode.hpp"
#include "support/catch.hpp"

#include <sse/http/body_decoder.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace http_body_decoder_test {

using namespace sse::http;
using sse::errc;

TEST_CASE("body_decoder: no body is done from the start and takes nothing", "[http]") {
    body_decoder decoder;
    CHECK(decoder.done());
    CHECK(decoder.next("abc").consumed == 0);
    CHECK(decoder.finish() == errc::success);
    body_decoder zero(body_framing{.kind = body_kind::length, .length = 0});
    CHECK(zero.done());
    CHECK(zero.next("abc").consumed == 0);
}

TEST_CASE("body_decoder: bytes past the declared length are not part of the body", "[http]") {
    for (std::size_t size = 1; size < 12; ++size) {
        body_decoder decoder(body_framing{.kind = body_kind::length, .length = 5});
        const decoded result = decode(decoder, "helloHTTP/1.1", size);
        CHECK(result.payload == "hello");
        CHECK(result.consumed == 5);
        CHECK(result.done);
        CHECK(decoder.next("more").consumed == 0);
        CHECK(decoder.finish() == errc::success);
    }
}

TEST_CASE("body_decoder: a length beyond memory is no problem", "[http]") {
    body_decoder decoder(body_framing{.kind = body_kind::length, .length = ~std::uint64_t{0}});
    CHECK(decoder.next("abc").payload == "abc");
    CHECK_FALSE(decoder.done());
}

TEST_CASE("body_decoder: tells how much is announced", "[http]") {
    body_decoder counted(body_framing{.kind = body_kind::length, .length = 5});
    CHECK(counted.announced() == 5);
    CHECK(counted.next("he").consumed == 2);
    CHECK(counted.announced() == 3);
    body_decoder chunks(body_framing{.kind = body_kind::chunked});
    CHECK(chunks.announced() == 0);
    CHECK(chunks.next("1f\r\n").consumed == 4);
    CHECK(chunks.announced() == 31);
    CHECK(chunks.next("a").consumed == 1);
    CHECK(chunks.announced() == 30);
    CHECK(body_decoder(body_framing{.kind = body_kind::until_close}).announced() == 0);
}

TEST_CASE("body_decoder: a body until the end of the connection takes everything", "[http]") {
    body_decoder decoder(body_framing{.kind = body_kind::until_close});
    CHECK(decoder.next("0\r\n\r\n").payload == "0\r\n\r\n");
    CHECK(decoder.next("").consumed == 0);
    CHECK_FALSE(decoder.done());
    CHECK(decoder.finish() == errc::success);
}

TEST_CASE("body_decoder: chunks are decoded", "[http]") {
    body_decoder decoder(body_framing{.kind = body_kind::chunked});
    const decoded result = decode(decoder, "2\r\nab\r\n0\r\n\r\nx", 1);
    CHECK(result.payload == "ab");
    CHECK(result.consumed == 12);
    CHECK(decoder.finish() == errc::success);
}

TEST_CASE("body_decoder: the end of the connection before the end of the body is truncation",
          "[http]") {
    body_decoder counted(body_framing{.kind = body_kind::length, .length = 5});
    CHECK(counted.finish() == errc::truncated);
    CHECK(counted.next("hell").consumed == 4);
    CHECK(counted.finish() == errc::truncated);
    CHECK(counted.next("o").consumed == 1);
    CHECK(counted.finish() == errc::success);

    const std::string_view bytes = "2\r\nab\r\n0\r\n\r\n";
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        body_decoder chunks(body_framing{.kind = body_kind::chunked});
        decode(chunks, bytes.substr(0, size), 1);
        CHECK(chunks.finish() == errc::truncated);
    }
}

TEST_CASE("body_decoder: an error stays the result at the end of the connection", "[http]") {
    body_decoder decoder(body_framing{.kind = body_kind::chunked}, chunk_limits{.extension = 1});
    CHECK(decode(decoder, "1;aa", 1).error == errc::head_too_large);
    CHECK(decoder.finish() == errc::head_too_large);
}

} // namespace http_body_decoder_test
