// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace sse::detail {

/// What a line is for (HTML, 9.2.6, "interpreting an event stream").
enum class field_name : unsigned char { unknown, data, event, id, retry, comment };

/// A line that is not blank, taken apart.
struct field_line {
    field_name name = field_name::unknown;
    std::string_view value{};
};

/// As many bytes of a line as decide what it is: no known field has a name, colon and space that
/// are longer. Whether a first space belongs to the value is decided by then as well.
inline constexpr std::size_t field_prefix_size = std::string_view("event: ").size();

/// Whether a line, which is not shorter, begins with `start`, a constant. Most lines are told apart
/// by their first bytes alone: they are compared first, as one word.
[[nodiscard, gnu::always_inline]] constexpr bool begins_with(std::string_view line,
                                                             std::string_view start) noexcept {
    using traits = std::string_view::traits_type;
    constexpr std::size_t word = 4;
    const std::size_t first = start.size() < word ? start.size() : word;
    return traits::compare(line.data(), start.data(), first) == 0 &&
           traits::compare(line.data() + first, start.data() + first, start.size() - first) == 0;
}

/// A line, which is not shorter, without its first bytes.
[[nodiscard, gnu::always_inline]] constexpr std::string_view
without_start(std::string_view line, std::string_view start) noexcept {
    return {line.data() + start.size(), line.size() - start.size()};
}

/// Whether a line begins with `name_and_colon`, a constant.
[[nodiscard, gnu::always_inline]] constexpr bool
is_field(std::string_view line, std::string_view name_and_colon) noexcept {
    return line.size() >= name_and_colon.size() && begins_with(line, name_and_colon);
}

/// What follows the colon, which is the byte before `at`, and at most one space. Of a line shorter
/// than `field_prefix_size` the byte behind it is looked at, which is no space.
[[nodiscard, gnu::always_inline]] constexpr std::string_view field_value(std::string_view line,
                                                                         std::size_t at) noexcept {
    at += std::size_t{line.data()[at] == ' '};
    return {line.data() + at, line.size() - at};
}

inline constexpr std::string_view data_field = "data:";
inline constexpr std::string_view event_field = "event:";
inline constexpr std::string_view id_field = "id:";
inline constexpr std::string_view retry_field = "retry:";

/// As nearly everybody writes them.
inline constexpr std::string_view spaced_data = "data: ";
inline constexpr std::string_view spaced_event = "event: ";
inline constexpr std::string_view spaced_id = "id: ";

/// Unknown where a line has another name than the one in `name_and_colon`.
[[nodiscard, gnu::always_inline]] constexpr field_line
split_if(std::string_view line, std::string_view name_and_colon, field_name name) noexcept {
    if (is_field(line, name_and_colon)) return {name, field_value(line, name_and_colon.size())};
    const bool is_name = line.size() + 1 == name_and_colon.size() &&
                         is_field(line, name_and_colon.substr(0, name_and_colon.size() - 1));
    return {is_name ? name : field_name::unknown, line.substr(line.size())};
}

/// Takes a line that is not blank apart. Names are compared exactly; a line without a colon is a
/// field with an empty value; a comment's text is what follows the colon and one space.
[[nodiscard]] constexpr field_line split_line(std::string_view line) noexcept {
    switch (line[0]) {
    case 'd': return split_if(line, data_field, field_name::data);
    case 'e': return split_if(line, event_field, field_name::event);
    case 'i': return split_if(line, id_field, field_name::id);
    case 'r': return split_if(line, retry_field, field_name::retry);
    case ':': return {field_name::comment, field_value(line, 1)};
    default: return {};
    }
}

/// The value of `retry`: ASCII digits and nothing else, at least one. Saturates.
class retry_value {
public:
    constexpr void append(std::string_view digits) noexcept {
        constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
        for (const char c : digits) {
            if (c < '0' || c > '9') valid_ = false;
            if (!valid_) return;
            const std::int64_t digit = c - '0';
            value_ = value_ > (most - digit) / 10 ? most : value_ * 10 + digit;
            empty_ = false;
        }
    }
    [[nodiscard]] constexpr bool valid() const noexcept { return valid_ && !empty_; }
    /// In milliseconds.
    [[nodiscard]] constexpr std::int64_t value() const noexcept { return value_; }

private:
    std::int64_t value_ = 0;
    bool valid_ = true;
    bool empty_ = true;
};

} // namespace sse::detail
