// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "scenario.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hostile_client_streams_test {

using namespace sse::testing;
using namespace std::chrono_literals;

namespace {

const std::string ended = "! end_of_stream +1000";

void with_comments(sse::event_source_options& o) {
    o.hooks.on_comment = [](std::string_view) {};
}

/// A stream whose `text` has this effect on the id of the next request.
scenario id_after(const std::string& name, const std::string& text, const texts& told,
                  const texts& request) {
    scenario s{name, {{send(ok + text), end()}, {send(head("204 No Content"))}}, {opened}, {}};
    s.expected.insert(s.expected.end(), told.begin(), told.end());
    s.expected.insert(s.expected.end(), {ended, "! no_content", "= no_content"});
    s.requests = {{"!Last-Event-ID"}, request};
    return s;
}

/// A stream with a retry field, and the delay after it.
scenario retry(const std::string& name, const std::string& text, const texts& told, long delay) {
    scenario s{name, {{send(ok + text + "data: a\n\n"), end()}}, {opened}};
    s.expected.insert(s.expected.end(), told.begin(), told.end());
    s.expected.insert(s.expected.end(), {"a", "! end_of_stream +" + std::to_string(delay)});
    return s;
}

scenario over_limit(const std::string& name, const std::string& text, const std::string& error) {
    return {name,
            {{send(ok + "data: a\n\n" + text)}},
            {opened, "a", "! " + error + " +1000"},
            {},
            [](auto& o) { o.limits.text = {.line = 1000, .event = 1000, .id = 100, .type = 100}; }};
}

} // namespace

