// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/error.hpp>
#include <sse/text/event.hpp>
#include <sse/text/field.hpp>
#include <sse/text/limits.hpp>
#include <sse/text/parse_status.hpp>
#include <sse/text/scan.hpp>
#include <sse/text/storage.hpp>
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
    constexpr event_block() = default;
    constexpr event_block(const Limits& limits, utf8_policy utf8, bool comments)
        : limits_(limits), utf8_(utf8), comments_(comments) {}

    [[nodiscard]] constexpr errc error() const noexcept { return error_; }
    [[nodiscard]] constexpr std::int64_t retry() const noexcept { return retry_; }
    [[nodiscard]] constexpr std::string_view comment() const noexcept { return part_.view(); }
    [[nodiscard]] constexpr std::uint64_t comment_count() const noexcept { return comment_count_; }
    [[nodiscard]] constexpr std::string_view last_event_id() const noexcept { return id_.view(); }
    [[nodiscard]] constexpr event_view current() const noexcept {
        return {type_.has_value() && type_.size() != 0 ? type_.view() : std::string_view("message"),
                data_.view(), id_.view()};
    }

    [[nodiscard]] constexpr errc last_event_id(std::string_view id) {
        if (exceeds(id.size(), limits_.id)) return errc::id_too_long;
        text_slot<Storage> copy;
        copy.borrow(id);
        if (!copy.own()) return errc::id_too_long;
        id_ = std::move(copy);
        return errc::success;
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
        next_id_.reset();
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
        next_id_.reset();
        return spoiled_ == spoiled::block;
    }

    /// A whole line that is not blank, borrowed until `keep`, in bytes that go on to `end`.
    [[gnu::always_inline]] constexpr parse_status add(std::string_view line, const char* end) {
        const std::uint64_t start = line_start(line.data(), end);
        if (line.size() > safe_size_) return add_other(line, end);
        if (data_pattern.matches(start)) return add_data(data_pattern.value(line), end);
        if (id_pattern.matches(start)) return add_id(id_pattern.value(line), line);
        if (event_pattern.matches(start)) return add_type(event_pattern.value(line));
        return add_other(line, end);
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
        if (is_kept(name) && exceeds(line_size, limits_.line)) return fail_line(name);
        switch (name) {
        case field_name::data:
            if (exceeds(data_.size() + part.size(), limits_.event) || !data_.append(part)) {
                return fail(errc::event_too_large);
            }
            break;
        case field_name::event:
            if (!type_.append(part)) return fail(errc::type_too_long);
            return check_type(type_.size());
        case field_name::id:
            if (!part_.append(part)) return fail(errc::id_too_long);
            return check_id(part_.size());
        case field_name::comment:
            if (comments_ && !part_.append(part)) return fail_line(name);
            break;
        case field_name::retry: digits_.append(part); break;
        case field_name::unknown: break;
        }
        return parse_status::need_input;
    }

    /// The end of a value that came in parts.
    constexpr parse_status end(field_name name) {
        switch (name) {
        case field_name::id:
            if (!holds_nul(part_.view())) std::swap(next_id_, part_);
            return parse_status::need_input;
        case field_name::retry: return end_retry();
        case field_name::comment:
            ++comment_count_;
            return comments_ ? end_comment() : parse_status::need_input;
        default: return parse_status::need_input;
        }
    }

    /// Whether what is reported is decoded.
    [[nodiscard]] constexpr bool decodes() const noexcept { return utf8_ != utf8_policy::pass; }

    /// A blank line: commits the id, and dispatches an event if there is data. `is_suspect` tells
    /// whether the block may hold bytes that are not UTF-8.
    [[gnu::always_inline]] constexpr parse_status dispatch(bool is_suspect) {
        if (is_suspect && !(decode(next_id_) && decode(type_) && decode(data_))) {
            spoiled_ = spoiled::ended_block;
            return parse_status::failed;
        }
        if (next_id_.has_value()) commit_id();
        if (data_.has_value()) return parse_status::event;
        type_.reset();
        return parse_status::need_input;
    }

    /// Copies what is borrowed, before it goes.
    constexpr parse_status keep() {
        if (!data_.own()) return fail(errc::event_too_large);
        if (!type_.own()) return fail(errc::type_too_long);
        if (!next_id_.own() || !id_.own()) return fail(errc::id_too_long);
        return parse_status::need_input;
    }

