// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// Feeds streams from standard input to the parser and prints what it finds, for check.py:
//
//   C <base64>     bytes, as one read          V <type> <data> <last event id>   an event
//   E              the end of the stream       R <ms>                            a retry field
//                                              D <last event id>                 the end
#include "base64.hpp"

#include <sse/text.hpp>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using sse::conformance::base64_decode;
using sse::conformance::base64_encode;

class stream_printer {
public:
    explicit stream_printer(sse::utf8_policy utf8)
        : options_{.limits = {.line = limit, .event = limit, .id = limit, .type = limit},
                   .utf8 = utf8} {}

    bool feed(std::string_view bytes) {
        return parser_.push(bytes, *this) == sse::parse_status::need_input;
    }

    void end() {
        answer_ += "D ";
        base64_encode_field(parser_.last_event_id());
        answer_ += '\n';
        std::fwrite(answer_.data(), 1, answer_.size(), stdout);
        std::fflush(stdout);
        answer_.clear();
        parser_ = sse::parser(options_);
    }

    void on_event(sse::event_view e) {
        answer_ += "V ";
        base64_encode_field(e.type);
        answer_ += ' ';
        base64_encode_field(e.data);
        answer_ += ' ';
        base64_encode_field(e.id);
        answer_ += '\n';
    }

    void on_retry(std::chrono::milliseconds time) {
        answer_ += "R " + std::to_string(time.count()) + '\n';
    }

private:
    void base64_encode_field(std::string_view bytes) {
        field_.clear();
        base64_encode(bytes, field_);
        answer_ += field_.empty() ? "-" : field_;
    }

    static constexpr std::size_t limit = std::size_t{64} << 20;
    sse::parser_options<> options_;
    sse::parser parser_{options_};
    std::string answer_;
    std::string field_;
};

} // namespace

int main(int argc, char** argv) {
    const bool raw = argc == 2 && std::strcmp(argv[1], "--no-decode") == 0;
    if (argc > 2 || (argc == 2 && !raw)) {
        std::fprintf(stderr, "usage: sse_conformance [--no-decode]\n");
        return 2;
    }
    stream_printer printer(raw ? sse::utf8_policy::pass : sse::utf8_policy::replace);
    std::string line;
    std::string bytes;
    std::ios::sync_with_stdio(false);
    while (std::getline(std::cin, line)) {
        if (line == "E") {
            printer.end();
            continue;
        }
        bytes.clear();
        if (!line.starts_with("C ") || !base64_decode(std::string_view(line).substr(2), bytes) ||
            !printer.feed(bytes)) {
            std::fprintf(stderr, "sse_conformance: cannot go on after: %.60s\n", line.c_str());
            return 1;
        }
    }
}
