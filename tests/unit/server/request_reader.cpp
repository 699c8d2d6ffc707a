// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server/request_reader.hpp>

#include <cstddef>
#include <iterator>
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

namespace {

/// All that a handler could see, and what of `bytes` is behind the request.
std::string told(request_reader& reader, std::string_view bytes, std::size_t cut) {
    std::size_t taken = reader.feed(bytes.substr(0, cut));
    taken += reader.feed(bytes.substr(taken));
    std::string all = std::to_string(static_cast<int>(reader.state())) + "/" +
                      std::to_string(static_cast<int>(reader.error())) + "/";
    const sse::request& rq = reader.current();
    for (const std::string& part : {rq.method(), rq.head.target, std::to_string(rq.head.minor),
                                    rq.path, rq.body, std::string(bytes.substr(taken))})
        all += part + "/";
    for (const auto& [name, value] : rq.head.headers)
        all += name + ":" + value + "/";
    for (const auto& [name, value] : rq.query)
        all += name + "=" + value + "/";
    return all;
}

} // namespace

TEST_CASE("request_reader: a request is the same whatever was read before it", "[request_reader]") {
    const std::string requests[] = {
        "POST /a?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab",
        "POST /a?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\ncd",
        "POST /a?x=2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n\r\n",
        "POST /a?x=1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(2000, 'x') + "\r\n\r\n",
    };
    const std::size_t count = std::size(requests);
    for (std::size_t n = 0; n < count * count * count; ++n) {
        const std::string sequence[] = {requests[n % count], requests[n / count % count],
                                        requests[n / count / count]};
        request_reader reader({});
        for (const std::string& before : {sequence[0], sequence[1], sequence[1]}) {
            told(reader, before, before.size());
            REQUIRE(reader.state() == phase::done);
            reader.reset();
        }
        const std::string bytes = sequence[2] + "G";
        const std::size_t cut = n % 3 == 0 ? n % bytes.size() : bytes.size();
        request_reader fresh({});
        CAPTURE(n, cut);
        REQUIRE(told(reader, bytes, cut) == told(fresh, bytes, cut));
    }
}

TEST_CASE("request_reader: of a head that fails nothing is left of the one before",
          "[request_reader]") {
    const std::string good = "GET /a HTTP/1.1\r\nHost: h\r\nOrigin: o\r\n\r\n";
    for (const std::string bad : {"GET /a HTTP/1.1\r\nHost: h\r\nOrigin", "\x16", "\r\n"}) {
        request_reader reader({});
        for (int i = 0; i < 3; ++i) {
            reader.feed(good);
            REQUIRE(reader.state() == phase::done);
            reader.reset();
        }
        reader.feed(bad);
        CHECK(reader.current().head.headers.empty());
        CHECK(reader.current().path.empty());
    }
}

TEST_CASE("request_reader: what was changed of a request is not found in the next one",
          "[request_reader]") {
    const std::string bytes = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    request_reader reader({});
    for (int i = 0; i < 4; ++i) {
        reader.feed(bytes);
        REQUIRE(reader.state() == phase::done);
        CHECK(reader.current().head.headers.size() == 1);
        CHECK(reader.current().path == "/a");
        reader.forget_head();
        reader.current().head.headers.add("X", "y");
        reader.current().path = "/b";
        reader.reset();
    }
}

TEST_CASE("request_reader: what the head of a request says is known of one that repeats it",
          "[request_reader]") {
    const std::string keeps = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    const std::string ends = "HEAD /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    const std::string tunnel = "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n";
    request_reader reader({});
    const auto read = [&](const std::string& bytes, bool repeated, bool changed = false) {
        reader.feed(bytes);
        REQUIRE(reader.state() == phase::done);
        CHECK(reader.is_repeated() == repeated);
        CHECK(reader.is_head() == (bytes == ends));
        CHECK(reader.persists() == (bytes == keeps));
        // those of its route, which were given to the last one
        CHECK(reader.current().parameters.size() == (repeated ? 1U : 0U));
        if (changed) reader.forget_head();
        reader.current().parameters = {{"name", "a"}};
        reader.reset();
    };
    read(keeps, false); // most connections have one request, so that this is not kept
    read(keeps, false);
    read(keeps, true);
    read(keeps, true);
    read(ends, false);
    read(ends, true);
    read(tunnel, false);
    read(tunnel, true);
    read(keeps, false);
    read(keeps, true, true);
    read(keeps, false);
}

TEST_CASE("request_reader: takes nothing more once it has failed", "[request_reader]") {
    request_reader reader({});
    reader.feed("GET / HTTP/1.1\r\n\r\n");
    CHECK(reader.error() == errc::bad_host);
    CHECK(reader.feed("GET / HTTP/1.1\r\nHost: h\r\n\r\n") == 0);
    CHECK(reader.state() == phase::failed);
}

} // namespace server_request_reader_test
