// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/head_limits.hpp>
#include <sse/http/syntax.hpp>
#include <sse/text/error.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace sse::http {

/// Collects a head from bytes cut anywhere, up to and with its blank line.
///
/// Every byte is looked at once and the limits hold at any cut. Bytes that cannot begin a head
/// (TLS, binary garbage) fail at once instead of waiting for a line end or a deadline. In requests
/// lines end in CR LF only and one empty line in front is skipped (RFC 9112, section 2.2); in
/// responses a lone LF ends a line too. Grammar beyond that is for `parse_request_head` and
/// `parse_response_head`.
class head_reader {
public:
    explicit head_reader(head_limits limits = {}, head_kind kind = head_kind::request)
        : limits_(limits), kind_(kind) {}

    /// Takes bytes up to the end of the head and returns how many it took. What is behind the blank
    /// line is not taken; after the end or an error nothing is.
    std::size_t feed(std::string_view bytes) {
        if (done_ || error_ != errc::success || bytes.empty()) return 0;
        std::string_view rest = bytes;
        fresh_ = {bytes.data(), 0};
        do {
            const std::size_t lf = rest.find('\n');
            const bool ends = lf != std::string_view::npos;
            const std::string_view piece(rest.data(), ends ? lf + 1 : rest.size());
            rest.remove_prefix(piece.size());
            error_ = admit(piece, ends);
            if (error_ != errc::success) break;
            fresh_ = {fresh_.data(), fresh_.size() + piece.size()};
            if (ends) error_ = end_line();
        } while (!rest.empty() && !done_ && error_ == errc::success);
        if (!done_ || !text_.empty()) keep();
        return bytes.size() - rest.size();
    }

    /// Whether the head is complete.
    [[nodiscard]] bool done() const noexcept { return done_; }

    /// Errors: `bad_start_line`, `bad_field`, `start_line_too_long`, `head_too_large`,
    /// `too_many_fields`. Sticky until `reset`.
    [[nodiscard]] errc error() const noexcept { return error_; }

    /// What was collected: all of the head when done.
    /// Lifetime: until `reset`, or the next call of `feed` that takes something; and as long as
    /// the bytes that were fed last, from which a head that all of it was in is not copied.
    [[nodiscard]] std::string_view text() const noexcept { return text_.empty() ? fresh_ : text_; }

    /// Whether a byte of the head has come; the empty line that may precede it does not count.
    [[nodiscard]] bool started() const noexcept {
        return lines_ != 0 || (!text_.empty() && text_ != "\r") || error_ != errc::success;
    }

    /// Makes ready for the next head, keeping the memory.
    void reset() noexcept {
        text_.clear();
        fresh_ = {};
        line_ = 0;
        lines_ = 0;
        error_ = errc::success;
        done_ = false;
        skipped_ = false;
    }

private:
    /// Judges a piece of the current line before it is stored, so that no limit is ever overrun.
    /// Bytes past a limit are not looked at, so that no cut decides which error it is.
    [[nodiscard]] errc admit(std::string_view piece, bool ends) const noexcept {
        const std::size_t room = limits_.head == 0 ? piece.size() : limits_.head - size();
        const bool fits = piece.size() <= room;
        if (lines_ == 0) {
            const errc error = admit_start(front(piece, room), ends && fits);
            if (error != errc::success) return error;
        }
        return fits ? errc::success : errc::head_too_large;
    }

    /// The limit is of what is in front of CR LF: a CR may be one byte more, and LF yet another.
    [[nodiscard]] errc admit_start(std::string_view piece, bool ends) const noexcept {
        if (limits_.start_line == 0) {
            return plausible_start(piece) ? errc::success : errc::bad_start_line;
        }
        const std::size_t room = limits_.start_line + 1 - line_size();
        if (!plausible_start(front(piece, room))) return errc::bad_start_line;
        return piece.size() > room + (ends ? 1 : 0) ? errc::start_line_too_long : errc::success;
    }

