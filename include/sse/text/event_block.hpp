// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/error.hpp>
#include <sse/text/event.hpp>
#include <sse/text/field.hpp>
#include <sse/text/id_buffer.hpp>
#include <sse/text/limits.hpp>
#include <sse/text/line_limits.hpp>
#include <sse/text/line_scanner.hpp>
#include <sse/text/parse_status.hpp>
#include <sse/text/scan.hpp>
#include <sse/text/text_decoder.hpp>
#include <sse/text/text_slot.hpp>
#include <sse/text/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace sse::detail {

/// The buffers of HTML, 9.2.6: what the lines since the last blank one amount to, and the last
/// event id. Takes whole lines with `add`, and lines that come in parts with `begin`, `append`
/// and `end`. Each returns `need_input` when the line asks for nothing to be reported.
template <class Storage, class Limits>
class event_block {
public:
    constexpr event_block() : event_block(Limits{}, utf8_policy::replace, false) {}
    constexpr event_block(const Limits& limits, utf8_policy utf8, bool comments)
        : limits_(limits, comments), decoder_(utf8) {
        data_.limit_short_lines(limits.event);
    }

    [[nodiscard]] constexpr errc error() const noexcept { return error_; }
    [[nodiscard]] constexpr std::int64_t retry() const noexcept { return retry_; }
    [[nodiscard]] constexpr std::string_view comment() const noexcept { return part_.view(); }
    [[nodiscard]] constexpr std::uint64_t comment_count() const noexcept { return comment_count_; }
    [[nodiscard]] constexpr std::string_view last_event_id() const noexcept { return id_.last(); }
    [[nodiscard]] constexpr event_view current() const noexcept {
        return {type_.has_value() && type_.size() != 0 ? type_.view() : std::string_view("message"),
                data_.view(), id_.last()};
    }

    [[nodiscard]] constexpr errc last_event_id(std::string_view id) {
        const errc e = limits_.check_id(id.size());
        return e != errc::success || id_.assign(id) ? e : errc::id_too_long;
    }

    /// Forgets the event that was dispatched.
    constexpr void clear() noexcept {
        data_.reset();
        type_.reset();
    }

    /// Starts a new stream; the last event id stays.
    constexpr void reset() {
        constexpr std::size_t keep = 64 * 1024; // one huge event is no reason to keep its memory
        clear();
        id_.reset();
        data_.shrink(keep);
        part_.shrink(keep);
        error_ = errc::success;
    }

    /// Forgets a failure with what it spoiled, whose id is not taken over. Whether more of the
    /// block is still to come.
    constexpr bool recover() {
        error_ = errc::success;
        if (spoiled_ == spoiled::comment) return false;
        clear();
        id_.reset();
        return spoiled_ == spoiled::block;
    }

    /// Whether a line can be added by `add_common`: neither blank nor as long as a limit.
    [[nodiscard]] constexpr bool is_common(std::size_t line_size) const noexcept {
        return limits_.is_common(line_size);
    }

    /// A whole line, mostly one of the common ones, borrowed until `keep`. `bytes` is what it lies
    /// in: where that ends, and whether there may be a NUL in it.
    template <class Bytes>
    [[gnu::always_inline]] constexpr parse_status add_common(std::string_view line,
                                                             const Bytes& bytes) {
        if (begins_with(line, spaced_data)) [[likely]] {
            return add_data(without_start(line, spaced_data), bytes);
        }
        if (begins_with(line, spaced_id) && !bytes.may_hold_nul()) {
            id_.next().borrow(without_start(line, spaced_id));
            return parse_status::need_input;
        }
        // of a line as short as "event:" the line end is compared, which is no space
        if (begins_with(line, spaced_event)) return add_type(without_start(line, spaced_event));
        return add(line, bytes);
    }

    /// A whole line that is not blank, borrowed until `keep` from `bytes`.
    template <class Bytes>
    [[gnu::noinline]] constexpr parse_status add(std::string_view line, const Bytes& bytes) {
        if (!limits_.comments() && line.front() == ':') return end_comment(); // as heartbeats are
        const field_line field = split_line(line);
        const errc e =
            limits_.check(field.name, field.value.size(), line.size(), data_.has_value());
        if (e != errc::success) return fail(e, field.name);
        switch (field.name) {
        case field_name::data: return add_data(field.value, bytes);
        case field_name::event: return add_type(field.value);
        case field_name::id: return add_id(field.value);
        case field_name::retry:
            digits_ = {};
            digits_.append(field.value);
            return end_retry();
        case field_name::comment: part_.borrow(field.value); return end_comment();
        case field_name::unknown: break;
        }
        return parse_status::need_input;
    }

    /// The start of a value that comes in parts.
    constexpr parse_status begin(field_name name) {
        switch (name) {
        case field_name::data:
            if (!data_.has_value()) {
                data_.start();
            } else if (!data_.own() || !data_.append("\n")) {
                return fail(errc::event_too_large);
            }
            break;
        case field_name::event: type_.start(); break;
        case field_name::id:
        case field_name::comment: part_.start(); break;
        case field_name::retry: digits_ = {}; break;
        case field_name::unknown: break;
        }
        return parse_status::need_input;
    }

    /// A part of a value, of a line that has `line_size` bytes so far.
    constexpr parse_status append(field_name name, std::string_view part, std::size_t line_size) {
        if (name != field_name::data) [[unlikely]]
            return append_other(name, part, line_size);
        if (exceeds(line_size, limits_.line)) return fail(errc::line_too_long, name);
        if (exceeds(data_.size() + part.size(), limits_.event) || !data_.append(part)) {
            return fail(errc::event_too_large);
        }
        return parse_status::need_input;
    }

