// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// parse(serialize(x)) == normalise(x), and exactly one event, for any bytes in data, comment, id
// and type: nothing that is sent can become a field, an event or a comment of its own.
#include "fuzz/require.hpp"

#include <sse/text.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct recorder {
    std::vector<sse::event> events;
    std::vector<std::string> comments;
    std::size_t retries = 0;

    void on_event(sse::event_view e) { events.emplace_back(e); }
    void on_comment(std::string_view text) { comments.emplace_back(text); }
    void on_retry(std::chrono::milliseconds) { ++retries; }
};

/// Takes the next part off the input: up to the next 0xFF, which no valid UTF-8 holds.
std::string_view take(std::string_view& input) {
    const auto end = std::min(input.find('\xFF'), input.size());
    const std::string_view part = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    return part;
}

/// CR and CRLF become LF: all that a round trip changes.
std::string normalise(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r') {
            out += '\n';
            if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (std::size_t i = 0; i < lines.size(); ++i)
        out += (i == 0 ? "" : "\n") + lines[i];
    return out;
}

bool holds_line_end_or_nul(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const std::string_view type = take(input);
    const std::string_view id = take(input);
    const std::string_view comment = take(input);
    const std::string_view data = input;
    const sse::event_view sent{type, data, id};

    std::string stream;
    sse::serialize_comment(comment, stream);
    const std::size_t before = stream.size();
    const sse::errc error = sse::serialize(sent, stream);
    const bool is_invalid = holds_line_end_or_nul(type) || holds_line_end_or_nul(id);
    require((error == sse::errc::invalid_field) == is_invalid,
            "CR, LF and NUL are refused, and nothing else");
    require(stream.size() - before == (is_invalid ? 0 : sse::serialized_size(sent)),
            "the size told before");

    sse::basic_parser<sse::growing_storage<>, sse::no_limits> parser(
        {.utf8 = sse::utf8_policy::pass, .comments = true});
    recorder found;
    require(parser.push(stream, found) == sse::parse_status::need_input, "no limit is met");
    require(joined(found.comments) == normalise(comment), "the comment comes back");
    require(found.retries == 0, "no retry of somebody else");
    require(found.events.size() == (is_invalid ? 0 : 1), "exactly one event");
    if (!is_invalid) {
        require(found.events[0].data == normalise(data), "the data comes back");
        require(found.events[0].type == (type.empty() ? "message" : type), "the type comes back");
        require(found.events[0].id == id, "the id comes back");
    }
    return 0;
}
