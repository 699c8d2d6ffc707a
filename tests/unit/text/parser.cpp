// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "bench/workloads.hpp"
#include "support/allocation_count.hpp"
#include "support/catch.hpp"
#include "support/reference_parser.hpp"

#include <sse/text.hpp>

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace text_parser_test {

namespace {

using sse::errc;
using sse::event;
using sse::parse_status;

/// What a handler was told, in order.
struct recorder {
    std::vector<event> events;
    std::vector<std::string> comments;
    std::vector<std::int64_t> retries;

    void on_event(sse::event_view e) { events.emplace_back(e); }
    void on_comment(std::string_view text) { comments.emplace_back(text); }
    void on_retry(std::chrono::milliseconds time) { retries.push_back(time.count()); }
};

recorder parse_pieces(const std::vector<std::string_view>& pieces,
                      const sse::parser_options<>& options = {}) {
    sse::parser parser(options);
    recorder found;
    for (const auto piece : pieces)
        REQUIRE(parser.push(piece, found) == parse_status::need_input);
    return found;
}

/// Byte by byte, and what the parser is left with.
errc error_after(std::string_view stream, const sse::parser_options<>& options) {
    sse::parser whole(options);
    sse::parser bytewise(options);
    recorder ignored;
    whole.push(stream, ignored);
    for (std::size_t i = 0; i < stream.size(); ++i)
        bytewise.push(stream.substr(i, 1), ignored);
    CHECK(whole.error() == bytewise.error());
    return whole.error();
}

// A stream with every kind of line, parsed while compiling, whole and cut in the middle of a line.
struct counting_handler {
    std::size_t* events;
    bool* as_expected;
    constexpr void on_event(sse::event_view e) const {
        ++*events;
        *as_expected = *as_expected && e == sse::event_view{"tick", "a\nb", "7"};
    }
};

constexpr bool parses_while_compiling(std::size_t cut) {
    constexpr std::string_view stream = "\xEF\xBB\xBF: hello\r\nretry: 10\nevent: tick\rdata: "
                                        "a\r\ndata:b\nid: 7\n\ndata: unfinished";
    sse::basic_parser<sse::fixed_storage<32>> parser;
    std::size_t events = 0;
    bool as_expected = true;
    parser.push(stream.substr(0, cut), counting_handler{&events, &as_expected});
    parser.push(stream.substr(cut), counting_handler{&events, &as_expected});
    return events == 1 && as_expected && parser.last_event_id() == "7" &&
           parser.retry() == std::chrono::milliseconds(10);
}
static_assert(parses_while_compiling(0));
static_assert(parses_while_compiling(2));
static_assert(parses_while_compiling(17));
static_assert(parses_while_compiling(39));
static_assert(parses_while_compiling(44));

} // namespace

TEST_CASE("parser: hands out an event of one line where it lies") {
    const std::string stream = "data: hello\n\n";
    sse::parser parser;
    parser.feed(stream);
    REQUIRE(parser.next() == parse_status::event);
    CHECK(parser.current().data.data() == stream.data() + 6);
    CHECK(parser.next() == parse_status::need_input);
    CHECK(parser.next() == parse_status::need_input);
}

TEST_CASE("parser: dispatches at a CR without waiting for a LF") {
    sse::parser parser;
    parser.feed("data:1\r\r");
    CHECK(parser.next() == parse_status::event);
    CHECK(parser.next() == parse_status::need_input);
    parser.feed("");
    CHECK(parser.next() == parse_status::need_input);
    parser.feed("\ndata:2\r");
    CHECK(parser.next() == parse_status::need_input);
    parser.feed("\n\r");
    REQUIRE(parser.next() == parse_status::event);
    CHECK(parser.current().data == "2");
}

TEST_CASE("parser: reports comments only to those who ask, without the colon and one space") {
    const std::string_view stream = ":\n: a\n:b\n:  c\ndata\n\n";
    CHECK(parse_pieces({stream}).comments.empty());
    CHECK(parse_pieces({stream}, {.comments = true}).comments ==
          std::vector<std::string>{"", "a", "b", " c"});
    CHECK(parse_pieces({": a long com", "ment\r", "\n"}, {.comments = true}).comments ==
          std::vector<std::string>{"a long comment"});
}

TEST_CASE("parser: reports things in the order of the stream") {
    sse::parser parser({.comments = true});
    parser.feed("retry: 5\ndata: x\n: c\n\nretry: 6\n");
    CHECK(parser.next() == parse_status::retry);
    CHECK(parser.retry() == std::chrono::milliseconds(5));
    CHECK(parser.next() == parse_status::comment);
    CHECK(parser.comment() == "c");
    CHECK(parser.next() == parse_status::event);
    CHECK(parser.current().data == "x");
    CHECK(parser.next() == parse_status::retry);
    CHECK(parser.retry() == std::chrono::milliseconds(6));
}

TEST_CASE("parser: takes a retry of digits only, at once, and saturates") {
    CHECK(parse_pieces({"retry: 1\nretry:0002\n"}).retries == std::vector<std::int64_t>{1, 2});
    CHECK(parse_pieces({"retry: 12a\nretry: -1\nretry: +1\nretry:\nretry\nretry:  1\nretry: 1 \n"})
              .retries.empty());
    CHECK(parse_pieces({"retry: 7"}).retries.empty());
    CHECK(parse_pieces({"ret", "ry: 1", "2", "\n"}).retries == std::vector<std::int64_t>{12});
    const std::string huge = "retry: " + std::string(40, '9') + "\n";
    CHECK(parse_pieces({huge}).retries ==
          std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::max()});
    CHECK(parse_pieces({"retry: 9223372036854775807\nretry: 9223372036854775808\n"}).retries ==
          std::vector<std::int64_t>(2, std::numeric_limits<std::int64_t>::max()));
}

