// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/field.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace sse::detail {

/// A line that began in bytes that are gone. Its first bytes are kept until they decide what the
/// line is; from then on the value goes straight to where it belongs, so that nothing is scanned
/// or copied twice and a line that nobody wants takes no memory.
class open_line {
public:
    [[nodiscard]] constexpr bool is_open() const noexcept { return is_open_; }
    [[nodiscard]] constexpr bool is_decided() const noexcept { return is_decided_; }
    [[nodiscard]] constexpr field_name name() const noexcept { return name_; }
    /// The bytes of the line so far.
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

    constexpr void close() noexcept { *this = open_line(); }

    /// Opens a line of which nothing can be wanted.
    constexpr void open_unknown() noexcept {
        is_open_ = true;
        is_decided_ = true;
        name_ = field_name::unknown;
    }

    /// Opens a line with `bytes`, of which there are enough to decide, and returns the first part
    /// of the value.
    [[nodiscard]] constexpr std::string_view open(std::string_view bytes) noexcept {
        const field_line line =
            begins_with(bytes, spaced_data)
                ? field_line{field_name::data, without_start(bytes, spaced_data)}
                : split_line(bytes);
        is_open_ = true;
        is_decided_ = true;
        size_ = bytes.size();
        name_ = line.name;
        return line.value;
    }

    /// Goes on with bytes of the value.
    constexpr void grow(std::size_t bytes) noexcept { size_ += bytes; }

    /// Goes on with `bytes` before it is decided, and returns those that are not needed to decide.
    [[nodiscard]] constexpr std::string_view extend(std::string_view bytes) noexcept {
        is_open_ = true;
        size_ += bytes.size();
        while (prefix_size_ < field_prefix_size && !bytes.empty()) {
            prefix_[prefix_size_++] = bytes.front();
            bytes.remove_prefix(1);
        }
        return bytes;
    }

    /// Whether the bytes so far tell what the line is.
    [[nodiscard]] constexpr bool can_decide() const noexcept {
        return prefix_size_ == field_prefix_size;
    }

    /// Decides by the bytes so far, and returns the first part of the value.
    [[nodiscard]] constexpr std::string_view decide() noexcept {
        is_decided_ = true;
        const field_line line = split_line({prefix_.data(), prefix_size_});
        name_ = line.name;
        return line.value;
    }

private:
    std::array<char, field_prefix_size + 1> prefix_{}; ///< behind it is no space
    std::size_t prefix_size_ = 0;
    std::size_t size_ = 0;
    field_name name_ = field_name::unknown;
    bool is_open_ = false;
    bool is_decided_ = false;
};

} // namespace sse::detail
