// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/error.hpp>
#include <sse/text/field.hpp>
#include <sse/text/limits.hpp>

#include <cstddef>

namespace sse::detail {

/// Limits, and what they are for lines: which have one, and which are so short that none matters.
template <class Limits>
class line_limits : public Limits {
public:
    /// `comments` tells whether comments are kept.
    constexpr line_limits(const Limits& all, bool comments)
        : Limits(all), common_sizes_(common_sizes(all)), comments_(comments) {}

    /// Whether a line is neither blank nor as long as a limit.
    [[nodiscard]] constexpr bool is_common(std::size_t line_size) const noexcept {
        return line_size - least_common_line < common_sizes_;
    }

    /// Whether comments are kept.
    [[nodiscard]] constexpr bool comments() const noexcept { return comments_; }

    /// Whether lines of this name take memory, and so have a limit.
    [[nodiscard]] constexpr bool is_kept(field_name name) const noexcept {
        return name == field_name::comment
                   ? comments_
                   : name != field_name::unknown && name != field_name::retry;
    }

    /// What a whole line exceeds; `has_data` tells whether there is data before it.
    [[nodiscard]] constexpr errc check(field_name name, std::size_t value_size,
                                       std::size_t line_size, bool has_data) const noexcept {
        if (is_kept(name) && exceeds(line_size, this->line)) return errc::line_too_long;
        switch (name) {
        case field_name::event: return check_type(value_size);
        case field_name::id: return check_id(value_size);
        case field_name::data: // further lines are checked where they are joined
            return !has_data && exceeds(value_size, this->event) ? errc::event_too_large
                                                                 : errc::success;
        default: return errc::success;
        }
    }

    [[nodiscard]] constexpr errc check_type(std::size_t size) const noexcept {
        return exceeds(size, this->type) ? errc::type_too_long : errc::success;
    }
    [[nodiscard]] constexpr errc check_id(std::size_t size) const noexcept {
        return exceeds(size, this->id) ? errc::id_too_long : errc::success;
    }

private:
    /// The least size of a line for which the common fields are compared without looking at its
    /// size again.
    static constexpr std::size_t least_common_line = spaced_data.size();

    [[nodiscard]] static constexpr std::size_t common_sizes(const Limits& all) noexcept {
        const std::size_t least = least_limit(all);
        return least < least_common_line ? 0 : least - least_common_line + 1;
    }

    std::size_t common_sizes_; ///< how many sizes common lines may have
    bool comments_;
};

} // namespace sse::detail
