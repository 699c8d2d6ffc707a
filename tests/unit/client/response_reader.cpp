// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/client/response_reader.hpp>
#include <sse/http/chunked.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace client_response_reader_test {

using sse::errc;
using sse::detail::response_reader;
using sse::detail::response_status;

namespace {

sse::event_source_options with_comments() {
    sse::event_source_options options;
    options.hooks.on_comment = [](std::string_view) {};
    return options;
}

/// Everything that `bytes` hold, as a text; `end` is what the end of the connection means.
struct reading {
    std::string text;
    errc end = errc::success;
};

void take(response_reader& reader, std::string bytes, std::string& text) {
    reader.feed(bytes);
    for (;;) {
        switch (reader.next()) {
        case response_status::need_input: return;
        case response_status::head:
            text += std::to_string(reader.head().status) + " ";
            reader.accept("GET");
            break;
        case response_status::event: text += std::string(reader.current().data) + ";"; break;
        case response_status::comment: text += "#" + std::string(reader.comment()) + ";"; break;
        case response_status::retry:
            text += "retry" + std::to_string(reader.retry().count()) + ";";
            break;
        case response_status::skipped: text += "skipped;"; break;
        case response_status::end: text += "end"; return;
        case response_status::failed: text += sse::message(reader.error()); return;
        }
    }
}

reading read(std::string_view bytes, std::size_t piece = std::string_view::npos,
             const sse::event_source_options& options = with_comments()) {
    response_reader reader(options);
    reading result;
    for (std::string_view rest = bytes; !rest.empty();) {
        const std::string_view next = rest.substr(0, piece);
        rest.remove_prefix(next.size());
        take(reader, std::string(next), result.text);
        const auto status = reader.next();
        if (status == response_status::end || status == response_status::failed) break;
    }
    result.end = reader.finish();
    return result;
}

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";

std::string fail(errc e) { return sse::message(e); }

} // namespace

TEST_CASE("response_reader: every framing, cut at every byte", "[response_reader]") {
    const std::string until_close = ok + "\r\n:c\nretry: 5\ndata: 1\n\ndata: 2\n\ndata: 3";
    const std::string length = ok + "Content-Length: 9\r\n\r\ndata: 1\n\ndata: beyond\n\n";
    const std::string chunked = ok +
                                "Transfer-Encoding: chunked\r\n\r\n"
                                "3;x=\"y\\\"\"\r\ndat\r\n6\r\na: 1\n\n\r\n0\r\nTrailer: x\r\n\r\n"
                                "data: beyond\n\n";
    for (std::size_t piece = 1; piece < 120; ++piece) {
        CHECK(read(until_close, piece).text == "200 #c;retry5;1;2;");
        CHECK(read(length, piece).text == "200 1;end");
        CHECK(read(chunked, piece).text == "200 1;end");
    }
    CHECK(read(until_close).end == errc::success);
    CHECK(read(length).text == "200 1;end");
    CHECK(read(chunked).text == "200 1;end");
}

TEST_CASE("response_reader: HTTP/1.0 and bare line feeds", "[response_reader]") {
    const auto r = read("HTTP/1.0 200 OK\nContent-Type: text/event-stream\n\ndata: 1\n\n");
    CHECK(r.text == "200 1;");
    CHECK(r.end == errc::success);
}