TEST_CASE("parser: keeps the id before a line whose id has a NUL, however it is cut") {
    const std::string stream("id: a\nid: b\0c\ndata: x\n\n", 23);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        const std::string_view all(stream);
        const auto found = parse_pieces({all.substr(0, cut), all.substr(cut)});
        REQUIRE(found.events == std::vector<event>{{"message", "x", "a"}});
    }
}

TEST_CASE("parser: commits an id at the blank line, and keeps it over a reset") {
    sse::parser parser;
    recorder found;
    parser.push("id: 1\n\nid: 2\n", found);
    CHECK(parser.last_event_id() == "1");
    parser.reset();
    CHECK(parser.last_event_id() == "1");
    parser.push("data: x\n\n", found);
    CHECK(found.events == std::vector<event>{{"message", "x", "1"}});
    parser.push("id\n\n", found);
    CHECK(parser.last_event_id().empty());
    CHECK(parser.last_event_id("seven") == errc::success);
    CHECK(parser.last_event_id("") == errc::success);
    CHECK(parser.last_event_id().empty());
}

TEST_CASE("parser: starts a stream afresh after a reset") {
    sse::parser parser;
    recorder found;
    parser.push("event: old\ndata: old\nda", found);
    parser.reset();
    parser.push("\xEF\xBB\xBF"
                "data: new\n\n",
                found);
    parser.push("data: x\r", found);
    parser.reset();
    parser.push("\ndata: y\n\n", found);
    CHECK(found.events == std::vector<event>{{"message", "new", ""}, {"message", "y", ""}});
}

TEST_CASE("parser: a limit that is exceeded is an error that stays until a reset") {
    sse::parser parser({.limits = {.event = 4}});
    recorder found;
    CHECK(parser.push("data: 12345\n\n", found) == parse_status::failed);
    CHECK(parser.error() == errc::event_too_large);
    CHECK(parser.next() == parse_status::failed);
    CHECK(parser.push("data: 1\n\n", found) == parse_status::failed);
    parser.reset();
    CHECK(parser.error() == errc::success);
    CHECK(parser.push("data: 1234\n\n", found) == parse_status::need_input);
    CHECK(found.events.size() == 1);
}

