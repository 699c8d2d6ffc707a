// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <limits>

namespace sse {

/// How much a parser keeps at most, in bytes as received; zero is no limit.
///
/// Lines that nobody asked for (unknown fields, comments by default) are skipped in constant
/// memory and have no limit.
struct limits {
    std::size_t line = std::size_t{16} << 20;  ///< one line, without its end
    std::size_t event = std::size_t{16} << 20; ///< the data of one event, line breaks included
    std::size_t id = std::size_t{64} << 10;    ///< an event id
    std::size_t type = std::size_t{64} << 10;  ///< an event type
};

/// No limits at all, for text that is in memory already.
struct no_limits {
    static constexpr std::size_t line = 0;
    static constexpr std::size_t event = 0;
    static constexpr std::size_t id = 0;
    static constexpr std::size_t type = 0;
};

namespace detail {

[[nodiscard]] constexpr bool exceeds(std::size_t size, std::size_t limit) noexcept {
    return size > limit && limit != 0;
}

/// The least of the limits that there are.
template <class Limits>
[[nodiscard]] constexpr std::size_t least_limit(const Limits& limits) noexcept {
    std::size_t least = std::numeric_limits<std::size_t>::max();
    for (const std::size_t limit : {limits.line, limits.event, limits.id, limits.type}) {
        if (limit != 0 && limit < least) least = limit;
    }
    return least;
}

} // namespace detail
} // namespace sse
