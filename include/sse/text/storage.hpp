// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/growing_memory.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace sse {

/// Text that a parser keeps beyond the bytes it was fed, on the heap. Its memory is used again,
/// so that in a steady state nothing is allocated.
template <class Allocator = std::allocator<char>>
class growing_storage {
public:
    growing_storage() = default;
    explicit growing_storage(const Allocator& allocator) : memory_(allocator) {}
    growing_storage(const growing_storage& other) : memory_(other.memory_) { assign(other); }
    growing_storage(growing_storage&& other) noexcept
        : memory_(std::move(other.memory_)), size_(std::exchange(other.size_, 0)) {}
    growing_storage& operator=(const growing_storage& other) {
        if (this != &other) assign(other);
        return *this;
    }
    growing_storage& operator=(growing_storage&& other) noexcept {
        if (memory_.take(other.memory_)) {
            std::swap(size_, other.size_);
        } else {
            assign(other);
        }
        return *this;
    }
    ~growing_storage() = default;

    /// Never null.
    [[nodiscard]] std::string_view view() const noexcept {
        return {memory_.size() != 0 ? memory_.data() : "", size_};
    }
    void clear() noexcept { size_ = 0; }

    /// Adds `bytes` at the end; false when there is no room, which does not happen here.
    [[nodiscard]] bool append(std::string_view bytes) {
        if (memory_.size() - size_ < bytes.size()) grow(bytes.size());
        if (!bytes.empty()) std::memcpy(memory_.data() + size_, bytes.data(), bytes.size());
        size_ += bytes.size();
        return true;
    }

    /// Adds what `copy(memory, room)` writes, and returns what that does: how many bytes.
    template <class Copy>
    std::size_t append_by(Copy&& copy) noexcept {
        const std::size_t copied = copy(memory_.data() + size_, memory_.size() - size_);
        size_ += copied;
        return copied;
    }

    /// Adds a line feed and `line`, which lies in bytes that go on to `end`, where there is room
    /// for more than that; false, and nothing added, otherwise. Copying more than asked for spares
    /// short lines the branches on their size, which no processor can foresee.
    [[nodiscard, gnu::always_inline]] bool append_short_line(std::string_view line,
                                                             const char* end) noexcept {
        if (!can_copy_more(line, end)) return false;
        char* const at = memory_.data() + size_;
        *at = '\n';
        std::memcpy(at + 1, line.data(), short_line);
        size_ += 1 + line.size();
        return true;
    }

    /// The same for the first line, which has no line feed before it.
    [[nodiscard, gnu::always_inline]] bool start_short_line(std::string_view line,
                                                            const char* end) noexcept {
        clear();
        if (!can_copy_more(line, end)) return false;
        std::memcpy(memory_.data(), line.data(), short_line);
        size_ = line.size();
        return true;
    }

    /// Gives up memory beyond `keep` bytes. The text is lost.
    void shrink(std::size_t keep) noexcept {
        clear();
        if (memory_.size() > keep) memory_.release();
    }

private:
    static constexpr std::size_t short_line = 96; ///< bytes that are copied at once

    [[nodiscard, gnu::always_inline]] bool can_copy_more(std::string_view line,
                                                         const char* end) const noexcept {
        return line.size() <= short_line && end - line.data() >= std::ptrdiff_t{short_line} &&
               memory_.size() - size_ > short_line;
    }

    /// Makes room for `more` bytes, and for a short line behind them.
    void grow(std::size_t more) { memory_.grow(size_, size_ + more + 1 + short_line); }

    void assign(const growing_storage& other) {
        clear();
        (void)append(other.view());
    }

    detail::growing_memory<Allocator> memory_;
    std::size_t size_ = 0;
};

/// Text that a parser keeps beyond the bytes it was fed, in `N` bytes of its own: for parsers
/// without a heap and for constant evaluation. What does not fit is the error of a limit.
template <std::size_t N>
class fixed_storage {
public:
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text_.data(), size_}; }
    constexpr void clear() noexcept { size_ = 0; }

    /// Adds `bytes` at the end; false, and nothing added, when there is no room.
    [[nodiscard]] constexpr bool append(std::string_view bytes) noexcept {
        if (bytes.size() > N - size_) return false;
        for (const char c : bytes)
            text_[size_++] = c;
        return true;
    }

    /// Adds what `copy(memory, room)` writes, and returns what that does: how many bytes.
    template <class Copy>
    constexpr std::size_t append_by(Copy&& copy) noexcept {
        const std::size_t copied = copy(text_.data() + size_, N - size_);
        size_ += copied;
        return copied;
    }

    /// There is never room for more than a line.
    [[nodiscard]] constexpr bool append_short_line(std::string_view, const char*) noexcept {
        return false;
    }
    [[nodiscard]] constexpr bool start_short_line(std::string_view, const char*) noexcept {
        return false;
    }

    /// Nothing to give up.
    constexpr void shrink(std::size_t) noexcept {}

private:
    std::array<char, N> text_{};
    std::size_t size_ = 0;
};

namespace detail {

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
    [[nodiscard]] constexpr bool own() {
        if (!is_borrowed()) return true;
        const std::string_view borrowed = text_;
        start();
        return append(borrowed);
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

} // namespace detail
} // namespace sse
