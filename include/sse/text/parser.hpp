// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/byte_order_mark.hpp>
#include <sse/text/error.hpp>
#include <sse/text/event.hpp>
#include <sse/text/event_block.hpp>
#include <sse/text/line_scanner.hpp>
#include <sse/text/open_line.hpp>
#include <sse/text/parse_status.hpp>
#include <sse/text/parser_options.hpp>
#include <sse/text/storage.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace sse {

/// Parses `text/event-stream` (HTML, 9.2.5 and 9.2.6) from bytes that come in pieces.
///
/// Pull: `feed` a piece, then call `next` until it says `need_input`. Push: `push` does both and
/// calls a handler. An event that lies in one piece and has one data line is handed out where
/// it lies; nothing is allocated in a steady state, and no byte is scanned twice however the
/// stream is cut. A line ends at its CR, without waiting for a LF.
///
///     sse::parser parser;
///     parser.feed(bytes);
///     while (parser.next() == sse::parse_status::event) use(parser.current());
///
/// `Storage` holds what outlives a piece: `growing_storage` or `fixed_storage<N>`. `Limits` is
/// `limits` or a type of constants with the same members.
/// Lifetime: what a parser hands out is valid until the next call of a member that is not const.
/// Thread safety: distinct objects are independent, one object is for one thread at a time.
template <class Storage = growing_storage<>, class Limits = limits>
class basic_parser {
public:
    constexpr basic_parser() = default;
    constexpr explicit basic_parser(const parser_options<Limits>& options)
        : block_(options.limits, options.utf8, options.comments) {}

    /// Goes on with `bytes`, any number of them. Only when `next` says `need_input`.
    /// Lifetime: borrowed until `next` says `need_input`.
    constexpr void feed(std::string_view bytes) noexcept {
        if (line_.name() == field_name::data && scanner_.is_in_long_line()) {
            line_.grow(block_.take_long_line(bytes, line_.size()));
            if (bytes.empty()) return; // nothing is left to scan
        }
        if (!bom_.passed() && !bom_.skip(bytes)) line_.open_unknown();
        if (!bytes.empty()) {
            const bool is_behind_cr = std::exchange(ends_with_cr_, bytes.back() == '\r');
            if (is_behind_cr && bytes.front() == '\n') bytes.remove_prefix(1);
        }
        first_ = begin_ = bytes.data();
        scanner_.start(bytes, block_.decodes());
    }

    /// The next thing that the bytes fed hold, in the order of the stream.
    constexpr parse_status next() {
        if (status_ == parse_status::failed) return status_;
        if (status_ == parse_status::event) block_.clear();
        return status_ = run([](parse_status) { return false; });
    }

    /// Feeds `bytes` and calls `handler.on_event(event_view)` for each event, and where the
    /// handler has them, `on_comment(std::string_view)` and
    /// `on_retry(std::chrono::milliseconds)`. Returns `need_input` or `failed`. The handler must
    /// not call members of the parser that are not const.
    template <class Handler>
    constexpr parse_status push(std::string_view bytes, Handler&& handler) {
        if (status_ == parse_status::failed) return status_;
        feed(bytes);
        return status_ = run([&](parse_status found) {
                   report(found, handler);
                   return true;
               });
    }

    /// The event that `next` has just found.
    [[nodiscard]] constexpr event_view current() const noexcept { return block_.current(); }

    /// The comment that `next` has just found: what follows its colon and one space.
    [[nodiscard]] constexpr std::string_view comment() const noexcept { return block_.comment(); }

    /// How many comment lines have ended so far, whether `next` reports them or not.
    [[nodiscard]] constexpr std::uint64_t comment_count() const noexcept {
        return block_.comment_count();
    }

    /// The reconnection time last set, in milliseconds from zero up; larger values than can be
    /// held are the largest that can.
    [[nodiscard]] constexpr std::chrono::milliseconds retry() const noexcept {
        return std::chrono::milliseconds(block_.retry());
    }

    /// Why `next` failed. Stays until `reset` or `skip_event`.
    [[nodiscard]] constexpr errc error() const noexcept { return block_.error(); }

    /// The last event id string: the id as of the last blank line, which a reconnection sends.
    [[nodiscard]] constexpr std::string_view last_event_id() const noexcept {
        return block_.last_event_id();
    }

    /// Sets the last event id, for a stream that goes on where another one ended.
    /// Errors: `errc::id_too_long`.
    [[nodiscard]] constexpr errc last_event_id(std::string_view id) {
        return block_.last_event_id(id);
    }

    /// Goes on after an error, behind the next blank line: all lines up to it are dropped as they
    /// come, in constant memory, and the id of their event is not taken over. Where it was a
    /// comment that met the error, only that is dropped. Does nothing without an error. Then go on
    /// with `next`, also after `push`: bytes of the same piece are left.
    constexpr void skip_event() {
        if (status_ != parse_status::failed) return;
        status_ = parse_status::need_input;
        is_skipping_ = block_.recover();
        if (begin_ != first_ && (begin_[-1] == '\n' || begin_[-1] == '\r')) {
            line_.close();
        } else if (line_.is_open()) {
            line_.open_unknown();
        }
    }

    /// Ends this stream and begins another. What was unfinished is dropped, an error forgotten,
    /// a byte order mark expected again; only the last event id stays, as it does in browsers.
    constexpr void reset() {
        block_.reset();
        scanner_ = {};
        line_.close();
        bom_ = {};
        first_ = begin_ = nullptr;
        ends_with_cr_ = false;
        is_skipping_ = false;
        status_ = parse_status::need_input;
    }

private:
    /// Parses on, and tells `found` of everything to report until that says to stop.
    template <class Found>
    constexpr parse_status run(Found&& found) {
        if (line_.is_open() && begin_ == scanner_.end()) return parse_status::need_input;
        return run_on(found);
    }

