// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>

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

/// The value behind a name of `name_size` bytes: nothing, or what follows the colon and at most
/// one space. Unknown when the name goes on.
[[nodiscard, gnu::always_inline]] constexpr field_line
field_value(std::string_view line, std::size_t name_size, field_name name) noexcept {
    if (line.size() == name_size) return {name, {line.data() + name_size, 0}};
    if (line[name_size] != ':') return {};
    const std::size_t value = name_size + 1;
    const std::size_t space = line.size() > value && line[value] == ' ' ? 1 : 0;
    return {name, {line.data() + value + space, line.size() - value - space}};
}

/// Takes a line that is not blank apart. Names are compared exactly; a line without a colon is a
/// field with an empty value; a comment's text is what follows the colon and one space.
[[nodiscard, gnu::always_inline]] constexpr field_line split_line(std::string_view line) noexcept {
    const auto named = [line](std::string_view name) {
        return line.substr(0, name.size()) == name;
    };
    switch (line[0]) {
    case 'd':
        if (named("data")) return field_value(line, 4, field_name::data);
        break;
    case 'e':
        if (named("event")) return field_value(line, 5, field_name::event);
        break;
    case 'i':
        if (named("id")) return field_value(line, 2, field_name::id);
        break;
    case 'r':
        if (named("retry")) return field_value(line, 5, field_name::retry);
        break;
    case ':': return field_value(line, 0, field_name::comment);
    default: break;
    }
    return {};
}

/// The first bytes of a line, to compare with names at once: zero when there are fewer than eight
/// up to `end`, where the bytes end that the line lies in.
[[nodiscard, gnu::always_inline]] constexpr std::uint64_t line_start(const char* line,
                                                                     const char* end) noexcept {
    std::uint64_t start = 0;
    if (std::is_constant_evaluated() || end - line < std::ptrdiff_t{sizeof start}) return 0;
    std::memcpy(&start, line, sizeof start);
    return start;
}

/// A name and its colon: tells lines by their start, as `split_line` would.
class field_pattern {
public:
    consteval explicit field_pattern(std::string_view name_and_colon)
        : size_(name_and_colon.size()) {
        std::array<char, sizeof bytes_> bytes{};
        std::array<char, sizeof bytes_> mask{};
        for (std::size_t i = 0; i < size_; ++i) {
            bytes[i] = name_and_colon[i];
            mask[i] = '\xFF';
        }
        bytes_ = std::bit_cast<std::uint64_t>(bytes);
        mask_ = std::bit_cast<std::uint64_t>(mask);
    }

    [[nodiscard]] constexpr bool matches(std::uint64_t start) const noexcept {
        return (start & mask_) == bytes_;
    }

    /// The value of a line that matches. The byte behind the line, which ends it, is no space.
    [[nodiscard]] constexpr std::string_view value(std::string_view line) const noexcept {
        const std::size_t at = size_ + (line.data()[size_] == ' ' ? 1 : 0);
        return {line.data() + at, line.size() - at};
    }

private:
    std::uint64_t bytes_ = 0;
    std::uint64_t mask_ = 0;
    std::size_t size_;
};

inline constexpr field_pattern data_pattern("data:");
inline constexpr field_pattern event_pattern("event:");
inline constexpr field_pattern id_pattern("id:");

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
