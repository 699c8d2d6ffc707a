// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/event.hpp>
#include <sse/text/serializer.hpp>

#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace sse::detail {

/// Where a serializer writes when the room was measured before.
struct raw_sink {
    char* at;
    void append(const char* bytes, std::size_t size) noexcept {
        std::memcpy(at, bytes, size);
        at += size;
    }
};

/// The bytes of a chunk's first line (RFC 9112, 7.1).
[[nodiscard]] constexpr std::size_t chunk_line_size(std::size_t size) noexcept {
    return (static_cast<std::size_t>(std::bit_width(size | 1U)) + 3) / 4 + 2;
}

/// Writes it to where there is room for it, and returns its end.
inline char* put_chunk_line(char* to, std::size_t size) noexcept {
    char* const end = to + chunk_line_size(size);
    char* at = end;
    *--at = '\n';
    *--at = '\r';
    do {
        *--at = "0123456789abcdef"[size & 0x0fU];
        size >>= 4U;
    } while (at != to);
    return end;
}
inline void put_chunk_line(std::string& out, std::size_t size) {
    char line[chunk_line_size(SIZE_MAX)];
    out.append(line, put_chunk_line(line, size));
}

/// An event as it lies in the log: one chunk.
class wire_event {
public:
    explicit wire_event(const event_view& e,
                        std::optional<std::chrono::milliseconds> retry = std::nullopt)
        : event_(e), retry_(retry), has_type_(!is_default_type(e.type)),
          is_one_line_(is_one_line_for_sure(e.data)) {}

    template <class Sink>
    void put_inner(Sink& sink) const {
        if (retry_) serialize_retry(*retry_, sink);
        put_event(sink, event_, has_type_, is_one_line_);
    }

    [[nodiscard]] std::size_t inner_size() const {
        size_sink sink;
        put_inner(sink);
        return sink.size;
    }

    [[nodiscard]] static std::size_t size(std::size_t inner) noexcept {
        return chunk_line_size(inner) + inner + 2;
    }

    /// Writes it to where there is room for `size(inner_size())` bytes.
    void put(char* to, std::size_t inner) const {
        raw_sink sink{put_chunk_line(to, inner)};
        put_inner(sink);
        sink.append("\r\n", 2);
    }

    /// The event in the chunk `bytes`, without its envelope.
    [[nodiscard]] static std::string_view inner(std::string_view bytes) noexcept {
        const std::size_t line = bytes.find('\n') + 1;
        return bytes.substr(line, bytes.size() - line - 2);
    }

private:
    event_view event_;
    std::optional<std::chrono::milliseconds> retry_;
    bool has_type_;
    bool is_one_line_; // found out once, for its size and for its bytes
};

} // namespace sse::detail