TEST_CASE("parser: each limit has an error of its own, and is met however the stream is cut") {
    const sse::parser_options<> options{.limits = {.line = 20, .event = 8, .id = 4, .type = 6},
                                        .comments = true};
    CHECK(error_after("data: 12345678\nid: 1234\nevent: 123456\n\n", options) == errc::success);
    CHECK(error_after("data: 123456789\n", options) == errc::event_too_large);
    CHECK(error_after("data: 1234\ndata: 5678\n", options) == errc::event_too_large);
    CHECK(error_after("data\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\n", options) ==
          errc::success);
    CHECK(error_after("data\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\n", options) ==
          errc::event_too_large);
    CHECK(error_after("id: 12345\n", options) == errc::id_too_long);
    CHECK(error_after("event: 1234567\n", options) == errc::type_too_long);
    CHECK(error_after(": 45678901234567890\n", options) == errc::success);
    CHECK(error_after(": 456789012345678901\n", options) == errc::success);
    CHECK(error_after(": 4567890123456789012\n", options) == errc::line_too_long);
}

TEST_CASE("parser: a limit is met within long lines that come in pieces") {
    const std::string value(5000, 'x');
    const std::string stream = "data: " + value + "\n\n";
    const auto error_of = [&](const sse::limits& limits) {
        sse::parser parser({.limits = limits});
        recorder found;
        for (std::size_t at = 0; at < stream.size(); at += 1460)
            parser.push(std::string_view(stream).substr(at, 1460), found);
        CHECK(found.events.size() == (parser.error() == errc::success ? 1U : 0U));
        return parser.error();
    };
    CHECK(error_of({.event = value.size()}) == errc::success);
    CHECK(error_of({.event = value.size() - 1}) == errc::event_too_large);
    CHECK(error_of({.line = value.size() + 6}) == errc::success);
    CHECK(error_of({.line = value.size() + 5}) == errc::line_too_long);
}

TEST_CASE("parser: fixed storage takes long lines that come in pieces, up to its size") {
    const std::string part(1000, 'x');
    sse::basic_parser<sse::fixed_storage<3000>> parser;
    recorder found;
    for (const std::string& piece : {"data: " + part, part, part + "\n\n"})
        REQUIRE(parser.push(piece, found) == parse_status::need_input);
    CHECK(found.events == std::vector<event>{{"message", part + part + part, ""}});
    for (const std::string& piece : {"data: " + part, part, part})
        REQUIRE(parser.push(piece, found) == parse_status::need_input);
    CHECK(parser.push("x", found) == parse_status::failed);
    CHECK(parser.error() == errc::event_too_large);
}

TEST_CASE("parser: goes on in a long line from every kind of piece before it") {
    // the end of one piece is what the fast way through the next one relies on
    const std::string part(3000, 'x');
    for (const std::string_view end : {"", "\xC3", "\xE6\x97", "\xE6\x97\xA5", "\t", "\n", "\r"}) {
        for (const std::string_view start : {"", "\xA9", "\xA5", "\n", "\r", "\n\n", "\ndata: "}) {
            const std::string first = "data: " + part + std::string(end);
            const std::string second = std::string(start) + part;
            const std::string third = part + "\n\ndata: b\n\n";
            sse::testing::reference_parser reference;
            reference.feed(first + second + third);
            CHECK(parse_pieces({first, second, "", third}).events == reference.events);
            CHECK(parse_pieces({first, second, part, part, "\n\n"}).events ==
                  parse_pieces({first + second + part + part + "\n\n"}).events);
        }
    }
}

TEST_CASE("parser: lines that nobody asked for have no limit and take no memory") {
    const sse::parser_options<> options{.limits = {.line = 16, .event = 16, .id = 16, .type = 16}};
    sse::parser parser(options);
    recorder found;
    const std::string piece(4096, 'x');
    const std::string digits(4096, '1');
    const sse::testing::allocation_count count;
    for (const std::string_view start : {":", "unknown: ", "dataset"}) {
        parser.push(start, found);
        for (int i = 0; i < 1000; ++i)
            parser.push(piece, found);
        REQUIRE(parser.push("\n", found) == parse_status::need_input);
    }
    parser.push("retry: ", found);
    for (int i = 0; i < 1000; ++i)
        parser.push(digits, found);
    CHECK(count.allocations() == 0);
}

