// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/syntax.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sse::http {

namespace detail {

inline constexpr std::array<std::string_view, 7> day_names = {"Sun", "Mon", "Tue", "Wed",
                                                              "Thu", "Fri", "Sat"};
inline constexpr std::array<std::string_view, 7> long_day_names = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
inline constexpr std::array<std::string_view, 12> month_names = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Reads a date from the front; the first mismatch makes all further reads fail.
class date_scanner {
public:
    explicit constexpr date_scanner(std::string_view text) noexcept : text_(text) {}

    constexpr void literal(std::string_view expected) noexcept {
        ok_ = ok_ && text_.starts_with(expected);
        text_.remove_prefix(ok_ ? expected.size() : 0);
    }

    [[nodiscard]] constexpr int number(std::size_t digits) noexcept {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            ok_ = ok_ && i < text_.size() && is_digit(text_[i]);
            value = ok_ ? value * 10 + (text_[i] - '0') : 0;
        }
        text_.remove_prefix(ok_ ? digits : 0);
        return value;
    }

    /// The index of the name in front.
    template <std::size_t Size>
    [[nodiscard]] constexpr int name(const std::array<std::string_view, Size>& names) noexcept {
        for (std::size_t i = 0; ok_ && i < Size; ++i) {
            if (text_.starts_with(names[i])) {
                text_.remove_prefix(names[i].size());
                return static_cast<int>(i);
            }
        }
        ok_ = false;
        return 0;
    }

    /// In seconds.
    [[nodiscard]] constexpr int time_of_day() noexcept {
        const int hour = number(2);
        literal(":");
        const int minute = number(2);
        literal(":");
        const int second = number(2); // 60 is a leap second
        ok_ = ok_ && hour < 24 && minute < 60 && second <= 60;
        return (hour * 60 + minute) * 60 + second;
    }

    [[nodiscard]] constexpr bool at(std::string_view expected) const noexcept {
        return ok_ && text_.starts_with(expected);
    }

    [[nodiscard]] constexpr bool complete() const noexcept { return ok_ && text_.empty(); }

private:
    std::string_view text_;
    bool ok_ = true;
};

/// The fields of a date, of which any may be out of range.
struct date_parts {
    int year = 0;
    int month = 0; // from 0
    int day = 0;
    int time = 0; // of the day, in seconds
};

// The arithmetic is on numbers: that of std::chrono, all of it templates, takes longer to compile
// than the rest of HTTP.

inline constexpr int day_seconds = 24 * 60 * 60;

/// A moment as a calendar and a clock have it.
struct day_and_time {
    std::chrono::sys_days day;
    int time; // in seconds
};

[[nodiscard]] inline day_and_time split(std::chrono::system_clock::time_point moment) noexcept {
    using namespace std::chrono;
    const auto since = moment.time_since_epoch();
    auto second = duration_cast<seconds>(since).count();
    if (seconds(second) > since) --second; // towards the past
    const auto time = (second % day_seconds + day_seconds) % day_seconds;
    const auto day = (second - time) / day_seconds;
    return {sys_days(days(static_cast<days::rep>(day))), static_cast<int>(time)};
}

/// Bounded by what the system clock can hold, so that no arithmetic on the result overflows.
[[nodiscard]] inline std::optional<std::chrono::sys_seconds>
to_time(const date_parts& parts) noexcept {
    using namespace std::chrono;
    const year_month_day date = year(parts.year) / (parts.month + 1) / parts.day;
    if (!date.ok()) {
        return std::nullopt;
    }
    const std::int64_t day = sys_days(date).time_since_epoch().count();
    const std::int64_t earliest = duration_cast<seconds>(system_clock::duration::min()).count();
    const std::int64_t latest = duration_cast<seconds>(system_clock::duration::max()).count();
    return sys_seconds(seconds(std::clamp(day * day_seconds + parts.time, earliest, latest)));
}

