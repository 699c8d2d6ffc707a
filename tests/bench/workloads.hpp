// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sse::bench {

/// A small generator of our own, so that every run and every standard library sees the same bytes.
class random_source {
public:
    /// From zero to `below` - 1.
    std::size_t next(std::size_t below) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::size_t>(state_ >> 33) % below;
    }
    char letter() { return "abcdefghijklmnopqrstuvwxyz     "[next(31)]; }
    std::string text(std::size_t size) {
        std::string out(size, ' ');
        for (char& c : out)
            c = letter();
        return out;
    }

private:
    std::uint64_t state_ = 42;
};

/// The kinds of streams that are measured: `tokens` as language models send them, `small` events
/// with all fields, `large` lines of 16 KiB, `multi` of several lines with CRLF and comments, and
/// `emoji`, JSON in other scripts.
inline constexpr std::array<std::string_view, 5> workload_names = {"tokens", "small", "large",
                                                                   "multi", "emoji"};

inline void append_multi_event(random_source& random, std::string& out) {
    if (random.next(3) == 0) out += ": " + random.text(10 + random.next(20)) + "\r\n";
    const std::size_t lines = 2 + random.next(6);
    for (std::size_t i = 0; i < lines; ++i) {
        out += "data: " + random.text(20 + random.next(60)) + "\r\n";
    }
    out += "\r\n";
}

inline void append_event(std::string_view workload, std::size_t serial, random_source& random,
                         std::string& out) {
    if (workload == "tokens") {
        out += "data: {\"id\":\"chatcmpl-" + std::to_string(100000 + serial) +
               "\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":"
               "{\"content\":\"" +
               random.text(4 + random.next(12)) + "\"},\"finish_reason\":null}]}\n\n";
    } else if (workload == "small") {
        out += "event: " + random.text(4 + random.next(6)) + "\nid: " + std::to_string(serial) +
               "\ndata: " + random.text(4 + random.next(26)) + "\n\n";
    } else if (workload == "large") {
        out += "data: " + random.text(16 * 1024) + "\n\n";
    } else if (workload == "multi") {
        append_multi_event(random, out);
    } else {
        out += "data: {\"text\":\"";
        for (std::size_t i = 0; i < 20; ++i) {
            out += random.next(4) == 0 ? "\xF0\x9F\x98\x80" : "\xE6\x97\xA5\xE6\x9C\xAC";
        }
        out += "\",\"serial\":" + std::to_string(serial) + "}\n\n";
    }
}

/// A stream of at least `size` bytes that ends with a whole event.
inline std::string make_workload(std::string_view workload, std::size_t size,
                                 random_source& random) {
    std::string out;
    out.reserve(size + 32 * 1024);
    for (std::size_t serial = 0; out.size() < size; ++serial) {
        append_event(workload, serial, random, out);
    }
    return out;
}

inline std::string make_workload(std::string_view workload, std::size_t size) {
    random_source random;
    return make_workload(workload, size, random);
}

/// Streams of one kind, other bytes each time at the same place, as what is received is. Of bytes
/// that are read over and over a processor knows half a megabyte of line ends by heart: without a
/// misprediction, which no stream that comes only once is read without.
class changing_stream {
public:
    changing_stream(std::string_view workload, std::size_t size) {
        random_source random;
        for (std::string& stream : streams_)
            stream = make_workload(workload, size, random);
    }

    /// Puts the next one to its place.
    void change() {
        now_.assign(streams_[changes_ % count]);
        ++changes_;
    }

    [[nodiscard]] std::string_view now() const noexcept { return now_; }

    /// How many there are.
    static constexpr std::size_t count = 64;

private:
    std::array<std::string, count> streams_;
    std::string now_;
    std::size_t changes_ = 0;
};

} // namespace sse::bench