TEST_CASE("parser: an endless stream of empty data lines meets the limit of an event") {
    sse::parser parser({.limits = {.event = 1000}});
    recorder found;
    int lines = 0;
    while (parser.push("data\n", found) == parse_status::need_input)
        ++lines;
    CHECK(lines == 1001); // a thousand line breaks
    CHECK(parser.error() == errc::event_too_large);
}

TEST_CASE("parser: an event of many short lines may be just as long as its limit") {
    const std::string padding(200, ':'); // so that lines are not the last of their piece
    for (std::size_t limit = 90; limit < 400; ++limit) {
        sse::parser parser({.limits = {.event = limit}});
        const auto parse = [&](std::size_t size) {
            std::string text;
            std::size_t left = size;
            for (; left > 40; left -= 21)
                text += "data: " + std::string(20, 'x') + "\n";
            text += "data: " + std::string(left, 'x') + "\n\n" + padding;
            parser.feed(text);
            const parse_status found = parser.next();
            const std::size_t data = parser.current().data.size();
            if (found == parse_status::event) CHECK(parser.next() == parse_status::need_input);
            parser.reset();
            return std::pair(found, data);
        };
        CHECK(parse(limit) == std::pair(parse_status::event, limit));
        CHECK(parse(limit + 1).first == parse_status::failed);
        CHECK(parse(limit) == std::pair(parse_status::event, limit)); // with memory from before
    }
}

