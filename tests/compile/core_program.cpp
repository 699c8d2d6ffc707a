// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// The text format and HTTP at work where there are neither exceptions nor type information.
#include <sse/http/chunked.hpp>
#include <sse/http/request_head.hpp>
#include <sse/text.hpp>

#include <cstdio>
#include <string>
#include <string_view>

#if defined(__cpp_exceptions) || defined(__cpp_rtti)
#error "to be compiled with -fno-exceptions -fno-rtti"
#endif

namespace {

int failures = 0;

void check(bool passed, const char* what) {
    if (passed) return;
    ++failures;
    std::fprintf(stderr, "failed: %s\n", what);
}

std::string events_of(sse::parser& parser, std::string_view bytes, std::size_t at_a_time) {
    std::string all;
    while (!bytes.empty()) {
        parser.feed(bytes.substr(0, at_a_time));
        bytes.remove_prefix(bytes.size() < at_a_time ? bytes.size() : at_a_time);
        for (auto s = parser.next(); s != sse::parse_status::need_input; s = parser.next()) {
            if (s == sse::parse_status::failed) return all + "!";
            if (s != sse::parse_status::event) continue;
            const sse::event_view e = parser.current();
            all.append(e.type).append(",").append(e.id).append(",").append(e.data).append(";");
        }
    }
    return all;
}

void parses_what_is_serialised() {
    std::string stream;
    const sse::event_view event{.type = "t", .data = "one\ntwo \xff", .id = "7"};
    check(sse::serialize(event, stream) == sse::errc::success, "an event is serialised");
    check(sse::serialize({.type = "a\nb"}, stream) == sse::errc::invalid_field, "a type is a line");
    sse::serialize_comment("not an event", stream);
    for (const std::size_t n : {stream.size(), std::size_t{1}, std::size_t{7}}) {
        sse::parser parser;
        check(events_of(parser, stream, n) == "t,7,one\ntwo \xef\xbf\xbd;", "and parsed");
    }
}

void keeps_to_its_limits() {
    sse::parser parser({.limits = {.event = 100}});
    const std::string large = "data: " + std::string(200, 'x') + "\n\n";
    check(events_of(parser, "data: a\n\n" + large, 11) == "message,,a;!", "events have a limit");
    check(parser.error() == sse::errc::event_too_large, "and an error");
}

void reads_requests() {
    sse::http::request_head head;
    const std::string_view text = "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n";
    check(sse::http::parse_request_head(text, {}, head) == sse::errc::success, "a request");
    check(head.method == "GET" && head.parts().path == "/a", "is taken apart");
    const auto refused = sse::http::parse_request_head("GET / HTTP/1.1\r\n\r\n", {}, head);
    check(refused != sse::errc::success, "one without Host is refused");
    sse::http::chunked_decoder chunks;
    check(chunks.next("3\r\nabc\r\n0\r\n\r\n").payload == "abc", "a chunk");
}

} // namespace

int main() {
    parses_what_is_serialised();
    keeps_to_its_limits();
    reads_requests();
    return failures == 0 ? 0 : 1;
}
