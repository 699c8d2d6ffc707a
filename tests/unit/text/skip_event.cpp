// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// What a parser does after an error when it is asked to go on.
#include "support/catch.hpp"

#include <sse/text.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace text_skip_event_test {

namespace {

using sse::errc;
using sse::parse_status;
using texts = std::vector<std::string>;

constexpr sse::parser_options<> tight{.limits = {.line = 16, .event = 10, .id = 4, .type = 5},
                                      .utf8 = sse::utf8_policy::reject,
                                      .comments = true};

/// What a parser that skips found, in order.
template <class Parser>
struct found {
    Parser parser;
    texts log{};
    std::size_t skipped = 0;

    void feed(std::string_view piece) {
        parser.feed(piece);
        for (;;) {
            switch (parser.next()) {
            case parse_status::need_input: return;
            case parse_status::event:
                log.push_back(std::string(parser.current().type) + "," +
                              std::string(parser.current().data) + "," +
                              std::string(parser.current().id));
                break;
            case parse_status::comment: log.push_back(":" + std::string(parser.comment())); break;
            case parse_status::retry: log.push_back(std::to_string(parser.retry().count())); break;
            case parse_status::failed:
                ++skipped;
                parser.skip_event();
                CHECK(parser.error() == errc::success);
                break;
            }
        }
    }
};

/// Blocks of which some cannot be taken, with lines behind what is too long.
const std::vector<std::string> blocks{
    "id: 1|data: a||",
    "data: 12345678901|id: no|retry: 7||", // one line of data
    "data: 1234|data: 5678|data: 9|data: x||",
    "event: t|id: 2|data: b||",
    "id: 12345|data: no||",
    "data: no|id: 12345||",
    "data: no|event: 123456|:no|data||",
    "data: a line that is too long|data: 1||",
    "data: \xff|id: no||", // found out at the blank line
    "data: c||",           // neither id nor type of what was skipped
    ":a comment that is too long|data: d|id: 3||",
    "data: e|: \xff|id: 4||", // a comment spoils nothing but itself
    "unknown: a line of whatever length it likes|retry: 8||",
    "|:f|",
    "event: 123456", // the end comes before the blank line
};
const texts expected{"message,a,1", "t,b,2", "message,c,2", "message,d,3",
                     "message,e,4", "8",     ":f"};
constexpr std::size_t bad = 10;

std::string stream_with(std::string_view line_end) {
    std::string text;
    for (const std::string& block : blocks)
        for (const char c : block)
            c == '|' ? text.append(line_end) : text.append(1, c);
    return text;
}

} // namespace

TEST_CASE("skip_event: goes on behind the blank line, however the stream is cut") {
    for (const std::string_view line_end : {"\n", "\r", "\r\n"}) {
        const std::string stream = stream_with(line_end);
        const std::string_view whole = stream;
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            CAPTURE(line_end.size(), cut);
            for (std::size_t size = 1; size <= 48; size = size < 4 ? size + 1 : size * 2) {
                found<sse::parser> f{sse::parser(tight)};
                f.feed(whole.substr(0, cut));
                f.feed("");
                f.feed(whole.substr(cut, size));
                f.feed(whole.substr(std::min(whole.size(), cut + size)));
                CHECK(f.log == expected);
                CHECK(f.skipped == bad);
            }
        }
        for (std::size_t size = 1; size < 40; ++size) {
            CAPTURE(line_end.size(), size);
            found<sse::parser> f{sse::parser(tight)};
            for (std::size_t at = 0; at < stream.size(); at += size)
                f.feed(whole.substr(at, size));
            CHECK(f.log == expected);
            CHECK(f.skipped == bad);
        }
    }
}

TEST_CASE("skip_event: what does not fit into fixed storage is skipped as well") {
    const std::string stream = "id: 1\ndata: a\n\ndata: far more than fits\nid: 2\n\ndata: b\n\n";
    for (std::size_t size = 1; size < 12; ++size) {
        CAPTURE(size);
        found<sse::basic_parser<sse::fixed_storage<8>>> f{};
        for (std::size_t at = 0; at < stream.size(); at += size)
            f.feed(std::string_view(stream).substr(at, size));
        CHECK(f.log == texts{"message,a,1", "message,b,1"});
        CHECK(f.skipped == 1);
    }
}

TEST_CASE("skip_event: does nothing without an error, and a reset ends it") {
    found<sse::parser> f{sse::parser(tight)};
    f.feed("data: a");
    f.parser.skip_event();
    f.feed("\n\ndata: 12345678901\n");
    CHECK(f.skipped == 1);
    f.parser.reset();
    f.feed("data: b\n\n");
    CHECK(f.log == texts{"message,a,", "message,b,"});
}

TEST_CASE("skip_event: a push goes on behind the rest of its piece") {
    struct counter {
        std::size_t events = 0;
        void on_event(sse::event_view) { ++events; }
    } counted;
    sse::parser parser(tight);
    CHECK(parser.push("data: 12345678901\n\ndata: a\n\ndata: b", counted) == parse_status::failed);
    parser.skip_event();
    CHECK(parser.next() == parse_status::event);
    CHECK(parser.next() == parse_status::need_input);
    CHECK(parser.push("\n\n", counted) == parse_status::need_input);
    CHECK(counted.events == 1);
}

TEST_CASE("parser: comments are counted whether they are reported or not") {
    const std::string stream = ":\n:a\r\ndata: b\n: a longer one\n\n:unfinished";
    for (const bool reported : {true, false}) {
        for (std::size_t size = 1; size <= stream.size(); ++size) {
            found<sse::parser> f{sse::parser({.comments = reported})};
            for (std::size_t at = 0; at < stream.size(); at += size)
                f.feed(std::string_view(stream).substr(at, size));
            CHECK(f.parser.comment_count() == 3);
            f.parser.reset();
            CHECK(f.parser.comment_count() == 3);
        }
    }
}

} // namespace text_skip_event_test