private:
    using slot = text_slot<Storage>;
    /// What is of no use any more after a failure.
    enum class spoiled : unsigned char { block, ended_block, comment };

    [[gnu::cold]] constexpr parse_status fail(errc e) noexcept {
        error_ = e;
        spoiled_ = spoiled::block;
        return parse_status::failed;
    }

    [[gnu::cold]] constexpr parse_status fail_line(field_name name) noexcept {
        fail(errc::line_too_long);
        if (name == field_name::comment) spoiled_ = spoiled::comment;
        return parse_status::failed;
    }

    [[gnu::always_inline]] constexpr parse_status add_data(std::string_view value,
                                                           const char* end) {
        if (data_.has_value()) return join_data(value, end);
        data_.borrow(value);
        return parse_status::need_input;
    }

    /// A further line of data.
    [[gnu::noinline]] constexpr parse_status join_data(std::string_view value, const char* end) {
        if (exceeds(data_.size() + 1 + value.size(), limits_.event) || !data_.join(value, end)) {
            return fail(errc::event_too_large);
        }
        return parse_status::need_input;
    }

    constexpr parse_status add_type(std::string_view value) {
        type_.borrow(value);
        return parse_status::need_input;
    }

    /// An id, or a line with nothing but an id. With a NUL in it an id is ignored.
    constexpr parse_status add_id(std::string_view value, std::string_view line) {
        if (!holds_nul(line)) next_id_.borrow(value);
        return parse_status::need_input;
    }

    /// Any line, seldom one of those above: too near to `end` or longer than `safe_size_`.
    [[gnu::noinline]] constexpr parse_status add_other(std::string_view line, const char* end) {
        const field_line field = split_line(line);
        if (!is_within_limits(field.name, field.value.size(), line.size())) {
            return parse_status::failed;
        }
        switch (field.name) {
        case field_name::data: return add_data(field.value, end);
        case field_name::event: return add_type(field.value);
        case field_name::id: return add_id(field.value, line);
        case field_name::retry:
            digits_ = {};
            digits_.append(field.value);
            return end_retry();
        case field_name::comment: return add_comment(field.value);
        case field_name::unknown: break;
        }
        return parse_status::need_input;
    }

    /// Whether a whole line exceeds no limit.
    constexpr bool is_within_limits(field_name name, std::size_t value_size,
                                    std::size_t line_size) noexcept {
        auto status = parse_status::need_input;
        if (!is_kept(name)) return true;
        if (exceeds(line_size, limits_.line)) {
            status = fail_line(name);
        } else if (name == field_name::event) {
            status = check_type(value_size);
        } else if (name == field_name::id) {
            status = check_id(value_size);
        } else if (name == field_name::data && !data_.has_value() &&
                   exceeds(value_size, limits_.event)) {
            status = fail(errc::event_too_large);
        }
        return status != parse_status::failed;
    }

    /// Whether lines of this name take memory, and so have a limit.
    [[nodiscard]] constexpr bool is_kept(field_name name) const noexcept {
        return name == field_name::comment
                   ? comments_
                   : name != field_name::unknown && name != field_name::retry;
    }

    /// The last event id buffer becomes the last event id string.
    constexpr void commit_id() {
        if (next_id_.is_borrowed()) {
            id_.borrow(next_id_.view());
        } else {
            std::swap(id_, next_id_);
        }
        next_id_.reset();
    }

    constexpr parse_status add_comment(std::string_view text) {
        ++comment_count_;
        if (!comments_) return parse_status::need_input;
        part_.borrow(text);
        return end_comment();
    }

    constexpr parse_status check_type(std::size_t size) {
        return exceeds(size, limits_.type) ? fail(errc::type_too_long) : parse_status::need_input;
    }

    constexpr parse_status check_id(std::size_t size) {
        return exceeds(size, limits_.id) ? fail(errc::id_too_long) : parse_status::need_input;
    }

    constexpr parse_status end_retry() {
        if (!digits_.valid()) return parse_status::need_input;
        retry_ = digits_.value();
        return parse_status::retry;
    }

    constexpr parse_status end_comment() {
        if (decode(part_)) return parse_status::comment;
        spoiled_ = spoiled::comment;
        return parse_status::failed;
    }

    /// Applies the policy for bytes that are not UTF-8. Lines can be decoded after they were
    /// split: no byte of CR, LF, colon, space or a digit is ever part of a longer sequence.
    [[nodiscard]] constexpr bool decode(slot& text) {
        if (!decodes() || !text.has_value()) return true;
        const std::string_view bytes = text.view();
        if (is_utf8(bytes)) return true;
        if (utf8_ == utf8_policy::reject) {
            error_ = errc::invalid_utf8;
            return false;
        }
        decoded_.start();
        if (!utf8_append_replaced(bytes, decoded_)) {
            error_ = errc::event_too_large;
            return false;
        }
        std::swap(text, decoded_);
        return true;
    }

    [[no_unique_address]] Limits limits_{};
    std::size_t safe_size_ = least_limit(limits_); ///< a line that is no longer exceeds none
    slot data_{};
    slot type_{};
    slot next_id_{}; ///< the last event id buffer, where this block set it
    slot id_{};      ///< the last event id string
    slot part_{};    ///< an id or comment that comes in parts; the comment being reported
    slot decoded_{};
    retry_value digits_{};
    std::int64_t retry_ = 0;
    std::uint64_t comment_count_ = 0;
    errc error_ = errc::success;
    spoiled spoiled_ = spoiled::block;
    utf8_policy utf8_ = utf8_policy::replace;
    bool comments_ = false;
};

} // namespace sse::detail