TEST_CASE("response_reader: the end of the connection in the middle is told apart",
          "[response_reader]") {
    CHECK(read("").end == errc::truncated);
    CHECK(read("HTTP/1.1 200").end == errc::truncated);
    CHECK(read(ok).end == errc::truncated);
    CHECK(read(ok + "Content-Length: 9\r\n\r\ndata: 1\n").end == errc::truncated);
    CHECK(read(ok + "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n").end ==
          errc::truncated);
    CHECK(read(ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n").end == errc::success);
}

TEST_CASE("response_reader: interim responses are passed over, so many", "[response_reader]") {
    const auto interim = [](int n) {
        std::string text;
        for (int i = 0; i < n; ++i)
            text += "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
        return text + ok + "\r\ndata: 1\n\n";
    };
    CHECK(read(interim(1)).text == "200 1;");
    CHECK(read(interim(16)).text == "200 1;");
    CHECK(read(interim(17)).text == fail(errc::head_too_large));
    CHECK(read("HTTP/1.1 101 Switching Protocols\r\n\r\n").text == "101 end");
}

TEST_CASE("response_reader: garbage fails", "[response_reader]") {
    CHECK(read("SSH-2.0-OpenSSH\r\n").text == fail(errc::bad_start_line));
    CHECK(read("HTTP/2.0 200 OK\r\n\r\n").text == fail(errc::bad_version));
    CHECK(read("HTTP/1.1 200 OK\r\nno colon\r\n\r\n").text == fail(errc::bad_field));
    CHECK(read(ok + "Content-Length: 9, 12\r\n\r\n").text == "200 " + fail(errc::bad_framing));
    CHECK(read(ok + "Content-Length: -1\r\n\r\n").text == "200 " + fail(errc::bad_framing));
    CHECK(read(ok + "Transfer-Encoding: gzip\r\n\r\n").text == "200 " + fail(errc::unknown_coding));
    CHECK(read(ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n").text ==
          "200 " + fail(errc::bad_chunk));
}

TEST_CASE("response_reader: an endless head meets its limit", "[response_reader]") {
    std::string text = "HTTP/1.1 200 OK\r\n";
    CHECK(read("HTTP/1.1 200 " + std::string(20'000, 'x'), 1000).text ==
          fail(errc::start_line_too_long));
    CHECK(read(text + "a: " + std::string(20'000, 'x'), 1000).text == fail(errc::head_too_large));
    for (int i = 0; i < 200; ++i)
        text += "a: b\r\n";
    CHECK(read(text).text == fail(errc::too_many_fields));
}

TEST_CASE("response_reader: text limits have their errors, and they stay", "[response_reader]") {
    auto options = with_comments();
    options.limits.text = {.line = 20, .event = 10, .id = 3, .type = 3};
    const auto limited = [&](std::string_view body) {
        return read(ok + "\r\n" + std::string(body), std::string_view::npos, options).text;
    };
    CHECK(limited("data: 1234567890\n\n") == "200 1234567890;");
    CHECK(limited("data: 1\n\ndata: 12345678901\n\ndata: 2\n\n") ==
          "200 1;" + fail(errc::event_too_large));
    CHECK(limited("data: 123456789012345\n\n") == "200 " + fail(errc::line_too_long));
    CHECK(limited("id: 1234\n\n") == "200 " + fail(errc::id_too_long));
    CHECK(limited("event: 1234\n\n") == "200 " + fail(errc::type_too_long));
}

TEST_CASE("response_reader: a new response starts afresh but for the last event id",
          "[response_reader]") {
    response_reader reader(with_comments());
    std::string text;
    take(reader, ok + "\r\nid: 7\ndata: 1\n\nid: 8\ndata: unfinished", text);
    CHECK(reader.last_event_id() == "7");
    reader.reset();
    CHECK(reader.head().status == 0);
    CHECK(reader.finish() == errc::truncated);
    take(reader,
         ok + "\r\n\xef\xbb\xbf"
              "data: 2\n\n",
         text);
    CHECK(text == "200 1;200 2;");
    CHECK(reader.last_event_id() == "7");
}

TEST_CASE("response_reader: comments are not reported to who does not ask", "[response_reader]") {
    CHECK(read(ok + "\r\n:c\ndata: 1\n\n", 1000, {}).text == "200 1;");
}

TEST_CASE("response_reader: events come before what ends their stream, however it is chunked",
          "[response_reader]") {
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n";
    const std::string large(1500, 'x');
    const std::string body =
        "data: a\n\ndata: bc\n\n:" + large + "\ndata:" + large + "\n\ndata:d\n\n";
    const std::string text = "200 a;bc;#" + large + ";" + large + ";d;";
    for (const std::size_t size : std::initializer_list<std::size_t>{1, 2, 7, 10, 19, 511, 512, 513,
                                                                     1000, 1520, 3000, 5000}) {
        std::string chunks;
        for (std::size_t at = 0; at < body.size(); at += size) {
            const std::string chunk = body.substr(at, size);
            sse::http::append_chunk_header(chunks, chunk.size());
            chunks += chunk + "\r\n";
        }
        CAPTURE(size);
        CHECK(read(head + chunks + "0\r\n\r\nrest").text == text + "end");
        CHECK(read(head + chunks + "no size\r\n").text == text + sse::message(errc::bad_chunk));
        CHECK(read(head + chunks).text == text);
        CHECK(read(head + chunks).end == errc::truncated);
    }
    std::string chunks;
    for (std::size_t at = 0, size = 1; at < body.size(); at += size, size = (size * 7) % 900) {
        const std::string chunk = body.substr(at, size);
        sse::http::append_chunk_header(chunks, chunk.size());
        chunks += chunk + "\r\n";
    }
    CHECK(read(head + chunks + "0\r\n\r\n").text == text + "end");
}

} // namespace client_response_reader_test
