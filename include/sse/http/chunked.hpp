// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/chunk_line.hpp>
#include <sse/http/syntax.hpp>
#include <sse/text/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace sse::http {

/// Limits on what stands between the payload of chunks, in bytes. 0 = off.
struct chunk_limits {
    std::size_t extension = 1024;     ///< extensions of one chunk
    std::size_t trailer = 8 * 1024;   ///< trailer fields in all, with their line ends
    std::size_t trailer_fields = 100; ///< trailer field lines
};

/// What a body's decoder made of the bytes it was given.
struct body_slice {
    std::size_t consumed = 0; ///< so many bytes of the input are done with
    std::string_view payload; ///< a part of the body, perhaps empty; borrows from the input
};

/// Decodes the chunked transfer coding: RFC 9112, section 7.1. Strict (digits only, CR LF only,
/// extensions and trailers by their grammar), in constant memory, each byte looked at once.
/// Trailers are dropped.
class chunked_decoder {
public:
    explicit chunked_decoder(chunk_limits limits = {}) noexcept
        : limits_(limits), line_(limits.extension) {}

    /// Decodes up to the end of the next run of payload. Call it again with the rest of the bytes
    /// while there are some, `done` is false and `error` is `success`. Bytes behind the body are
    /// not consumed.
    [[nodiscard]] body_slice next(std::string_view bytes) noexcept {
        std::size_t at = skip_border(bytes);
        while (state_ != state::data) {
            if (at == bytes.size() || done() || error_ != errc::success) return {at, {}};
            error_ = step(bytes[at++]);
        }
        const std::size_t size = take(bytes.size() - at);
        return {at + size, {bytes.data() + at, size}};
    }

    /// Whether the body is complete, last chunk and trailers included.
    [[nodiscard]] bool done() const noexcept { return state_ == state::done; }

    /// How many bytes of the chunk under way are still to come, by what its size says.
    [[nodiscard]] std::uint64_t announced() const noexcept {
        return state_ == state::data ? remaining_ : 0;
    }

    /// Errors: `bad_chunk`; `bad_field` for a trailer; `head_too_large` and `too_many_fields` for
    /// extensions and trailers over their limits. Sticky.
    [[nodiscard]] errc error() const noexcept { return error_; }

private:
    enum class state : unsigned char {
        line,          // a chunk's size and extensions
        data,          // its payload
        data_cr,       // CR behind it
        data_lf,       // LF behind it
        trailer_start, // the first byte of a trailer line
        trailer_name,
        trailer_value,
        trailer_lf, // LF of a trailer line
        last_lf,    // LF of the empty line
        done,
    };

    [[nodiscard]] std::size_t take(std::size_t available) noexcept {
        const std::uint64_t size = std::min<std::uint64_t>(remaining_, available);
        remaining_ -= size;
        if (remaining_ == 0) {
            state_ = state::data_cr;
        }
        return static_cast<std::size_t>(size);
    }

    /// What stands between two chunks, at once where all of it is there and nothing else: line ends
    /// and a size that is not 0. Returns the bytes that it takes; 0 leaves them to `step`.
    [[nodiscard]] std::size_t skip_border(std::string_view bytes) noexcept {
        constexpr std::size_t longest = 2 + 16; // CR LF and the digits
        if (state_ != state::data_cr || !is_line_end(bytes, 0)) {
            return 0;
        }
        std::uint64_t size = 0;
        std::size_t at = 2;
        for (; at < bytes.size() && at < longest; ++at) {
            const int digit = hex_value(bytes[at]);
            if (digit < 0) break;
            size = size * 16 + static_cast<unsigned>(digit);
        }
        if (size == 0 || !is_line_end(bytes, at)) {
            return 0;
        }
        remaining_ = size;
        state_ = state::data;
        return at + 2;
    }

    [[nodiscard]] static bool is_line_end(std::string_view bytes, std::size_t at) noexcept {
        return bytes.size() - at >= 2 && bytes[at] == '\r' && bytes[at + 1] == '\n';
    }

    [[nodiscard]] errc step(char c) noexcept {
        switch (state_) {
        case state::line: return put_line(c);
        case state::data_cr: return expect(c, '\r', state::data_lf);
        case state::data_lf: line_.reset(); return expect(c, '\n', state::line);
        case state::last_lf: return expect(c, '\n', state::done);
        case state::trailer_start:
        case state::trailer_name:
        case state::trailer_value:
        case state::trailer_lf: return put_trailer(c);
        case state::data:
        case state::done: break;
        }
        return errc::success;
    }

    [[nodiscard]] errc expect(char c, char wanted, state next) noexcept {
        state_ = next;
        return c == wanted ? errc::success : errc::bad_chunk;
    }

    [[nodiscard]] errc put_line(char c) noexcept {
        const errc e = line_.put(c);
        if (e == errc::success && line_.done()) {
            remaining_ = line_.size();
            state_ = remaining_ != 0 ? state::data : state::trailer_start;
        }
        return e;
    }

    [[nodiscard]] errc put_trailer(char c) noexcept {
        if (state_ == state::trailer_start && c == '\r') {
            state_ = state::last_lf;
            return errc::success;
        }
        if (limits_.trailer != 0 && ++trailer_ > limits_.trailer) {
            return errc::head_too_large;
        }
        switch (state_) {
        case state::trailer_start:
            if (limits_.trailer_fields != 0 && ++trailer_fields_ > limits_.trailer_fields) {
                return errc::too_many_fields;
            }
            state_ = state::trailer_name;
            return is_token_char(c) ? errc::success : errc::bad_field;
        case state::trailer_name:
            state_ = c == ':' ? state::trailer_value : state_;
            return c == ':' || is_token_char(c) ? errc::success : errc::bad_field;
        case state::trailer_value:
            state_ = c == '\r' ? state::trailer_lf : state_;
            return c == '\r' || is_field_char(c) ? errc::success : errc::bad_field;
        default: return expect(c, '\n', state::trailer_start);
        }
    }

    chunk_limits limits_;
    detail::chunk_line line_;
    std::uint64_t remaining_ = 0;
    std::size_t trailer_ = 0;
    std::size_t trailer_fields_ = 0;
    errc error_ = errc::success;
    state state_ = state::line;
};

/// What stands behind the payload of a chunk.
inline constexpr std::string_view chunk_end = "\r\n";

/// The last chunk and an empty trailer section: the end of a chunked body.
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

/// Appends the line in front of `size` bytes of payload. `size` must not be 0, which would end the
/// body.
inline void append_chunk_header(std::string& out, std::size_t size) {
    constexpr std::string_view digits = "0123456789abcdef";
    char line[sizeof(size) * 2 + 2];
    char* begin = std::end(line);
    *--begin = '\n';
    *--begin = '\r';
    do {
        *--begin = digits[size % 16];
        size /= 16;
    } while (size != 0);
    out.append(begin, std::end(line));
}

} // namespace sse::http
