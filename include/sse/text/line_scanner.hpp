// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/avx2_scan.hpp>
#include <sse/text/avx2_utf8.hpp>
#include <sse/text/scan.hpp>
#include <sse/text/stretch_scan.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace sse::detail {

/// Scans a stretch, from `bytes` on and not beyond `end`, by the fastest way that this machine
/// has. Returns where the stretch ends.
inline const char* scan_stretch(const char* bytes, const char* end, stretch_scan& found) noexcept {
    const auto left = static_cast<std::size_t>(end - bytes);
    if (left < block_scan::size) {
        found.count = 0;
        found.non_ascii = found.nul = false;
        found.add(bytes, scan_short(bytes, left));
        return end;
    }
#if defined(SSE_HAS_AVX2)
    if (has_avx2()) return avx2::scan_stretch(bytes, left, found);
#endif
    return scan_blocks(bytes, left, found);
}

/// Whether a text holds no line end, by what each machine has.
[[nodiscard, gnu::noinline]] inline bool is_one_line_in_blocks(std::string_view text) noexcept {
    if (text.size() < block_scan::size) return scan_short(text.data(), text.size()).line_ends == 0;
    const char* const last = text.data() + text.size() - block_scan::size;
    for (const char* block = text.data(); block < last; block += block_scan::size) {
        if (scan_block(block).line_ends != 0) return false;
    }
    return scan_block(last).line_ends == 0;
}

/// Whether a text holds no line end: always false when it does, and seldom otherwise.
[[nodiscard]] constexpr bool is_one_line_for_sure(std::string_view text) noexcept {
    if (std::is_constant_evaluated()) return false;
#if defined(SSE_HAS_AVX2)
    if (text.size() >= sizeof(avx2::bytes_32) && has_avx2()) {
        return avx2::holds_no_control(text.data(), text.size());
    }
#endif
    return text.empty() || is_one_line_in_blocks(text);
}

/// Copies to `to`, where there is `room`, what `bytes` begin with, as far as it is quick to tell
/// that this is ASCII without a line end: in one pass where this machine has a way, and otherwise
/// none of it. How many bytes.
[[nodiscard]] constexpr std::size_t copy_plain([[maybe_unused]] std::string_view bytes,
                                               [[maybe_unused]] char* to,
                                               [[maybe_unused]] std::size_t room) noexcept {
#if defined(SSE_HAS_AVX2)
    const std::size_t size = bytes.size() < room ? bytes.size() : room;
    if (!std::is_constant_evaluated() && size >= avx2::least_copy && has_avx2()) {
        return avx2::copy_plain(bytes.data(), size, to);
    }
#endif
    return 0;
}

/// What `scan_stretch` finds, byte by byte for constant evaluation.
constexpr const char* scan_stretch_bytes(const char* bytes, const char* end,
                                         stretch_scan& found) noexcept {
    const auto left = static_cast<std::size_t>(end - bytes);
    const std::size_t size = left < block_scan::size ? left : block_scan::size;
    found = {};
    found.add(bytes, scan_bytes(bytes, size));
    return bytes + size;
}

/// Where no line end is left of a block, goes on to the one that `following` are those of. How many
/// a block holds cannot be foreseen, so that a branch would be mispredicted for every other block;
/// a conditional move is not. Compilers make a branch of `?:`, and arithmetic takes longer.
[[gnu::always_inline]] constexpr void go_on_if_zero(std::uint64_t& line_ends, std::size_t& block,
                                                    const std::uint64_t& following) noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
    if (!std::is_constant_evaluated()) {
        asm("cmp $1, %0\n\tcmovc %2, %0\n\tadc $0, %1"
            : "+r"(line_ends), "+r"(block)
            : "m"(following)
            : "cc");
        return;
    }
#endif
    if (line_ends != 0) return;
    line_ends = following;
    ++block;
}

/// Finds the line ends of a text, each once, a stretch of blocks at a time. All scanning for line
/// ends goes through here.
class line_scanner {
public:
    /// Goes on with `bytes`, which are borrowed. `is_decoded`: whether `is_suspect` matters.
    constexpr void start(std::string_view bytes, bool is_decoded) noexcept {
        first_ = next_stretch_ = bytes.data();
        end_ = bytes.data() + bytes.size();
        line_ends_ = 0;
        is_decoded_ = is_decoded;
        may_hold_nul_ = false;
    }

    /// Whether the last bytes belong to a long line, and none of them to an unfinished sequence.
    [[nodiscard]] constexpr bool is_in_long_line() const noexcept {
        return stretch_.is_long_line && !stretch_.non_ascii;
    }

    /// Finds several line ends: what it needs stays in registers, and goes back at the end.
    class walk {
    public:
        constexpr explicit walk(line_scanner& scanner) noexcept
            : scanner_(scanner), line_ends_(scanner.line_ends_), block_(scanner.block_) {}
        constexpr ~walk() {
            scanner_.line_ends_ = line_ends_;
            scanner_.block_ = block_;
        }
        walk(const walk&) = delete;
        walk& operator=(const walk&) = delete;

