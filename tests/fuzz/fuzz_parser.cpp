// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// The parser against the byte-at-a-time reference, cut as the first byte of the input says.
#include "fuzz/require.hpp"
#include "support/reference_parser.hpp"

#include <sse/text.hpp>

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
    std::vector<std::chrono::milliseconds> retries;

    void on_event(sse::event_view e) { events.emplace_back(e); }
    void on_comment(std::string_view text) { comments.emplace_back(text); }
    void on_retry(std::chrono::milliseconds time) { retries.push_back(time); }
};

/// Sizes of pieces, from a seed: from one byte to some blocks, a few empty, a few as packets.
class piece_sizes {
public:
    explicit piece_sizes(std::uint32_t seed) : state_(seed * 2654435761U + 1) {}
    std::size_t next() {
        state_ = state_ * 1664525U + 1013904223U;
        const std::uint32_t bits = state_ >> 16;
        if (bits % 16 == 1) return bits / 16 % 1500;
        return bits % 4 == 0 ? bits / 4 % 200 : bits / 4 % 9;
    }

private:
    std::uint32_t state_;
};

/// What a retry of these digits is, saturated.
std::chrono::milliseconds saturated(const std::string& digits) {
    constexpr std::int64_t most = std::chrono::milliseconds::max().count();
    std::int64_t value = 0;
    for (const char c : digits) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, c - '0', &value)) {
            return std::chrono::milliseconds(most);
        }
    }
    return std::chrono::milliseconds(value);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view stream(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    sse::testing::reference_parser reference;
    reference.feed(stream);

    sse::basic_parser<sse::growing_storage<>, sse::no_limits> parser({.comments = true});
    recorder found;
    piece_sizes sizes(bytes[0]);
    for (std::size_t at = 0; at < stream.size();) {
        // a copy of its own, so that a sanitizer sees any use of a piece that is gone
        const std::string piece(stream.substr(at, sizes.next()));
        require(parser.push(piece, found) == sse::parse_status::need_input, "no limit is met");
        at += piece.size();
    }
    require(found.events == reference.events, "the events of the reference");
    require(found.comments == reference.comments, "the comments of the reference");
    require(parser.last_event_id() == reference.last_event_id,
            "the last event id of the reference");
    require(found.retries.size() == reference.retries.size(), "the retries of the reference");
    for (std::size_t i = 0; i < found.retries.size(); ++i) {
        require(found.retries[i] == saturated(reference.retries[i]),
                "the values of retry of the reference");
    }
    return 0;
}
