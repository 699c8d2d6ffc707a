// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server/request_reader.hpp>

#include <string>
#include <string_view>

namespace server_request_reader_test {

using sse::errc;
using sse::detail::request_reader;
using phase = request_reader::phase;

TEST_CASE("request_reader: stops behind the request, at any cut", "[request_reader]") {
    const std::string one =
        "POST /a%20b?x=1&y=%41 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
    const std::string bytes = one + "GET / HTTP/1.1\r\n";
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        CAPTURE(cut);
        request_reader reader({});
        std::size_t taken = reader.feed(std::string_view(bytes).substr(0, cut));
        taken += reader.feed(std::string_view(bytes).substr(taken));
        REQUIRE(reader.state() == phase::done);
        REQUIRE(taken == one.size());
        const sse::request& rq = reader.current();
        CHECK(rq.method() == "POST");
        CHECK(rq.path == "/a%20b");
        REQUIRE(rq.query.find("y") != nullptr);
        CHECK(*rq.query.find("y") == "A");
        CHECK(rq.body == "hello");
        CHECK(rq.header("host") == "h");
    }
}

TEST_CASE("request_reader: tells how far it is", "[request_reader]") {
    request_reader reader({});
    CHECK(reader.state() == phase::idle);
    reader.feed("\r\n"); // one empty line is allowed before a request
    CHECK(reader.state() == phase::idle);
    reader.feed("P");
    CHECK(reader.state() == phase::head);
    reader.feed("OST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    CHECK(reader.state() == phase::body);
    CHECK(reader.expects_continue());
    reader.feed("a");
    CHECK_FALSE(reader.expects_continue());
    reader.feed("b");
    CHECK(reader.state() == phase::done);
    reader.reset();
    CHECK(reader.state() == phase::idle);
    CHECK(reader.current().body.empty());
    reader.feed("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(reader.state() == phase::done);
}

TEST_CASE("request_reader: a body over its limit fails as early as that is known",
          "[request_reader]") {
    const sse::server_limits limits{.body = 4};
    request_reader announced(limits);
    announced.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n");
    CHECK(announced.state() == phase::failed);
    CHECK(announced.error() == errc::body_too_large);
    request_reader chunked(limits);
    chunked.feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    CHECK(chunked.state() == phase::body);
    chunked.feed("2\r\n");
    CHECK(chunked.error() == errc::body_too_large);
    request_reader huge(limits);
    huge.feed(
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n");
    CHECK(huge.error() == errc::body_too_large);
    request_reader fits(limits);
    fits.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nabcd");
    CHECK(fits.state() == phase::done);
    request_reader off({.body = 0});
    off.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde");
    CHECK(off.state() == phase::done);
}

TEST_CASE("request_reader: takes nothing more once it has failed", "[request_reader]") {
    request_reader reader({});
    reader.feed("GET / HTTP/1.1\r\n\r\n");
    CHECK(reader.error() == errc::bad_host);
    CHECK(reader.feed("GET / HTTP/1.1\r\nHost: h\r\n\r\n") == 0);
    CHECK(reader.state() == phase::failed);
}

} // namespace server_request_reader_test
