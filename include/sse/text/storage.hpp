// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
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

    [[nodiscard]] std::string_view view() const noexcept { return {memory_.data(), size_}; }
    void clear() noexcept { size_ = 0; }

    /// Adds `bytes` at the end; false when there is no room, which does not happen here.
    [[nodiscard]] bool append(std::string_view bytes) {
        if (memory_.size() - size_ < bytes.size()) grow(bytes.size());
        bytes.copy(memory_.data() + size_, bytes.size());
        size_ += bytes.size();
        return true;
    }

    /// The same for bytes that lie in a text which goes on to `end`. Copying more than asked for
    /// spares short ones the branches on their size, which no processor can foresee.
    [[nodiscard]] bool append(std::string_view bytes, const char* end) {
        constexpr std::size_t most = 128;
        if (bytes.size() > most || end - bytes.data() < std::ptrdiff_t{most} ||
            memory_.size() - size_ < most) {
            return append(bytes);
        }
        std::memcpy(memory_.data() + size_, bytes.data(), most);
        size_ += bytes.size();
        return true;
    }

    /// Gives up memory beyond `keep` bytes. The text is lost.
    void shrink(std::size_t keep) {
        clear();
        if (memory_.capacity() > keep) memory_ = memory_type(memory_.get_allocator());
    }

private:
    using memory_type = std::basic_string<char, std::char_traits<char>, Allocator>;

    /// Makes room for `more` bytes, and for as many again as there are.
    [[gnu::noinline]] void grow(std::size_t more) {
        memory_.resize(size_ + (more > size_ ? more : size_));
        memory_.resize(memory_.capacity());
    }

    memory_type memory_; ///< what is not used of it is there as well, so that appending is a copy
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

    /// The same for bytes that lie in a text which goes on to `end`.
    [[nodiscard]] constexpr bool append(std::string_view bytes, const char*) noexcept {
        return append(bytes);
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
    constexpr explicit text_slot(const Storage& storage) : storage_(storage) {}

    [[nodiscard]] constexpr bool has_value() const noexcept { return state_ != state::unset; }
    [[nodiscard]] constexpr bool is_borrowed() const noexcept { return state_ == state::borrowed; }
    /// Only while it has a value, or never had one.
    [[nodiscard]] constexpr std::string_view view() const noexcept {
        return state_ == state::owned ? storage_.view() : borrowed_;
    }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return view().size(); }

    constexpr void reset() noexcept { state_ = state::unset; }
    constexpr void borrow(std::string_view text) noexcept {
        state_ = state::borrowed;
        borrowed_ = text;
    }
    /// Starts an owned text, empty.
    constexpr void start() noexcept {
        state_ = state::owned;
        storage_.clear();
    }
    /// Copies what is borrowed; false when there is no room.
    [[nodiscard]] constexpr bool own() {
        if (state_ != state::borrowed) return true;
        start();
        return storage_.append(borrowed_);
    }
    /// Adds to an owned text; false when there is no room.
    [[nodiscard]] constexpr bool append(std::string_view text) { return storage_.append(text); }

    /// Adds a line feed and `line`, which, like what is borrowed, lies in bytes that go on to
    /// `end`; false, and perhaps a part added, when there is no room.
    [[nodiscard]] constexpr bool join(std::string_view line, const char* end) {
        if (state_ == state::borrowed) {
            start();
            if (!storage_.append(borrowed_, end)) return false;
        }
        return storage_.append("\n") && storage_.append(line, end);
    }

    constexpr void shrink(std::size_t keep) { storage_.shrink(keep); }

private:
    enum class state : unsigned char { unset, borrowed, owned };
    std::string_view borrowed_{};
    Storage storage_{};
    state state_ = state::unset;
};

} // namespace detail
} // namespace sse
