// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/error.hpp>
#include <sse/text/event.hpp>
#include <sse/text/line_scanner.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sse {

/// Whether `text` can be written as an event's id or type: no CR, LF or NUL, each of which would
/// end the line and start a field of somebody else's choice, or make a reader ignore the id
/// (HTML, 9.2.6).
[[nodiscard]] constexpr bool is_valid_field(std::string_view text) noexcept {
    for (const char c : text) {
        if (c == '\r' || c == '\n' || c == '\0') return false;
    }
    return true;
}

namespace detail {

/// Never defined: a call that is reached makes `checked_field` no constant expression, and
/// its name is what the compiler shows.
void event_id_or_type_holds_cr_lf_or_nul();

} // namespace detail

/// A literal for an id or a type, checked while compiling: `checked_field("tick")`.
[[nodiscard]] consteval std::string_view checked_field(std::string_view literal) {
    if (!is_valid_field(literal)) detail::event_id_or_type_holds_cr_lf_or_nul();
    return literal;
}

namespace detail {

/// Hands bytes to a sink: anything with `append(const char*, std::size_t)`, or callable with a
/// `std::string_view`.
template <class Sink>
constexpr void put(Sink& sink, std::string_view bytes) {
    if constexpr (requires { sink.append(bytes.data(), bytes.size()); }) {
        sink.append(bytes.data(), bytes.size());
    } else {
        sink(bytes);
    }
}

/// Writes text that may have several lines.
template <class Sink>
[[gnu::noinline]] constexpr void put_several_lines(Sink& sink, std::string_view separator,
                                                   std::string_view text) {
    line_scanner scanner;
    scanner.start(text, false);
    line_scanner::walk lines(scanner);
    const char* line = text.data();
    const char* const end = line + text.size();
    while (lines.next()) {
        put(sink, {line, static_cast<std::size_t>(lines.at() - line)});
        put(sink, separator);
        line = lines.behind();
    }
    put(sink, {line, static_cast<std::size_t>(end - line)});
}

/// Writes the lines of `text` with `separator` between them, and neither before nor behind; CR, LF
/// and CRLF end a line, and a text that ends in one has an empty last line.
template <class Sink>
constexpr void put_lines(Sink& sink, std::string_view separator, std::string_view text,
                         bool is_one_line) {
    is_one_line ? put(sink, text) : put_several_lines(sink, separator, text);
}
template <class Sink>
constexpr void put_lines(Sink& sink, std::string_view separator, std::string_view text) {
    put_lines(sink, separator, text, is_one_line_for_sure(text));
}

/// Counts what would be written.
struct size_sink {
    std::size_t size = 0;
    constexpr void append(const char*, std::size_t bytes) noexcept { size += bytes; }
};

/// Whether an event of this type is written without its type.
[[nodiscard]] constexpr bool is_default_type(std::string_view type) noexcept {
    return type.empty() || type == "message";
}

/// `is_one_line`: what `is_one_line_for_sure` says of the data.
template <class Sink>
constexpr void put_event(Sink& sink, const event_view& e, bool has_type, bool is_one_line) {
    if (!has_type) {
        put(sink, "data: ");
    } else {
        put(sink, "event: ");
        put(sink, e.type);
        put(sink, "\ndata: ");
    }
    put_lines(sink, "\ndata: ", e.data, is_one_line);
    if (!e.id.empty()) {
        // last, for readers that take an id before its event is complete
        put(sink, "\nid: ");
        put(sink, e.id);
    }
    put(sink, "\n\n");
}
template <class Sink>
constexpr void put_event(Sink& sink, const event_view& e) {
    put_event(sink, e, !is_default_type(e.type), is_one_line_for_sure(e.data));
}

} // namespace detail

/// Writes one event with its blank line (HTML, 9.2.5). Line ends in the data start further `data`
/// lines, so that a reader gets CR and CRLF as LF; bytes are written as they are.
///
/// `Sink`: anything with `append(const char*, std::size_t)`, such as `std::string`, or callable
/// with a `std::string_view`.
/// Errors: `errc::invalid_field` for CR, LF or NUL in the type or id; nothing is written then.
template <class Sink>
[[nodiscard]] constexpr errc serialize(const event_view& e, Sink&& sink) {
    const bool has_type = !detail::is_default_type(e.type);
    if (has_type && !is_valid_field(e.type)) return errc::invalid_field;
    if (!is_valid_field(e.id)) return errc::invalid_field;
    detail::put_event(sink, e, has_type, detail::is_one_line_for_sure(e.data));
    return errc::success;
}

/// The bytes that `serialize` writes for a valid event.
[[nodiscard]] constexpr std::size_t serialized_size(const event_view& e) {
    detail::size_sink sink;
    detail::put_event(sink, e);
    return sink.size;
}

/// Writes a block of nothing but an id, which dispatches no event and moves the reader's last
/// event id; an empty id resets it (HTML, 9.2.6).
///
/// Errors: `errc::invalid_field` for CR, LF or NUL; nothing is written then.
template <class Sink>
[[nodiscard]] constexpr errc serialize_id(std::string_view id, Sink&& sink) {
    if (!is_valid_field(id)) return errc::invalid_field;
    detail::put(sink, "id: ");
    detail::put(sink, id);
    detail::put(sink, "\n\n");
    return errc::success;
}

/// Writes a comment, a line of it for each line of `text`, without a blank line behind.
template <class Sink>
constexpr void serialize_comment(std::string_view text, Sink&& sink) {
    detail::put(sink, ": ");
    detail::put_lines(sink, "\n: ", text);
    detail::put(sink, "\n");
}

/// Writes the shortest comment there is, which keeps a connection from looking dead.
template <class Sink>
constexpr void serialize_heartbeat(Sink&& sink) {
    detail::put(sink, ":\n");
}

/// Writes the reconnection time in whole milliseconds, from zero up; it takes effect at once,
/// without a blank line.
template <class Sink>
constexpr void serialize_retry(std::chrono::milliseconds time, Sink&& sink) {
    char digits[20] = {};
    std::size_t at = sizeof digits;
    std::uint64_t left = time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count());
    do {
        digits[--at] = static_cast<char>('0' + left % 10);
        left /= 10;
    } while (left != 0);
    detail::put(sink, "retry: ");
    detail::put(sink, {digits + at, sizeof digits - at});
    detail::put(sink, "\n");
}

} // namespace sse
