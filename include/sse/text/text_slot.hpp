// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

namespace sse::detail {

/// A text that is borrowed from the bytes being parsed while these are there, and owned
/// afterwards. Most are never owned: that is why nothing is copied.
template <class Storage>
class text_slot {
public:
    constexpr text_slot() = default;
    constexpr text_slot(const text_slot& other)
        : storage_(other.storage_), is_owned_(other.is_owned_), text_(other.text_) {
        refresh();
    }
    constexpr text_slot(text_slot&& other) noexcept
        : storage_(std::move(other.storage_)), is_owned_(other.is_owned_), text_(other.text_) {
        refresh();
        other.clear();
    }
    constexpr text_slot& operator=(const text_slot& other) {
        storage_ = other.storage_;
        is_owned_ = other.is_owned_;
        text_ = other.text_;
        refresh();
        return *this;
    }
    constexpr text_slot& operator=(text_slot&& other) noexcept {
        storage_ = std::move(other.storage_);
        is_owned_ = other.is_owned_;
        text_ = other.text_;
        refresh();
        other.clear();
        return *this;
    }
    constexpr ~text_slot() = default;

    [[nodiscard]] constexpr bool has_value() const noexcept { return text_.data() != nullptr; }
    [[nodiscard]] constexpr bool is_borrowed() const noexcept { return has_value() && !is_owned_; }
    /// Empty while it has no value.
    [[nodiscard]] constexpr std::string_view view() const noexcept { return text_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return text_.size(); }

    /// From now on `join_short` lets the text become no longer than `most` bytes; 0 for no limit.
    constexpr void limit_short_lines(std::size_t most) noexcept {
        storage_.limit_short_lines(most);
    }

    constexpr void reset() noexcept { text_ = {}; }
    /// Not null, even where it is empty.
    constexpr void borrow(std::string_view text) noexcept {
        is_owned_ = false;
        text_ = text;
    }
    /// Starts an owned text, empty.
    constexpr void start() noexcept {
        storage_.clear();
        is_owned_ = true;
        text_ = storage_.view();
    }
    /// Copies what is borrowed; false when there is no room.
    [[nodiscard, gnu::always_inline]] constexpr bool own() {
        if (is_borrowed()) [[unlikely]]
            return copy();
        return true;
    }
    /// Adds to an owned text; false when there is no room.
    [[nodiscard]] constexpr bool append(std::string_view text) {
        const bool fits = storage_.append(text);
        refresh();
        return fits;
    }
    /// Adds to an owned text what `copy(memory, room)` writes, and returns how many bytes.
    template <class Copy>
    constexpr std::size_t append_by(Copy&& copy) noexcept {
        const std::size_t copied = storage_.append_by(copy);
        refresh();
        return copied;
    }
    /// Adds a line feed and `line`; false, and perhaps a part added, when there is no room.
    [[nodiscard]] constexpr bool join(std::string_view line) {
        return own() && append("\n") && append(line);
    }
    /// The same in less time for a short line, which, like what is borrowed, lies in bytes that go
    /// on to `end`; false, and `line` not added, where it cannot be done so.
    [[nodiscard, gnu::always_inline]] constexpr bool join_short(std::string_view line,
                                                                const char* end) noexcept {
        if (!is_owned_) {
            if (!storage_.start_short_line(text_, end)) return false;
            is_owned_ = true;
            text_ = storage_.view();
        }
        if (!storage_.append_short_line(line, end)) return false;
        text_ = {text_.data(), text_.size() + 1 + line.size()}; // it has not moved
        return true;
    }

    constexpr void shrink(std::size_t keep) {
        storage_.shrink(keep);
        refresh();
    }

private:
    [[nodiscard]] constexpr bool copy() {
        const std::string_view borrowed = text_;
        start();
        return append(borrowed);
    }

    constexpr void clear() noexcept {
        storage_.clear();
        text_ = {};
    }

    /// After the storage changed, or moved here.
    constexpr void refresh() noexcept {
        if (is_owned_ && has_value()) text_ = storage_.view();
    }

    Storage storage_{};
    bool is_owned_ = false;
    std::string_view text_{}; ///< null: no value
};

} // namespace sse::detail