TEST_CASE("hostile server: the last event id", "[hostile_client]") {
    const texts none{"!Last-Event-ID"};
    play({
        id_after("of an event", "id: 7\ndata: a\n\n", {"message|a|7"}, {"Last-Event-ID: 7\r\n"}),
        id_after("without data", "id: 7\n\n", {}, {"Last-Event-ID: 7\r\n"}),
        id_after("of an event that is not complete", "id: 7\ndata: a\n", {}, none),
        id_after("without a line end", "id: 7", {}, none),
        id_after("kept by the unfinished one", "id: 7\ndata: a\n\nid: 8\ndata: b\n",
                 {"message|a|7"}, {"Last-Event-ID: 7\r\n"}),
        id_after("reset by an empty one", "id: 7\ndata: a\n\nid:\ndata: b\n\n",
                 {"message|a|7", "b"}, none),
        id_after("reset without a colon", "id: 7\ndata: a\n\nid\n\n", {"message|a|7"}, none),
        id_after("UTF-8", "id: \xC3\xA4\xE2\x82\xAC\n\n", {},
                 {"Last-Event-ID: \xC3\xA4\xE2\x82\xAC\r\n"}),
        id_after("with blanks inside", "id: a b\tc\n\n", {}, {"Last-Event-ID: a b\tc\r\n"}),
        id_after("with NUL", std::string("id: 7\n\nid: a\0b\ndata: a\n\n", 24), {"message|a|7"},
                 {"Last-Event-ID: 7\r\n"}),
        id_after("a control that no field can carry", "id: a\x01\ndata: a\n\n", {"message|a|a\x01"},
                 none),
        id_after("DEL", "id: a\x7F\n\n", {}, none),
        id_after("that looks like another field", "id: 7 X: y\n\n", {},
                 {"Last-Event-ID: 7 X: y\r\n"}),
        id_after("bytes that are not UTF-8", "id: \xFF\n\n", {},
                 {"Last-Event-ID: \xEF\xBF\xBD\r\n"}),
        id_after("as long as allowed", "id: " + std::string(60'000, 'i') + "\n\n", {},
                 {"Last-Event-ID: " + std::string(60'000, 'i') + "\r\n"}),
        {"kept over failures",
         {{send(ok + "id: 7\n\n"), end()},
          refused(),
          {send(chunked), end()},
          {send(head("204 x"))}},
         {opened, ended, "! refused +2000", opened, "! truncated +4000", "! no_content",
          "= no_content"},
         {{}, {"Last-Event-ID: 7\r\n"}, {"Last-Event-ID: 7\r\n"}}},
        {"kept over streams",
         {{send(ok + "id: 7\n\n"), end()},
          {send(ok + "data: a\n\n"), end()},
          {send(ok + "id: 8\ndata: b\n\n"), end()},
          {send(head("204 x"))}},
         {opened, ended, opened, "message|a|7", "! end_of_stream +1000", opened, "message|b|8",
          ended, "! no_content", "= no_content"},
         {{}, {"Last-Event-ID: 7\r\n"}, {"Last-Event-ID: 7\r\n"}, {"Last-Event-ID: 8\r\n"}}},
        {"of the options",
         {{send(ok + "data: a\n\n"), end()}, {send(ok + "id\n\n"), end()}, {send(head("204 x"))}},
         {opened, "message|a|0", ended, opened, "! end_of_stream +1000", "! no_content",
          "= no_content"},
         {{"Last-Event-ID: 0\r\n"}, {"Last-Event-ID: 0\r\n"}, none},
         [](auto& o) { o.last_event_id = "0"; }},
        {"a field of the user until an event sets one",
         {{send(ok + "id: 7\n\n"), end()}, {send(head("204 x"))}},
         {opened, ended, "! no_content", "= no_content"},
         {{"Last-Event-ID: u\r\n"}, {"Last-Event-ID: 7\r\n", "!Last-Event-ID: u"}},
         [](auto& o) {
             o.headers = {{"Last-Event-ID", "u"}};
         }},
    });
}

TEST_CASE("hostile server: reconnection times", "[hostile_client]") {
    play({
        retry("in milliseconds", "retry: 300\n", {"retry 300"}, 300),
        {"at once, in the middle of an event",
         {{send(ok + "data: a\nretry: 300\n"), end()}},
         {opened, "retry 300", "! end_of_stream +300"}},
        retry("the last one counts", "retry: 300\n\nretry: 4000\n\n", {"retry 300", "retry 4000"},
              4000),
        retry("zero", "retry: 0\n", {"retry 0"}, 0),
        retry("zeros in front", "retry: 007\n", {"retry 7"}, 7),
        retry("over the cap of the growth", "retry: 60000\n", {"retry 60000"}, 60'000),
        retry("empty", "retry:\n", {}, 1000),
        retry("no colon", "retry\n", {}, 1000),
        retry("a minus sign", "retry: -1\n", {}, 1000),
        retry("a plus sign", "retry: +1\n", {}, 1000),
        retry("a fraction", "retry: 1.5\n", {}, 1000),
        retry("a blank behind", "retry: 10 \n", {}, 1000),
        retry("two blanks in front", "retry:  10\n", {}, 1000),
        retry("hex", "retry: 0x10\n", {}, 1000),
        retry("a unit", "retry: 10ms\n", {}, 1000),
        retry("digits of another script", "retry: \xD9\xA1\n", {}, 1000),
        retry("upper case", "RETRY: 10\n", {}, 1000),
        {"more than a day is a day",
         {{send(ok + "retry: 864000000\ndata: a\n\n"), end()}},
         {opened, "retry 864000000", "a", "! end_of_stream +86400000"}},
        {"not from a line without end",
         {{send(ok + "data: a\n\nretry: 5"), end()}},
         {opened, "a", ended}},
        {"kept over reconnections",
         {{send(ok + "retry: 5000\ndata: a\n\n"), end()}, {send(ok + "data: b\n\n"), end()}},
         {opened, "retry 5000", "a", "! end_of_stream +5000", opened, "b",
          "! end_of_stream +5000"}},
        {"a floor under the growth",
         {{send(ok + "retry: 5000\n"), end()}, refused(), refused(), refused(), refused()},
         {opened, "retry 5000", "! end_of_stream +5000", "! refused +10000", "! refused +20000",
          "! refused +30000", "! refused +30000"}},
        {"zero is damped from the second time on",
         {{send(ok + "retry: 0\ndata: a\n\n"), end()},
          {send(ok + "data: b\n\n"), end()},
          {send(ok + "data: c\n\n"), end()}},
         {opened, "retry 0", "a", "! end_of_stream +0", opened, "b", "! end_of_stream +500", opened,
          "c", "! end_of_stream +500"}},
    });
}

TEST_CASE("hostile server: a retry value that no number holds does not wrap", "[hostile_client]") {
    for (const char* digits : {"4294967297", "9223372036854775808", "18446744073709551617",
                               "99999999999999999999999999999999"}) {
        scenario s{digits, {{send(ok + "retry: " + digits + "\ndata: a\n\n"), end()}}, {}};
        const bool fits = std::string_view(digits).size() < 12;
        s.expected = {opened, "retry " + std::string(fits ? digits : "9223372036854775807"), "a",
                      "! end_of_stream +86400000"};
        play({s});
    }
}

TEST_CASE("hostile server: what a stream may hold", "[hostile_client]") {
    const std::string bom = "\xEF\xBB\xBF";
    play({
        {"a byte order mark on every connection",
         {{send(ok + bom + "data: a\n\n"), end()}, {send(ok + bom + "data: b\n\n"), end()}},
         {opened, "a", ended, opened, "b", ended}},
        {"a second byte order mark",
         {{send(ok + bom + bom + "data: a\ndata: b\n\n")}},
         {opened, "b"}},
        {"half a byte order mark",
         {{send(ok + bom.substr(0, 2) + "data: a\ndata: b\n\n")}},
         {opened, "b"}},
        {"a byte order mark in a chunk of its own",
         {{send(chunked + "3\r\n" + bom + "\r\n" + chunk_a)}},
         {opened, "a"}},
        {"comments are skipped", {{send(ok + ": x\n:\n::\ndata: a\n: y\n\n")}}, {opened, "a"}},
        {"comments are told where they are wanted",
         {{send(ok + ": x\n:y\n:\ndata: a\n\n")}},
         {opened, ": x", ": y", ": ", "a"},
         {},
         with_comments},
        {"nothing of a broken stream is left for the next",
         {{send(ok + "event: x\ndata: a\n"), end()}, {send(ok + "data: b\n\n")}},
         {opened, ended, opened, "b"}},
        {"a CR at the end, a LF at the beginning",
         {{send(ok + "data: a\r"), end()}, {send(ok + "\ndata: b\n\n")}},
         {opened, ended, opened, "b"}},
        {"text cut in a character",
         {{send(ok + "data: \xE2\x82"), end()}, {send(ok + "data: \xAC\n\n")}},
         {opened, ended, opened, "\xEF\xBF\xBD"}},
        {"types that sound like ours",
         {{send(ok + "event: error\ndata: a\n\nevent: open\ndata\n\n")}},
         {opened, "error|a|", "open||"}},
        {"an event of many lines",
         {{send(ok +
                [] {
                    std::string all;
                    for (int i = 0; i < 1000; ++i)
                        all += "data\n";
                    return all + "\n";
                }())}},
         {opened, std::string(999, '\n')}},
        {"a response within the stream", {{send(ok + ok + "data: a\n\n")}}, {opened, "a"}},
    });
}

TEST_CASE("hostile server: what is over the limits", "[hostile_client]") {
    const auto lines = [](const std::string& line, int n) {
        std::string all;
        while (n-- > 0)
            all += line;
        return all;
    };
    const auto skipped = [](scenario s) {
        s.server[0].acts.push_back(send("\ndata: b\n\n"));
        s.expected = {opened, "a", "b"};
        return s;
    };
    scenario fatal =
        over_limit("a limit that ends the source", "data: " + std::string(2000, 'x'), "");
    fatal.expected = {opened, "a", "! line_too_long", "= line_too_long"};
    fatal.options = [](auto& o) {
        o.limits.text.line = 1000;
        o.limits.overflow = sse::overflow_action::fail;
    };
    play({
        over_limit("a line", "data: " + std::string(2000, 'x') + "\n\n", "line_too_long"),
        over_limit("a line without end", "data: " + std::string(2000, 'x'), "line_too_long"),
        over_limit("lines of one event", lines("data: 123456789\n", 200), "event_too_large"),
        over_limit("empty lines of one event", lines("data\n", 2000), "event_too_large"),
        over_limit("an id", "id: " + std::string(200, 'x') + "\n", "id_too_long"),
        over_limit("a type", "event: " + std::string(200, 'x') + "\n", "type_too_long"),
        skipped(over_limit("comments have no limit", ":" + std::string(5000, 'x'), "")),
        skipped(over_limit("unknown fields have no limit", "x: " + std::string(5000, 'x'), "")),
        skipped(over_limit("a line of x has no limit", std::string(5000, 'x'), "")),
        std::move(fatal),
        {"bytes that are not UTF-8, where they are refused",
         {{send(ok + "data: \xFF\n\n")}},
         {opened, "! invalid_utf8 +1000"},
         {},
         [](auto& o) { o.utf8 = sse::utf8_policy::reject; }},
    });
}

TEST_CASE("hostile server: silence", "[hostile_client]") {
    const auto idle = [](auto& o) { o.timeouts.idle = 10s; };
    const auto every = [](std::chrono::milliseconds time, const texts& pieces) {
        connection c{send(ok + "data: a\n\n")};
        for (const std::string& piece : pieces) {
            c.acts.push_back(pause(time));
            c.acts.push_back(send(piece));
        }
        return c;
    };
    play({
        {"no byte of the stream", {{send(ok)}}, {opened, "! idle_timeout +1000"}, {}, idle},
        {"after an event", {every(0s, {})}, {opened, "a", "! idle_timeout +1000"}, {}, idle},
        {"comments count",
         {every(9s, {":\n", ":\n", ":\n", "data: b\n\n"})},
         {opened, "a", "b", "! idle_timeout +1000"},
         {},
         idle},
        {"every byte counts",
         {every(9s, {"d", "a", "t", "a", ":", "b", "\n", "\n"})},
         {opened, "a", "b", "! idle_timeout +1000"},
         {},
         idle},
        {"a byte that comes too late",
         {every(11s, {"data: b\n\n"})},
         {opened, "a", "! idle_timeout +1000"},
         {},
         idle},
        {"framing counts",
         {{send(chunked + chunk_a), pause(9s), send("9"), pause(9s), send("\r\n"), pause(9s),
           send("data: b\n\n\r\n")}},
         {opened, "a", "b", "! idle_timeout +1000"},
         {},
         idle},
        {"is allowed where nothing else is said",
         {every(20h, {"data: b\n\n"})},
         {opened, "a", "b"}},
    });
}

TEST_CASE("hostile server: streams that are to end", "[hostile_client]") {
    const auto finish = [](auto& o) { o.finish = true; };
    play({
        {"the last chunk",
         {{send(chunked + chunk_a + last_chunk)}},
         {opened, "a", "! end_of_stream", "= end_of_stream"},
         {},
         finish},
        {"the length",
         {{send(stream("Content-Length: 9\r\n") + "data: a\n\n")}},
         {opened, "a", "! end_of_stream", "= end_of_stream"},
         {},
         finish},
        {"the end of the connection",
         {{send(ok + "data: a\n\n"), end()}},
         {opened, "a", "! end_of_stream", "= end_of_stream"},
         {},
         finish},
        {"cut before the last chunk",
         {{send(chunked + chunk_a), end()}},
         {opened, "a", "! truncated", "= truncated"},
         {},
         finish},
        {"cut before the length",
         {{send(stream("Content-Length: 10\r\n") + "data: a\n\n"), end()}},
         {opened, "a", "! truncated", "= truncated"},
         {},
         finish},
        {"reset",
         {{send(chunked + chunk_a), pause(1s), reset()}},
         {opened, "a", "! reset", "= reset"},
         {},
         finish},
        {"a bad chunk",
         {{send(chunked + chunk_a + "x")}},
         {opened, "a", "! bad_chunk", "= bad_chunk"},
         {},
         finish},
        {"failures before there is a response",
         {refused(), {end()}, {send(chunked + chunk_a + last_chunk)}},
         {"! refused +1000", "! truncated +2000", opened, "a", "! end_of_stream",
          "= end_of_stream"},
         {},
         finish},
    });
}

TEST_CASE("hostile server: attempts are limited where they are", "[hostile_client]") {
    const auto three = [](auto& o) { o.reconnect.max_attempts = 3; };
    const std::string exhausted = "= attempts_exhausted";
    const connection one{send(ok + "data: a\n\n"), end()};
    play({
        {"failures",
         {refused(), refused(), refused()},
         {"! refused +1000", "! refused +2000", "! refused", exhausted},
         {},
         three},
        {"streams without an event",
         {{send(ok), end()}, {send(ok), end()}, {send(ok), end()}},
         {opened, ended, opened, "! end_of_stream +2000", opened, "! end_of_stream", exhausted},
         {},
         three},
        {"an event begins anew",
         {refused(), refused(), one, refused(), refused(), refused()},
         {"! refused +1000", "! refused +2000", opened, "a", ended, "! refused +1000",
          "! refused +2000", "! refused", exhausted},
         {},
         three},
        {"time",
         {refused(), refused(), refused(), refused()},
         {"! refused +1000", "! refused +2000", "! refused +4000", "! refused", exhausted},
         {},
         [](auto& o) { o.reconnect.max_elapsed = 10s; }},
    });
}

TEST_CASE("hostile server: a stream cut at any byte loses and doubles nothing",
          "[hostile_client]") {
    const std::string bom = "\xEF\xBB\xBF";
    const std::vector<std::string> blocks{bom + "id: 1\r\ndata: a\r\n\r\n", "id: 2\rdata: b\r\r",
                                          ":c\nid: 3\ndata: c\n\n"};
    std::string all;
    std::vector<std::size_t> complete; // bytes after which each event is there
    for (const std::string& block : blocks) {
        all += block;
        complete.push_back(all.size() - (block.ends_with("\r\n\r\n") ? 1 : 0));
    }
    for (const bool cleanly : {true, false}) {
        std::vector<scenario> cuts;
        for (std::size_t cut = 0; cut <= all.size(); ++cut) {
            std::size_t seen = 0;
            while (seen < complete.size() && complete[seen] <= cut)
                ++seen;
            scenario s{(cleanly ? "ended at byte " : "reset at byte ") + std::to_string(cut),
                       {},
                       {opened}};
            s.server.push_back({send(ok + all.substr(0, cut)), pause(1ms)});
            s.server.back().acts.push_back(cleanly ? end() : reset());
            std::string rest = bom;
            for (std::size_t i = seen; i < blocks.size(); ++i)
                rest += i == 0 ? blocks[i].substr(bom.size()) : blocks[i];
            s.server.push_back({send(ok + rest)});
            s.requests = {
                {},
                {seen == 0 ? "!Last-Event-ID" : "Last-Event-ID: " + std::to_string(seen) + "\r\n"}};
            for (std::size_t i = 0; i < blocks.size(); ++i) {
                if (i == seen)
                    s.expected.insert(s.expected.end(),
                                      {cleanly ? ended : "! reset +1000", opened});
                const std::string n(1, static_cast<char>('1' + i));
                s.expected.push_back("message|" + std::string(1, static_cast<char>('a' + i)) + "|" +
                                     n);
            }
            if (seen == blocks.size())
                s.expected.insert(s.expected.end(), {cleanly ? ended : "! reset +1000", opened});
            cuts.push_back(std::move(s));
        }
        play(cuts);
    }
}

} // namespace hostile_client_streams_test