    /// Whether `piece` can go on with a start line: printable throughout, with a first byte that a
    /// method may begin with, or the word "HTTP/".
    [[nodiscard]] bool plausible_start(std::string_view piece) const noexcept {
        constexpr std::string_view protocol = "HTTP/";
        const std::size_t at = line_size();
        if (kind_ == head_kind::response) {
            const std::string_view wanted = at < protocol.size() ? protocol.substr(at) : "";
            const std::size_t size = std::min(piece.size(), wanted.size());
            return piece.substr(0, size) == wanted.substr(0, size) &&
                   std::all_of(piece.begin(), piece.end(),
                               [](char c) { return is_field_char(c) || is_line_end(c); });
        }
        if (at == 0 && !piece.empty() && !is_token_char(piece[0]) &&
            (skipped_ || !is_line_end(piece[0]))) {
            return false;
        }
        while (!piece.empty() && is_line_end(piece.back()))
            piece.remove_suffix(1);
        for (std::size_t i = detail::plain_size(piece); i < piece.size(); ++i) {
            if (!is_visible(piece[i]) && piece[i] != ' ' && !is_line_end(piece[i])) return false;
        }
        return true;
    }

    /// The first `size` bytes at most.
    [[nodiscard]] static std::string_view front(std::string_view bytes, std::size_t size) noexcept {
        return {bytes.data(), std::min(bytes.size(), size)};
    }

    [[nodiscard]] static bool is_line_end(char c) noexcept { return c == '\r' || c == '\n'; }

    /// Whether a request line may be one of HTTP from 1.0 on; other protocols wait for an answer to
    /// their first line, and would for one to a head.
    [[nodiscard]] static bool has_version(std::string_view line) noexcept {
        std::size_t at = line.size();
        while (at != 0 && line[at - 1] != ' ')
            --at;
        return at != 0 && std::string_view(line.data() + at, line.size() - at).starts_with("HTTP/");
    }

    [[nodiscard]] errc end_line() {
        std::string_view line = last_line();
        const bool crlf = line.ends_with('\r');
        if (!crlf && kind_ == head_kind::request) {
            return lines_ == 0 ? errc::bad_start_line : errc::bad_field;
        }
        line.remove_suffix(crlf ? 1 : 0);
        if (line.empty()) {
            end_empty_line();
            return errc::success;
        }
        if (lines_ == 0 && kind_ == head_kind::request && !has_version(line)) {
            return errc::bad_start_line;
        }
        line_ = size();
        ++lines_;
        const bool too_many = limits_.fields != 0 && lines_ > limits_.fields + 1;
        return too_many ? errc::too_many_fields : errc::success;
    }

    /// The end of the head, or the one empty line in front of it: `plausible_start` refuses
    /// another.
    void end_empty_line() noexcept {
        done_ = lines_ != 0;
        if (!done_) {
            skipped_ = true;
            text_.clear();
            fresh_.remove_prefix(fresh_.size());
        }
    }

    /// The line that ends here, without its LF.
    [[nodiscard]] std::string_view last_line() {
        if (line_ < text_.size()) { // it was cut
            keep();
            return {text_.data() + line_, line_size() - 1};
        }
        return {fresh_.data() + (line_ - text_.size()), line_size() - 1};
    }

    /// Copies what has come in this call of `feed`.
    void keep() {
        text_.append(fresh_);
        fresh_.remove_prefix(fresh_.size());
    }

    [[nodiscard]] std::size_t size() const noexcept { return text_.size() + fresh_.size(); }
    [[nodiscard]] std::size_t line_size() const noexcept { return size() - line_; }

    head_limits limits_;
    head_kind kind_;
    std::string text_;       // what came in earlier calls of feed
    std::string_view fresh_; // and what follows it in this one
    std::size_t line_ = 0;   // where the current line begins
    std::size_t lines_ = 0;  // complete lines
    errc error_ = errc::success;
    bool done_ = false;
    bool skipped_ = false; // the empty line in front
};

} // namespace sse::http
