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
    growing_storage(const growing_storage& other)
        : memory_(other.memory_), short_line_limit_(other.short_line_limit_) {
        assign(other);
    }
    growing_storage(growing_storage&& other) noexcept
        : memory_(std::move(other.memory_)), size_(std::exchange(other.size_, 0)),
          short_line_limit_(other.short_line_limit_) {
        measure_room();
        other.measure_room();
    }
    growing_storage& operator=(const growing_storage& other) {
        if (this == &other) return *this;
        short_line_limit_ = other.short_line_limit_;
        measure_room();
        assign(other);
        return *this;
    }
    growing_storage& operator=(growing_storage&& other) noexcept {
        short_line_limit_ = other.short_line_limit_;
        if (memory_.take(other.memory_)) {
            std::swap(size_, other.size_);
        } else {
            assign(other);
        }
        measure_room();
        other.measure_room();
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

    /// From now on `append_short_line` lets the text become no longer than `most` bytes; 0 for no
    /// limit.
    void limit_short_lines(std::size_t most) noexcept {
        short_line_limit_ = most;
        measure_room();
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
        measure_room();
    }

private:
    static constexpr std::size_t short_line = 80; ///< bytes that are copied at once

    [[nodiscard, gnu::always_inline]] bool can_copy_more(std::string_view line,
                                                         const char* end) const noexcept {
        return line.size() <= short_line && end - line.data() >= std::ptrdiff_t{short_line} &&
               size_ < short_line_sizes_;
    }

    /// Makes room for `more` bytes, and for a short line behind them.
    void grow(std::size_t more) {
        memory_.grow(size_, size_ + more + 1 + short_line);
        measure_room();
    }

    /// One number for room and limit, so that a line is compared with one.
    void measure_room() noexcept {
        const std::size_t most = short_line_limit_ != 0 && short_line_limit_ < memory_.size()
                                     ? short_line_limit_
                                     : memory_.size();
        short_line_sizes_ = most > short_line ? most - short_line : 0;
    }

    void assign(const growing_storage& other) {
        clear();
        (void)append(other.view());
    }

    detail::growing_memory<Allocator> memory_;
    std::size_t size_ = 0;
    std::size_t short_line_sizes_ = 0; ///< below this size there is room for a short line more
    std::size_t short_line_limit_ = 0;
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

    constexpr void limit_short_lines(std::size_t) noexcept {}

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

} // namespace sse
