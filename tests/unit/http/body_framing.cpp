// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/body_framing.hpp>

#include <cstdint>
#include <string_view>

namespace http_body_framing_test {

using namespace sse::http;
using namespace std::literals;
using sse::errc;

namespace {

struct request_case {
    int minor;
    fields headers;
    errc error;
    body_framing framing{};
};

struct response_case {
    std::string_view method;
    int status;
    int minor;
    fields headers;
    errc error;
    body_framing framing{};
};

constexpr body_framing none{};
constexpr body_framing chunked{.kind = body_kind::chunked};
constexpr body_framing until_close{.kind = body_kind::until_close};

constexpr body_framing length(std::uint64_t n) { return {.kind = body_kind::length, .length = n}; }

void check(const request_case& c) {
    request_head head;
    head.minor = c.minor;
    head.headers = c.headers;
    body_framing framing;
    for (const field& line : c.headers) {
        UNSCOPED_INFO(line.name << ": " << line.value);
    }
    const errc error = request_body(head, framing);
    CHECK(error == c.error);
    if (error == errc::success) {
        CHECK(framing == c.framing);
    }
}

void check(const response_case& c) {
    response_head head;
    head.status = c.status;
    head.minor = c.minor;
    head.headers = c.headers;
    body_framing framing;
    UNSCOPED_INFO(c.method << " " << c.status);
    for (const field& line : c.headers) {
        UNSCOPED_INFO(line.name << ": " << line.value);
    }
    const errc error = response_body(c.method, head, framing);
    CHECK(error == c.error);
    if (error == errc::success) {
        CHECK(framing == c.framing);
    }
}

} // namespace

TEST_CASE("body_framing: a request has no body unless it says so", "[http]") {
    check(request_case{1, {}, errc::success, none});
    check(request_case{1, {{"Content-Length", "0"}}, errc::success, length(0)});
    check(request_case{0, {{"content-length", "12"}}, errc::success, length(12)});
    check(request_case{1, {{"Content-Length", "007"}}, errc::success, length(7)});
    check(request_case{1,
                       {{"Content-Length", "18446744073709551615"}},
                       errc::success,
                       length(18446744073709551615U)});
    check(request_case{1, {{"transfer-encoding", "Chunked"}}, errc::success, chunked});
}

TEST_CASE("body_framing: a Content-Length that is not one number is refused in a request",
          "[http]") {
    for (const std::string_view value :
         {"", "+5", "-5", "0x5", "5 5", "5,5", "9, 12", "5,", ",5", "5;", "5.0", "a", "1e3", "5a",
          "18446744073709551616", "99999999999999999999", "\xd9\xa5", "5\t6"}) {
        fields headers;
        headers.add("Content-Length", value);
        check(request_case{1, headers, errc::bad_framing});
    }
    check(request_case{1, {{"Content-Length", "5"}, {"Content-Length", "5"}}, errc::bad_framing});
    check(request_case{1, {{"Content-Length", "5"}, {"content-length", "6"}}, errc::bad_framing});
}

TEST_CASE("body_framing: Transfer-Encoding of a request is chunked, once, alone", "[http]") {
    for (const std::string_view value :
         {"", ",", "chunked, chunked", "chunked, gzip", "chunked,", ", chunked", "chunked;a=b",
          "chunked;", "chunked foo", "\"chunked\"", "chun ked", "gzip, chunked, chunked"}) {
        fields headers;
        headers.add("Transfer-Encoding", value);
        check(request_case{1, headers, errc::bad_framing});
    }
    for (const std::string_view value :
         {"gzip", "gzip, chunked", "identity", "xchunked", "chunked2", "gzip;q=1, chunked"}) {
        fields headers;
        headers.add("Transfer-Encoding", value);
        check(request_case{1, headers, errc::unknown_coding});
    }
    check(request_case{1,
                       {{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}},
                       errc::bad_framing});
    check(request_case{
        1, {{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "gzip"}}, errc::bad_framing});
    check(request_case{1,
                       {{"Transfer-Encoding", "gzip"}, {"Transfer-Encoding", "chunked"}},
                       errc::unknown_coding});
}

TEST_CASE("body_framing: Transfer-Encoding with Content-Length or HTTP/1.0 is refused in a request",
          "[http]") {
    check(request_case{
        1, {{"Transfer-Encoding", "chunked"}, {"Content-Length", "5"}}, errc::bad_framing});
    check(request_case{
        1, {{"Content-Length", "5"}, {"Transfer-Encoding", "gzip"}}, errc::bad_framing});
    check(request_case{0, {{"Transfer-Encoding", "chunked"}}, errc::bad_framing});
}

TEST_CASE("body_framing: some responses have no body, whatever their fields say", "[http]") {
    const fields liars = {{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}};
    check(response_case{"HEAD", 200, 1, liars, errc::success, none});
    check(response_case{"GET", 100, 1, liars, errc::success, none});
    check(response_case{"GET", 101, 1, {}, errc::success, none});
    check(response_case{"GET", 204, 1, liars, errc::success, none});
    check(response_case{"GET", 304, 1, {{"Content-Length", "x"}}, errc::success, none});
    check(response_case{"CONNECT", 200, 1, liars, errc::success, none});
    check(response_case{"CONNECT", 407, 1, {{"Content-Length", "5"}}, errc::success, length(5)});
    check(response_case{"GET", 205, 1, {{"Content-Length", "0"}}, errc::success, length(0)});
}

TEST_CASE("body_framing: a response is delimited by chunks, length or the end", "[http]") {
    check(response_case{"GET", 200, 1, {}, errc::success, until_close});
    check(response_case{"GET", 200, 0, {}, errc::success, until_close});
    check(response_case{"GET", 200, 1, {{"Content-Length", "5"}}, errc::success, length(5)});
    check(response_case{"GET", 200, 1, {{"Transfer-Encoding", "chunked"}}, errc::success, chunked});
    check(response_case{"GET",
                        200,
                        1,
                        {{"Content-Length", "x"}, {"Transfer-Encoding", "chunked"}},
                        errc::success,
                        chunked});
}

TEST_CASE("body_framing: a response may repeat an equal length, and no other", "[http]") {
    for (const std::string_view value : {"9,9", "9 , 9", "9, 09"}) {
        fields headers;
        headers.add("Content-Length", value);
        check(response_case{"GET", 200, 1, headers, errc::success, length(9)});
    }
    check(response_case{"GET",
                        200,
                        1,
                        {{"Content-Length", "9"}, {"Content-Length", "9"}},
                        errc::success,
                        length(9)});
    for (const std::string_view value : {"9, 12", "9,", ",9", "", "+9", "-1", "0x9", "9 9"}) {
        fields headers;
        headers.add("Content-Length", value);
        check(response_case{"GET", 200, 1, headers, errc::bad_framing});
    }
}

TEST_CASE("body_framing: faulty codings of a response are errors", "[http]") {
    check(response_case{"GET", 200, 0, {{"Transfer-Encoding", "chunked"}}, errc::bad_framing});
    check(response_case{
        "GET", 200, 1, {{"Transfer-Encoding", "chunked, chunked"}}, errc::bad_framing});
    check(response_case{
        "GET", 200, 1, {{"Transfer-Encoding", "gzip, chunked"}}, errc::unknown_coding});
    check(response_case{"GET", 200, 1, {{"Transfer-Encoding", "gzip"}}, errc::unknown_coding});
}

} // namespace http_body_framing_test
