// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/options.hpp>
#include <sse/http/body_decoder.hpp>
#include <sse/http/body_framing.hpp>
#include <sse/http/head_reader.hpp>
#include <sse/http/response_head.hpp>
#include <sse/text/error.hpp>
#include <sse/text/event.hpp>
#include <sse/text/parser.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace sse::detail {

/// What `response_reader::next` found.
enum class response_status {
    need_input, ///< everything fed was read
    head,       ///< the final head: `head()`; `accept` or drop the connection
    event,      ///< `current()`
    comment,    ///< `comment()`
    retry,      ///< `retry()`
    skipped,    ///< an event or comment broke the limit `error()`, and the stream goes on
    end,        ///< the body is complete; bytes behind it are nothing to us
    failed,     ///< `error()`
};

/// Turns the bytes of one HTTP response after another into events, where they lie.
class response_reader {
public:
    explicit response_reader(const event_source_options& options)
        : limits_(options.limits), head_reader_(options.limits.head, http::head_kind::response),
          parser_({.limits = options.limits.text,
                   .utf8 = options.utf8,
                   .comments = static_cast<bool>(options.hooks.on_comment)}) {
        reset();
    }

    /// Expects a new response. Only the last event id stays.
    void reset() {
        input_ = {};
        apart_ = {};
        head_reader_.reset();
        head_.status = 0;
        interim_ = 0;
        phase_ = phase::head;
        parser_.reset();
    }

    /// Goes on with `bytes`, which it may move about. Only when `next` says `need_input`.
    /// Lifetime: borrowed until `next` says so again.
    void feed(std::span<char> bytes) noexcept { input_ = bytes; }

    /// The next thing in the response. For an event, as most things are, it calls nothing but the
    /// parser.
    [[nodiscard, gnu::always_inline]] response_status next() {
        if (phase_ != phase::body) [[unlikely]]
            return next_outside_body();
        const parse_status found = parser_.next();
        return found == parse_status::event ? response_status::event : next_in_body(found);
    }

    /// Begins to read the body behind `head()` as an event stream.
    /// Errors: as `http::response_body`; `next` then fails with it.
    errc accept(std::string_view method) {
        http::body_framing framing;
        error_ = http::response_body(method, head_, framing);
        phase_ = error_ == errc::success ? phase::body : phase::failed;
        decoder_ = http::body_decoder(framing);
        return error_;
    }

    /// Whether what comes next is of an event stream.
    [[nodiscard]] bool is_in_body() const noexcept { return phase_ == phase::body; }

    /// What the end of the connection means now: `success` where it ends the body.
    [[nodiscard]] errc finish() const noexcept {
        const bool accepted = phase_ == phase::body || phase_ == phase::end;
        return accepted ? decoder_.finish() : errc::truncated;
    }

    /// The head found last; its status is 0 where there is none yet.
    [[nodiscard]] const http::response_head& head() const noexcept { return head_; }
    [[nodiscard]] event_view current() const noexcept { return parser_.current(); }
    [[nodiscard]] std::string_view comment() const noexcept { return parser_.comment(); }
    [[nodiscard]] std::chrono::milliseconds retry() const noexcept { return parser_.retry(); }
    [[nodiscard]] errc error() const noexcept { return error_; }
    /// Comment lines so far, of all responses.
    [[nodiscard]] std::uint64_t comment_count() const noexcept { return parser_.comment_count(); }

    [[nodiscard]] std::string_view last_event_id() const noexcept {
        return parser_.last_event_id();
    }
    [[nodiscard]] errc last_event_id(std::string_view id) { return parser_.last_event_id(id); }

private:
    enum class phase { head, body, end, failed };

    /// Larger ones cost more to move than they save.
    static constexpr std::size_t small_chunk = 512;

    [[nodiscard]] response_status fail(errc error) noexcept {
        error_ = error;
        phase_ = phase::failed;
        return response_status::failed;
    }

    [[nodiscard, gnu::noinline]] response_status next_outside_body() {
        switch (phase_) {
        case phase::head: return next_head();
        case phase::end: return response_status::end;
        default: return response_status::failed;
        }
    }

    [[nodiscard]] response_status next_head() {
        for (;;) {
            input_ = input_.subspan(head_reader_.feed({input_.data(), input_.size()}));
            if (head_reader_.error() != errc::success) return fail(head_reader_.error());
            if (!head_reader_.done()) return response_status::need_input;
            const errc e = http::parse_response_head(head_reader_.text(), limits_.head, head_);
            if (e != errc::success) return fail(e);
            if (head_.status >= 200 || head_.status == 101) return response_status::head;
            if (limits_.interim != 0 && ++interim_ > limits_.interim)
                return fail(errc::head_too_large);
            head_reader_.reset();
        }
    }

    /// `found` is what the parser says.
    [[nodiscard, gnu::noinline]] response_status next_in_body(parse_status found) {
        for (;; found = parser_.next()) {
            switch (found) {
            case parse_status::event: return response_status::event;
            case parse_status::comment: return response_status::comment;
            case parse_status::retry: return response_status::retry;
            case parse_status::failed:
                if (limits_.overflow != overflow_action::skip) return fail(parser_.error());
                error_ = parser_.error();
                parser_.skip_event();
                return response_status::skipped;
            case parse_status::need_input: break;
            }
            if (apart_.empty()) {
                if (decoder_.error() != errc::success) return fail(decoder_.error());
                if (decoder_.done()) {
                    phase_ = phase::end;
                    return response_status::end;
                }
                if (input_.empty()) return response_status::need_input;
            }
            parser_.feed(join());
        }
    }

    /// The next run of payload. Small chunks are moved together first, where they lie: servers
    /// chunk each event, and one large piece costs the parser less than many small ones.
    [[nodiscard]] std::string_view join() noexcept {
        if (!apart_.empty()) return std::exchange(apart_, {});
        char* begin = nullptr;
        std::size_t size = 0;
        while (!input_.empty() && !decoder_.done() && decoder_.error() == errc::success) {
            const std::string_view bytes(input_.data(), input_.size());
            const http::body_slice slice = decoder_.next(bytes);
            char* const from = input_.data() + (slice.consumed - slice.payload.size());
            input_ = input_.subspan(slice.consumed);
            if (size == 0) {
                begin = from;
            } else if (slice.payload.size() > small_chunk) {
                apart_ = slice.payload;
                break;
            } else {
                std::memmove(begin + size, from, slice.payload.size());
            }
            size += slice.payload.size();
            if (slice.payload.size() > small_chunk) break;
        }
        return {begin, size};
    }

    event_source_limits limits_;
    http::head_reader head_reader_;
    http::response_head head_;
    http::body_decoder decoder_;
    parser parser_;
    std::span<char> input_;
    std::string_view apart_; ///< a large chunk, behind small ones that were joined
    std::size_t interim_ = 0;
    phase phase_ = phase::head;
    errc error_ = errc::success;
};

} // namespace sse::detail