TEST_CASE("parser: a zero limit is none") {
    const sse::parser_options<> options{.limits = {.line = 0, .event = 0, .id = 0, .type = 0}};
    const std::string big(100'000, 'x');
    const auto found =
        parse_pieces({"data: ", big, "\nid: ", big, "\nevent: ", big, "\n\n"}, options);
    CHECK(found.events == std::vector<event>{{big, big, big}});
}

TEST_CASE("parser: fixed storage that is full is the error of the limit it stands for") {
    using small_parser = sse::basic_parser<sse::fixed_storage<8>>;
    const auto error = [](std::string_view first, std::string_view second) {
        small_parser parser;
        recorder ignored;
        parser.push(first, ignored);
        parser.push(second, ignored);
        return parser.error();
    };
    CHECK(error("data: 12345678", "\n\n") == errc::success);
    CHECK(error("data: 123456789", "\n\n") == errc::event_too_large);
    CHECK(error("data: 123456789\n", "\n") == errc::event_too_large);
    CHECK(error("data: 1234\n", "data: 5678\n") == errc::event_too_large);
    CHECK(error("event: 123456789\n", "\n") == errc::type_too_long);
    CHECK(error("id: 123456789\n", "\n") == errc::id_too_long);
    CHECK(error("id: 1234567", "89\n") == errc::id_too_long);
    small_parser parser;
    CHECK(parser.last_event_id("123456789") == errc::id_too_long);
}

TEST_CASE("parser: replaces, passes or rejects bytes that are not UTF-8") {
    const std::string_view stream =
        "event: a\xFF\nid: b\xC3\ndata: c\xE2\x82\ndata: d\xE2\x82\xAC\n\n";
    CHECK(parse_pieces({stream}).events ==
          std::vector<event>{{"a\uFFFD", "c\uFFFD\nd\u20AC", "b\uFFFD"}});
    CHECK(parse_pieces({stream}, {.utf8 = sse::utf8_policy::pass}).events ==
          std::vector<event>{{"a\xFF", "c\xE2\x82\nd\xE2\x82\xAC", "b\xC3"}});
    const sse::parser_options<> reject{.utf8 = sse::utf8_policy::reject, .comments = true};
    CHECK(error_after(stream, reject) == errc::invalid_utf8);
    CHECK(error_after(": \xFF\n", reject) == errc::invalid_utf8);
    CHECK(error_after("data: \u20AC\n\nunknown: \xFF\n\n", reject) == errc::success);
}

TEST_CASE("parser: replaces only where it must, next to events that are fine") {
    const auto found =
        parse_pieces({"data: a\n\ndata: \xFF\n\ndata: b\n\nid: \xFE\n\ndata: c\n\n"});
    CHECK(found.events == std::vector<event>{{"message", "a", ""},
                                             {"message", "\uFFFD", ""},
                                             {"message", "b", ""},
                                             {"message", "c", "\uFFFD"}});
}

TEST_CASE("parser: finds what the reference finds in streams of all workloads, however cut") {
    for (const auto name : sse::bench::workload_names) {
        INFO(name);
        const std::string stream = sse::bench::make_workload(name, 40'000);
        sse::testing::reference_parser reference;
        reference.feed(stream);
        for (const std::size_t size : {1U, 7U, 64U, 1460U, 65'536U}) {
            sse::parser parser({.comments = true});
            recorder found;
            for (std::size_t at = 0; at < stream.size(); at += size) {
                parser.push(std::string_view(stream).substr(at, size), found);
            }
            CHECK(found.events == reference.events);
            CHECK(found.comments == reference.comments);
        }
    }
}

TEST_CASE("parser: finds what the reference finds in long lines with anything in them") {
    const std::vector<std::string> rarities = {
        "\n", "\r", "\r\n", "\n\n", "\t", "\x80", "\xC3", "\xE6\x97\xA5", "\ndata: ", "\nid: a"};
    sse::bench::random_source random;
    for (int round = 0; round < 20; ++round) {
        std::string stream = "data: ";
        while (stream.size() < 60'000) {
            stream += random.text(1 + random.next(random.next(2) == 0 ? 200 : 24'000));
            stream += random.next(20) == 0 ? std::string(1, '\0')
                                           : rarities[random.next(rarities.size())];
        }
        stream += "\n\n";
        sse::testing::reference_parser reference;
        reference.feed(stream);
        for (const std::size_t size : {1460U, 5000U, 65'536U}) {
            sse::parser parser({.limits = {.id = 0}});
            recorder found;
            for (std::size_t at = 0; at < stream.size(); at += size) {
                parser.push(std::string_view(stream).substr(at, size), found);
            }
            CHECK(parser.error() == errc::success);
            CHECK(found.events == reference.events);
        }
    }
}

TEST_CASE("parser: allocates nothing in a steady state") {
    struct counter {
        std::size_t events = 0;
        void on_event(sse::event_view) { ++events; }
    };
    for (const auto name : sse::bench::workload_names) {
        const std::string stream = sse::bench::make_workload(name, 1 << 20);
        for (const std::size_t size : {std::size_t{1460}, std::size_t{65'536}, stream.size()}) {
            INFO(name << " in pieces of " << size);
            sse::parser parser;
            counter seen;
            const auto parse_all = [&] {
                for (std::size_t at = 0; at < stream.size(); at += size) {
                    parser.push(std::string_view(stream).substr(at, size), seen);
                }
            };
            parse_all();
            const sse::testing::allocation_count count;
            parse_all();
            CHECK(count.allocations() == 0);
            CHECK(seen.events > 100);
        }
    }
}

TEST_CASE("parser: goes on where it is when it is copied or moved, in the middle of an event") {
    sse::parser first;
    recorder found;
    first.push("id: 1\n\nevent: t\ndata: a\ndata: b", found);
    sse::parser second = first;
    sse::parser third = std::move(first);
    second.push("c\n\n", found);
    third.push("d\n\n", found);
    CHECK(found.events == std::vector<event>{{"t", "a\nbc", "1"}, {"t", "a\nbd", "1"}});
}

TEST_CASE("parser: next finds nothing more until it is fed again", "[parser]") {
    sse::parser parser;
    const std::string text = "data: x\ndata: " + std::string(5000, 'y');
    parser.feed(text);
    for (int i = 0; i < 3; ++i)
        CHECK(parser.next() == sse::parse_status::need_input);
    parser.feed("\n\n");
    REQUIRE(parser.next() == sse::parse_status::event);
    CHECK(parser.current().data.size() == 5002);
    for (int i = 0; i < 3; ++i)
        CHECK(parser.next() == sse::parse_status::need_input);
}

} // namespace text_parser_test