/// RFC 9110, section 5.6.7: two digits that seem more than 50 years ahead are of the century
/// before.
[[nodiscard]] inline int full_year(int two_digits,
                                   std::chrono::system_clock::time_point now) noexcept {
    const std::chrono::year_month_day today(split(now).day);
    const int this_year = static_cast<int>(today.year());
    const int year = this_year - this_year % 100 + two_digits;
    return year > this_year + 50 ? year - 100 : year;
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
[[nodiscard]] constexpr date_parts read_fixdate(date_scanner& in) noexcept {
    date_parts parts;
    static_cast<void>(in.name(day_names));
    in.literal(", ");
    parts.day = in.number(2);
    in.literal(" ");
    parts.month = in.name(month_names);
    in.literal(" ");
    parts.year = in.number(4);
    in.literal(" ");
    parts.time = in.time_of_day();
    in.literal(" GMT");
    return parts;
}

/// "Sunday, 06-Nov-94 08:49:37 GMT"
[[nodiscard]] inline date_parts read_rfc850(date_scanner& in,
                                            std::chrono::system_clock::time_point now) noexcept {
    date_parts parts;
    static_cast<void>(in.name(long_day_names));
    in.literal(", ");
    parts.day = in.number(2);
    in.literal("-");
    parts.month = in.name(month_names);
    in.literal("-");
    parts.year = full_year(in.number(2), now);
    in.literal(" ");
    parts.time = in.time_of_day();
    in.literal(" GMT");
    return parts;
}

/// "Sun Nov  6 08:49:37 1994"
[[nodiscard]] constexpr date_parts read_asctime(date_scanner& in) noexcept {
    date_parts parts;
    static_cast<void>(in.name(day_names));
    in.literal(" ");
    parts.month = in.name(month_names);
    in.literal(" ");
    const bool padded = in.at(" ");
    in.literal(padded ? " " : "");
    parts.day = in.number(padded ? 1 : 2);
    in.literal(" ");
    parts.time = in.time_of_day();
    in.literal(" ");
    parts.year = in.number(4);
    return parts;
}

inline void append_padded(std::string& out, unsigned value, unsigned unit) {
    for (; unit != 0; unit /= 10) {
        out.push_back(static_cast<char>('0' + value / unit % 10));
    }
}

} // namespace detail

/// `time` as RFC 9110, section 5.6.7 wants it written: "Sun, 06 Nov 1994 08:49:37 GMT".
[[nodiscard]] inline std::string http_date(std::chrono::system_clock::time_point time) {
    using namespace std::chrono;
    const detail::day_and_time at = detail::split(time);
    const year_month_day date(at.day);
    const auto second = static_cast<unsigned>(at.time);
    std::string out;
    out.reserve(29);
    out.append(detail::day_names[weekday(at.day).c_encoding()]).append(", ");
    detail::append_padded(out, static_cast<unsigned>(date.day()), 10);
    out.append(" ").append(detail::month_names[static_cast<unsigned>(date.month()) - 1]);
    out.append(" ");
    detail::append_padded(out, static_cast<unsigned>(static_cast<int>(date.year())), 1000);
    out.append(" ");
    detail::append_padded(out, second / 3600, 10);
    out.append(":");
    detail::append_padded(out, second / 60 % 60, 10);
    out.append(":");
    detail::append_padded(out, second % 60, 10);
    return out.append(" GMT");
}

/// Parses a date in any of the three formats of RFC 9110, section 5.6.7; the name of the day is not
/// checked against the date. Times beyond the system clock's range become its ends. `now` is what
/// two-digit years are judged by.
[[nodiscard]] inline std::optional<std::chrono::sys_seconds>
parse_http_date(std::string_view text,
                std::chrono::system_clock::time_point now = std::chrono::system_clock::now()) {
    detail::date_scanner in(text);
    detail::date_parts parts;
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos) {
        parts = detail::read_asctime(in);
    } else if (comma == 3) {
        parts = detail::read_fixdate(in);
    } else {
        parts = detail::read_rfc850(in, now);
    }
    return in.complete() ? detail::to_time(parts) : std::nullopt;
}

} // namespace sse::http