        /// Finds the next CR or LF; false when there is none. Call `behind` before the next one.
        [[nodiscard, gnu::always_inline]] constexpr bool next() noexcept {
            if (line_ends_ == 0 && !load()) [[unlikely]]
                return false;
            // no negative number, so that it need not be extended
            const auto place = static_cast<unsigned>(std::countr_zero(line_ends_));
            at_ = scanner_.stretch_.blocks[block_] + place;
            line_ends_ &= line_ends_ - 1;
            return true;
        }

        /// The line end that was found.
        [[nodiscard]] constexpr const char* at() const noexcept { return at_; }

        /// Where the next line begins. A LF behind a CR belongs to it, and is not found any more.
        [[nodiscard, gnu::always_inline]] constexpr const char* behind() noexcept {
            const char* begin = at_ + 1;
            if (*at_ != '\n' && begin != scanner_.end_ && *begin == '\n') {
                if (line_ends_ == 0) [[unlikely]]
                    go_to_line_feed();
                line_ends_ &= line_ends_ - 1;
                ++begin;
            }
            go_on();
            return begin;
        }

        /// Skips a LF behind the last line end; false, perhaps by chance, where there is none.
        [[nodiscard, gnu::always_inline]] constexpr bool
        skip_line_feed(const char* begin) noexcept {
            if (line_ends_ == 0 || *begin != '\n') return false;
            line_ends_ &= line_ends_ - 1;
            go_on();
            return true;
        }

    private:
        /// To the next block, if this one has no more line ends.
        [[gnu::always_inline]] constexpr void go_on() noexcept {
            go_on_if_zero(line_ends_, block_, scanner_.stretch_.line_ends[block_ + 1]);
        }

        /// To the LF behind a CR that is the last byte of its block.
        [[gnu::always_inline]] constexpr void go_to_line_feed() noexcept {
            go_on();
            if (line_ends_ == 0) (void)load(); // there is a line end, so this finds it
        }

        /// To the next stretch; false, and no line end is left, when there is none.
        [[gnu::always_inline]] constexpr bool load() noexcept {
            if (scanner_.next_stretch_ == scanner_.end_ || !scanner_.load()) return false;
            block_ = 0;
            line_ends_ = scanner_.stretch_.line_ends[0];
            return true;
        }

        line_scanner& scanner_;
        std::uint64_t line_ends_; ///< of the block, those not found yet; none: of the stretch
        std::size_t block_;       ///< of the stretch
        const char* at_ = nullptr;
    };

    /// Whether bytes between the last `settle` and the last line end may not be UTF-8: always when
    /// they are not, and seldom otherwise where there is a fast way to check them.
    [[nodiscard]] constexpr bool is_suspect() const noexcept { return is_suspect_; }

    /// Forgets such bytes of all stretches but the one that was looked at last.
    constexpr void settle() noexcept { is_suspect_ = is_stretch_suspect_; }

    /// Whether lines found so far may hold a NUL.
    [[nodiscard]] constexpr bool may_hold_nul() const noexcept { return may_hold_nul_; }

    [[nodiscard]] constexpr const char* end() const noexcept { return end_; }

private:
    /// Scans on to a stretch that holds a line end; false when there is none.
    [[gnu::noinline]] constexpr bool load() noexcept {
        do {
            if (next_stretch_ == end_) return false;
            const char* const bytes = next_stretch_;
            const bool follows_non_ascii = stretch_.non_ascii;
            next_stretch_ = std::is_constant_evaluated() ? scan_stretch_bytes(bytes, end_, stretch_)
                                                         : scan_stretch(bytes, end_, stretch_);
            may_hold_nul_ |= stretch_.nul;
            is_stretch_suspect_ =
                (stretch_.non_ascii || follows_non_ascii) && is_decoded_ &&
                !is_utf8_for_sure(bytes, static_cast<std::size_t>(next_stretch_ - bytes));
            is_suspect_ |= is_stretch_suspect_;
            if (next_stretch_ == end_) keep_context();
        } while (stretch_.count == 0);
        stretch_.line_ends[stretch_.count] = 0;
        return true;
    }

    /// Whether a stretch, which may begin and end within a sequence, is UTF-8.
    [[nodiscard]] constexpr bool is_utf8_for_sure(const char* bytes,
                                                  std::size_t size) const noexcept {
#if defined(SSE_HAS_AVX2)
        if (!std::is_constant_evaluated() && has_avx2()) {
            return avx2::is_utf8(bytes, size, bytes == first_ ? &before_first_ : nullptr);
        }
#endif
        return size == 0 || bytes == nullptr;
    }

    /// Keeps what the next bytes may go on from.
    constexpr void keep_context() noexcept {
        if (!stretch_.non_ascii) {
            before_first_ = {};
            return;
        }
        for (const char* at = end_ - first_ > 3 ? end_ - 3 : first_; at != end_; ++at)
            before_first_ = {before_first_[1], before_first_[2], *at};
    }

    stretch_scan stretch_{};
    std::size_t block_ = 0; ///< of the stretch
    std::uint64_t line_ends_ = 0;
    const char* first_ = nullptr;
    const char* next_stretch_ = nullptr;
    const char* end_ = nullptr;
    utf8_context before_first_{};
    bool is_decoded_ = false;
    bool may_hold_nul_ = false;
    bool is_suspect_ = false;
    bool is_stretch_suspect_ = false;
};

} // namespace sse::detail
