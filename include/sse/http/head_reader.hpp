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
        std::size_t taken = 0;
        while (taken < bytes.size() && !done_ && error_ == errc::success) {
            const std::string_view rest = bytes.substr(taken);
            const std::size_t lf = rest.find('\n');
            const bool ends = lf != std::string_view::npos;
            const std::string_view piece = ends ? rest.substr(0, lf + 1) : rest;
            taken += piece.size();
            error_ = admit(piece, ends);
            if (error_ == errc::success) {
                text_.append(piece);
                error_ = ends ? end_line() : errc::success;
            }
        }
        return taken;
    }

    /// Whether the head is complete.
    [[nodiscard]] bool done() const noexcept { return done_; }

    /// Errors: `bad_start_line`, `bad_field`, `start_line_too_long`, `head_too_large`,
    /// `too_many_fields`. Sticky until `reset`.
    [[nodiscard]] errc error() const noexcept { return error_; }

    /// What was collected: all of the head when done. Valid until the next call of `feed` or
    /// `reset`.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

    /// Whether a byte of the head has come; the empty line that may precede it does not count.
    [[nodiscard]] bool started() const noexcept {
        return lines_ != 0 || (!text_.empty() && text_ != "\r") || error_ != errc::success;
    }

    /// Makes ready for the next head, keeping the memory.
    void reset() noexcept {
        text_.clear();
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
        const std::size_t room = limits_.head == 0 ? piece.size() : limits_.head - text_.size();
        const bool fits = piece.size() <= room;
        if (lines_ == 0) {
            const errc error = admit_start(piece.substr(0, room), ends && fits);
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
        if (!plausible_start(piece.substr(0, room))) return errc::bad_start_line;
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
        return std::all_of(piece.begin(), piece.end(),
                           [](char c) { return is_visible(c) || c == ' ' || is_line_end(c); });
    }

    [[nodiscard]] static bool is_line_end(char c) noexcept { return c == '\r' || c == '\n'; }

    /// Whether a request line may be one of HTTP from 1.0 on; other protocols wait for an answer to
    /// their first line, and would for one to a head.
    [[nodiscard]] static bool has_version(std::string_view line) noexcept {
        const std::size_t space = line.rfind(' ');
        return space != std::string_view::npos && line.substr(space + 1).starts_with("HTTP/");
    }

    [[nodiscard]] errc end_line() noexcept {
        std::string_view line = std::string_view(text_).substr(line_, text_.size() - line_ - 1);
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
        line_ = text_.size();
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
        }
    }

    [[nodiscard]] std::size_t line_size() const noexcept { return text_.size() - line_; }

    head_limits limits_;
    head_kind kind_;
    std::string text_;
    std::size_t line_ = 0;  // where the current line begins in text_
    std::size_t lines_ = 0; // complete lines
    errc error_ = errc::success;
    bool done_ = false;
    bool skipped_ = false; // the empty line in front
};

} // namespace sse::http
