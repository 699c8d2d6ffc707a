// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/event.hpp>
#include <sse/text/serializer.hpp>

#include <chrono>
#include <cstddef>
#include <cstring>
#include <optional>
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

/// Writes a chunk's first line (RFC 9112, 7.1).
template <class Sink>
void put_chunk_size(Sink& sink, std::size_t size) {
    char text[sizeof size * 2 + 2];
    char* const end = text + sizeof text;
    char* at = end;
    *--at = '\n';
    *--at = '\r';
    do {
        *--at = "0123456789abcdef"[size & 0x0fU];
        size >>= 4U;
    } while (size != 0);
    sink.append(at, static_cast<std::size_t>(end - at));
}

/// An event as it lies in the log: one chunk.
struct wire_event {
    event_view event;
    std::optional<std::chrono::milliseconds> retry{};

    template <class Sink>
    void put_inner(Sink& sink) const {
        if (retry) serialize_retry(*retry, sink);
        put_event(sink, event);
    }

    [[nodiscard]] std::size_t inner_size() const {
        size_sink sink;
        put_inner(sink);
        return sink.size;
    }

    [[nodiscard]] static std::size_t size(std::size_t inner) {
        size_sink sink;
        put_chunk_size(sink, inner);
        return sink.size + inner + 2;
    }

    template <class Sink>
    void put(Sink& sink, std::size_t inner) const {
        put_chunk_size(sink, inner);
        put_inner(sink);
        sink.append("\r\n", 2);
    }

    /// The event in the chunk `bytes`, without its envelope.
    [[nodiscard]] static std::string_view inner(std::string_view bytes) noexcept {
        const std::size_t line = bytes.find('\n') + 1;
        return bytes.substr(line, bytes.size() - line - 2);
    }
};

} // namespace sse::detail
