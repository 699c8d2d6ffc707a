// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>
#include <string_view>

namespace sse {

inline constexpr std::size_t max_topic_size = 255; ///< bytes

namespace detail {

/// Takes the first level off `rest`; afterwards `rest.data()` is null when it was the last one.
constexpr std::string_view take_level(std::string_view& rest) noexcept {
    const std::size_t slash = rest.find('/');
    const std::string_view level = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    return level;
}

} // namespace detail

/// Whether `pattern` can be subscribed to: 1 to 255 bytes without control characters, in levels
/// divided by `/`, where a level of its own may be `+`, and the last one `#`.
[[nodiscard]] constexpr bool is_topic_pattern(std::string_view pattern) noexcept {
    if (pattern.empty() || pattern.size() > max_topic_size) return false;
    for (const char c : pattern) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    }
    while (pattern.data() != nullptr) {
        const std::string_view level = detail::take_level(pattern);
        if (level.size() > 1 && level.find_first_of("+#") != std::string_view::npos) return false;
        if (level == "#" && pattern.data() != nullptr) return false;
    }
    return true;
}

/// Whether `pattern` has a level that stands for others. It must be a valid pattern.
[[nodiscard]] constexpr bool has_wildcard(std::string_view pattern) noexcept {
    return pattern.find_first_of("+#") != std::string_view::npos;
}

/// Whether `name` can be published to: a valid pattern without `+` and `#` anywhere.
[[nodiscard]] constexpr bool is_topic(std::string_view name) noexcept {
    return is_topic_pattern(name) && !has_wildcard(name);
}

/// Whether `pattern` stands for `topic`: `+` for any one level, a last `#` for any number of them,
/// none included (`room/#` matches `room`).
[[nodiscard]] constexpr bool matches_topic(std::string_view pattern,
                                           std::string_view topic) noexcept {
    while (pattern.data() != nullptr) {
        const std::string_view wanted = detail::take_level(pattern);
        if (wanted == "#") return true;
        if (topic.data() == nullptr) return false;
        const std::string_view level = detail::take_level(topic);
        if (wanted != "+" && wanted != level) return false;
        if (topic.data() == nullptr && pattern == "#") return true;
    }
    return topic.data() == nullptr;
}

} // namespace sse