    /// More of a long line of data, which has `line_size` bytes so far: takes what is quick to copy
    /// off `bytes`, and returns how many.
    constexpr std::size_t take_long_line(std::string_view& bytes, std::size_t line_size) noexcept {
        if (exceeds(line_size + bytes.size(), limits_.line) ||
            exceeds(data_.size() + bytes.size(), limits_.event)) {
            return 0; // some of them may be too many
        }
        const std::size_t taken = data_.append_by(
            [bytes](char* to, std::size_t room) { return copy_plain(bytes, to, room); });
        bytes.remove_prefix(taken);
        return taken;
    }

    /// The end of a value that came in parts.
    constexpr parse_status end(field_name name) {
        switch (name) {
        case field_name::id:
            if (!holds_nul(part_.view())) std::swap(id_.next(), part_);
            return parse_status::need_input;
        case field_name::retry: return end_retry();
        case field_name::comment: return end_comment();
        default: return parse_status::need_input;
        }
    }

    /// Whether what is reported is decoded.
    [[nodiscard]] constexpr bool decodes() const noexcept { return decoder_.decodes(); }

    /// A blank line: commits the id, and dispatches an event if there is data. `is_suspect` tells
    /// whether the block may hold bytes that are not UTF-8.
    [[gnu::always_inline]] constexpr parse_status dispatch(bool is_suspect) {
        if (is_suspect && !(decode(id_.next()) && decode(type_) && decode(data_))) {
            spoiled_ = spoiled::ended_block;
            return parse_status::failed;
        }
        id_.commit();
        if (data_.has_value()) return parse_status::event;
        type_.reset();
        return parse_status::need_input;
    }

    /// Copies what is borrowed, before it goes.
    constexpr parse_status keep() {
        if (!data_.own()) return fail(errc::event_too_large);
        if (!type_.own()) return fail(errc::type_too_long);
        if (!id_.own()) return fail(errc::id_too_long);
        return parse_status::need_input;
    }

private:
    using slot = text_slot<Storage>;

    /// What is of no use any more after a failure.
    enum class spoiled : unsigned char { block, ended_block, comment };

    [[gnu::cold]] constexpr parse_status fail(errc e, field_name of = field_name::data) noexcept {
        error_ = e;
        spoiled_ = of == field_name::comment ? spoiled::comment : spoiled::block;
        return parse_status::failed;
    }

    template <class Bytes>
    [[gnu::always_inline]] constexpr parse_status add_data(std::string_view value,
                                                           const Bytes& bytes) {
        if (data_.has_value()) {
            if (data_.join_short(value, bytes.end())) [[likely]]
                return parse_status::need_input;
            return join(value);
        }
        data_.borrow(value);
        return parse_status::need_input;
    }

    /// A further line of data, of any size.
    [[gnu::noinline]] constexpr parse_status join(std::string_view value) {
        if (exceeds(data_.size() + 1 + value.size(), limits_.event) || !data_.join(value))
            return fail(errc::event_too_large);
        return parse_status::need_input;
    }

    [[gnu::noinline]] constexpr parse_status append_other(field_name name, std::string_view part,
                                                          std::size_t line_size) {
        if (limits_.is_kept(name) && exceeds(line_size, limits_.line))
            return fail(errc::line_too_long, name);
        switch (name) {
        case field_name::event:
            if (!type_.append(part)) return fail(errc::type_too_long);
            return check(limits_.check_type(type_.size()));
        case field_name::id:
            if (!part_.append(part)) return fail(errc::id_too_long);
            return check(limits_.check_id(part_.size()));
        case field_name::comment:
            if (limits_.comments() && !part_.append(part)) return fail(errc::line_too_long, name);
            break;
        case field_name::retry: digits_.append(part); break;
        default: break;
        }
        return parse_status::need_input;
    }

    constexpr parse_status add_type(std::string_view value) {
        type_.borrow(value);
        return parse_status::need_input;
    }

    /// With a NUL in it an id is ignored.
    constexpr parse_status add_id(std::string_view value) {
        if (!holds_nul(value)) id_.next().borrow(value);
        return parse_status::need_input;
    }

    constexpr parse_status check(errc e) noexcept {
        return e != errc::success ? fail(e) : parse_status::need_input;
    }

    constexpr parse_status end_retry() {
        if (!digits_.valid()) return parse_status::need_input;
        retry_ = digits_.value();
        return parse_status::retry;
    }

    constexpr parse_status end_comment() {
        ++comment_count_;
        if (!limits_.comments()) return parse_status::need_input;
        if (decode(part_)) return parse_status::comment;
        spoiled_ = spoiled::comment;
        return parse_status::failed;
    }

    [[nodiscard]] constexpr bool decode(slot& text) {
        const errc e = decoder_.decode(text);
        if (e != errc::success) error_ = e;
        return e == errc::success;
    }

    line_limits<Limits> limits_;
    slot data_{};
    slot type_{};
    id_buffer<Storage> id_{};
    slot part_{}; ///< an id or comment that comes in parts; the comment being reported
    text_decoder<Storage> decoder_{};
    retry_value digits_{};
    std::int64_t retry_ = 0;
    std::uint64_t comment_count_ = 0;
    errc error_ = errc::success;
    spoiled spoiled_ = spoiled::block;
};

} // namespace sse::detail
