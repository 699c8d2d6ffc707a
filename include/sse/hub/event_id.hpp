// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sse {

/// A position in the one sequence of a hub: the life of the hub it belongs to, and the number of
/// the last event before it. Written as `epoch-sequence`, 12 lower-case hexadecimal digits, a
/// hyphen and a decimal number without leading zeros.
struct event_id {
    std::uint64_t epoch = 0;    ///< below 2^48; differs from one start of the hub to the next
    std::uint64_t sequence = 0; ///< 0 is before the first event

    friend bool operator==(const event_id&, const event_id&) = default;
};

namespace detail {

[[nodiscard]] constexpr bool is_decimal(char c) noexcept { return c >= '0' && c <= '9'; }

[[nodiscard]] constexpr bool is_hexadecimal(char c) noexcept {
    return is_decimal(c) || (c >= 'a' && c <= 'f');
}

inline constexpr std::size_t epoch_digits = 12;
inline constexpr std::size_t event_id_size = epoch_digits + 1 + 20; ///< the longest one

/// Writes ids of one epoch, as text that is there until the next one.
class event_id_writer {
public:
    explicit event_id_writer(std::uint64_t epoch) noexcept {
        constexpr std::string_view digits = "0123456789abcdef";
        for (std::size_t i = 0; i < epoch_digits; ++i) {
            text_[i] = digits[(epoch >> (4 * (epoch_digits - 1 - i))) & 0x0fU];
        }
        text_[epoch_digits] = '-';
    }

    [[nodiscard]] std::string_view write(std::uint64_t sequence) noexcept {
        char& last_digit = text_[size_ - 1];
        const bool follows = sequence > sequence_ && sequence - sequence_ == 1;
        if (follows && is_decimal(last_digit) && last_digit != '9') {
            ++last_digit; // one in ten changes more than that
        } else {
            char* const number = text_ + epoch_digits + 1;
            const char* const end = std::to_chars(number, number + 20, sequence).ptr;
            size_ = static_cast<std::size_t>(end - text_);
        }
        sequence_ = sequence;
        return {text_, size_};
    }

private:
    char text_[event_id_size];
    std::size_t size_ = epoch_digits + 1; // of what is written
    std::uint64_t sequence_ = 0;          // the number of that
};

} // namespace detail

/// The id as readers get it.
[[nodiscard]] inline std::string to_string(const event_id& id) {
    return std::string(detail::event_id_writer(id.epoch).write(id.sequence));
}

/// Whether `text` has the shape of a hub's own id, so that an id of somebody's choice must not.
[[nodiscard]] constexpr bool looks_like_event_id(std::string_view text) noexcept {
    if (text.size() < detail::epoch_digits + 2 || text[detail::epoch_digits] != '-') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool valid = i < detail::epoch_digits   ? detail::is_hexadecimal(text[i])
                           : i > detail::epoch_digits ? detail::is_decimal(text[i])
                                                      : true;
        if (!valid) return false;
    }
    return true;
}

/// The id that `text` is, letter for letter as `to_string` writes it, or nothing. `text` may come
/// from anybody: any bytes of any length.
[[nodiscard]] inline std::optional<event_id> parse_event_id(std::string_view text) noexcept {
    if (!looks_like_event_id(text)) return std::nullopt;
    const char* const number = text.data() + detail::epoch_digits + 1;
    const char* const end = text.data() + text.size();
    if (*number == '0' && end - number > 1) return std::nullopt;
    event_id id;
    std::from_chars(text.data(), text.data() + detail::epoch_digits, id.epoch, 16);
    const auto parsed = std::from_chars(number, end, id.sequence);
    if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    return id;
}

} // namespace sse
