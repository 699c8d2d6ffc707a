// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/syntax.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <cstdint>

namespace sse::http::detail {

/// Recognises `chunk-size [ chunk-ext ] CRLF` byte by byte, storing nothing: RFC 9112, sections 7.1
/// and 7.1.1.
class chunk_line {
public:
    explicit chunk_line(std::size_t extension_limit) noexcept : limit_(extension_limit) {}

    /// Takes one byte. Errors: `bad_chunk`, `head_too_large` for extensions over the limit.
    [[nodiscard]] errc put(char c) noexcept {
        if (state_ != state::start && state_ != state::size && state_ != state::line_feed &&
            ++extension_ > limit_ && limit_ != 0) {
            return errc::head_too_large;
        }
        return step(c) ? errc::success : errc::bad_chunk;
    }

    [[nodiscard]] bool done() const noexcept { return state_ == state::done; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    void reset() noexcept { *this = chunk_line(limit_); }

private:
    enum class state : unsigned char {
        start,      // before the first digit
        size,       // after a digit
        blank,      // blanks that only a semicolon may follow
        name_start, // after a semicolon
        name,
        name_end,    // blanks between a name and what may follow
        value_start, // after an equals sign
        token,
        quoted,
        escaped,   // after a backslash in a quoted string
        value_end, // after a closing quote
        line_feed,
        done,
    };

    [[nodiscard]] bool go(state next) noexcept {
        state_ = next;
        return true;
    }

    /// What may follow a size or a value.
    [[nodiscard]] bool delimit(char c) noexcept {
        switch (c) {
        case '\r': return go(state::line_feed);
        case ';': return go(state::name_start);
        default: return is_blank(c) && go(state::blank);
        }
    }

    [[nodiscard]] bool step(char c) noexcept {
        switch (state_) {
        case state::start:
        case state::size: return put_size(c);
        case state::blank: return is_blank(c) || (c == ';' && go(state::name_start));
        case state::name_start: return is_blank(c) || (is_token_char(c) && go(state::name));
        case state::name: return is_token_char(c) || put_name_end(c) || delimit_name(c);
        case state::name_end:
            return is_blank(c) || put_name_end(c) || (c == ';' && go(state::name_start));
        case state::value_start:
            return is_blank(c) || (c == '"' && go(state::quoted)) ||
                   (is_token_char(c) && go(state::token));
        case state::token: return is_token_char(c) || delimit(c);
        case state::quoted: return put_quoted(c);
        case state::escaped: return is_field_char(c) && go(state::quoted);
        case state::value_end: return delimit(c);
        case state::line_feed: return c == '\n' && go(state::done);
        case state::done: break;
        }
        return false;
    }

    /// Sixteen digits at most: more could only be leading zeros or overflow.
    [[nodiscard]] bool put_size(char c) noexcept {
        const int digit = hex_value(c);
        if (digit < 0) {
            return state_ == state::size && delimit(c);
        }
        size_ = size_ * 16 + static_cast<unsigned>(digit);
        return ++digits_ <= 16 && go(state::size);
    }

    [[nodiscard]] bool put_name_end(char c) noexcept { return c == '=' && go(state::value_start); }

    [[nodiscard]] bool delimit_name(char c) noexcept {
        return is_blank(c) ? go(state::name_end) : delimit(c);
    }

    [[nodiscard]] bool put_quoted(char c) noexcept {
        if (c == '\\') {
            return go(state::escaped);
        }
        return is_field_char(c) && (c != '"' || go(state::value_end));
    }

    std::size_t limit_;
    std::size_t extension_ = 0;
    std::uint64_t size_ = 0;
    int digits_ = 0;
    state state_ = state::start;
};

} // namespace sse::http::detail