    template <class Found>
    [[gnu::noinline]] constexpr parse_status run_on(Found& found) {
        if (is_skipping_ && !skip()) return parse_status::need_input;
        const parse_status status = advance(found);
        return status == parse_status::need_input ? keep_rest() : status;
    }

    /// The lines that end, where they lie.
    template <class Found>
    [[gnu::always_inline]] constexpr parse_status advance(Found& found) {
        detail::line_scanner::walk lines(scanner_);
        const char* begin = begin_;
        auto status = parse_status::need_input;
        bool is_found = lines.next();
        if (line_.is_open()) {
            const char* const end = is_found ? lines.at() : scanner_.end();
            status = resume({begin, static_cast<std::size_t>(end - begin)}, is_found);
            begin = is_found ? lines.behind() : end;
            if (status != parse_status::need_input &&
                (status == parse_status::failed || !found(status))) {
                begin_ = begin;
                return status;
            }
            status = parse_status::need_input;
            is_found = is_found && lines.next();
        }
        for (; is_found; is_found = lines.next()) {
            const std::string_view line(begin, static_cast<std::size_t>(lines.at() - begin));
            const bool is_common = block_.is_common(line.size());
            if (is_common || !line.empty()) {
                status = is_common ? block_.add_common(line, scanner_) : block_.add(line, scanner_);
                begin = lines.behind();
                if (status != parse_status::need_input) [[unlikely]] {
                    if (status == parse_status::failed || !found(status)) break;
                    status = parse_status::need_input;
                }
                if (!lines.skip_line_feed(begin)) continue;
                ++begin;
            } else {
                begin = lines.behind();
            }
            status = end_block();
            if (status == parse_status::need_input) continue;
            if (status == parse_status::failed || !found(status)) break;
            block_.clear();
            status = parse_status::need_input;
        }
        begin_ = begin;
        return status;
    }

    [[gnu::always_inline]] constexpr parse_status end_block() {
        const bool is_suspect = scanner_.is_suspect();
        if (is_suspect) scanner_.settle();
        return block_.dispatch(is_suspect);
    }

    template <class Handler>
    constexpr void report(parse_status found, Handler& handler) {
        if (found == parse_status::event) {
            handler.on_event(current());
        } else if (found == parse_status::comment) {
            if constexpr (requires { handler.on_comment(comment()); }) {
                handler.on_comment(comment());
            }
        } else {
            if constexpr (requires { handler.on_retry(retry()); }) handler.on_retry(retry());
        }
    }

    /// Drops lines up to a blank one; false where the bytes end before it.
    [[gnu::cold]] constexpr bool skip() {
        detail::line_scanner::walk lines(scanner_);
        while (lines.next()) {
            const bool is_blank = lines.at() == begin_;
            begin_ = lines.behind();
            if (line_.is_open()) {
                line_.close();
            } else if (is_blank) {
                scanner_.settle();
                is_skipping_ = false;
                return true;
            }
        }
        if (begin_ != scanner_.end()) line_.open_unknown();
        first_ = begin_ = scanner_.end();
        return false;
    }

    /// More of a line that began in an earlier piece, or all the rest of it.
    [[gnu::noinline]] constexpr parse_status resume(std::string_view part, bool is_rest) {
        const parse_status status = line_.is_decided() ? extend_decided(part) : extend(part);
        return is_rest && status != parse_status::failed ? close() : status;
    }

    /// The start of a line whose end is not there yet.
    constexpr parse_status keep_rest() {
        const std::string_view rest(begin_, static_cast<std::size_t>(scanner_.end() - begin_));
        first_ = begin_ = scanner_.end();
        if (block_.keep() == parse_status::failed) {
            if (!rest.empty()) line_.open_unknown();
            return parse_status::failed;
        }
        return rest.empty() ? parse_status::need_input : extend(rest);
    }

    /// More of a line that is not decided yet.
    constexpr parse_status extend(std::string_view part) {
        if (!line_.is_open() && part.size() >= detail::field_prefix_size) {
            return begin_value(line_.open(part));
        }
        part = line_.extend(part);
        if (!line_.can_decide()) return parse_status::need_input;
        if (decide() == parse_status::failed) return parse_status::failed;
        return block_.append(line_.name(), part, line_.size());
    }

    constexpr parse_status extend_decided(std::string_view part) {
        line_.grow(part.size());
        return block_.append(line_.name(), part, line_.size());
    }

    constexpr parse_status decide() { return begin_value(line_.decide()); }

    constexpr parse_status begin_value(std::string_view value) {
        if (block_.begin(line_.name()) == parse_status::failed) return parse_status::failed;
        return block_.append(line_.name(), value, line_.size());
    }

    constexpr parse_status close() {
        if (!line_.is_decided() && decide() == parse_status::failed) return parse_status::failed;
        const field_name name = line_.name();
        line_.close();
        return block_.end(name);
    }

    using field_name = detail::field_name;
    detail::event_block<Storage, Limits> block_{};
    detail::line_scanner scanner_{};
    detail::open_line line_{};
    detail::byte_order_mark bom_{};
    const char* first_ = nullptr; ///< where the bytes fed begin
    const char* begin_ = nullptr; ///< where the line being parsed begins
    bool ends_with_cr_ = false;   ///< the bytes fed end with CR: a LF that follows belongs to it
    bool is_skipping_ = false;    ///< the rest of the block is dropped
    parse_status status_ = parse_status::need_input;
};

/// The parser for most uses: limits with defaults, memory from the heap.
using parser = basic_parser<>;

} // namespace sse
