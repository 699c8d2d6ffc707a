// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/avx2.hpp>
#include <sse/text/scan.hpp>
#include <sse/text/stretch_scan.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace sse::detail {

/// Scans at most a stretch, by the fastest way that this machine has.
constexpr void scan_stretch(const char* bytes, std::size_t size, stretch_scan& found) noexcept {
    const bool is_long_line = found.count == 0;
    found.count = 0;
    found.non_ascii = false;
    const std::size_t tail = size % block_scan::size;
    const char* const rest = bytes + (size - tail);
    if (std::is_constant_evaluated()) {
        for (; bytes != rest; bytes += block_scan::size)
            found.add(bytes, scan_bytes(bytes, block_scan::size));
        if (tail != 0) found.add(rest, scan_bytes(rest, tail));
        return;
    }
#if defined(SSE_HAS_AVX2)
    if (has_avx2()) {
        avx2::scan_blocks(bytes, size / block_scan::size, is_long_line, found);
    } else
#endif
    {
        scan_blocks(bytes, size / block_scan::size, found);
    }
    static_cast<void>(is_long_line);
    if (tail != 0) found.add(rest, scan_tail(rest, tail));
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
        next_block_ = stretch_.count = 0;
        stretch_.non_ascii = false;
        is_decoded_ = is_decoded;
        is_suspect_ |= is_cut_;
    }

    /// Finds several line ends: what it needs stays in registers, and goes back at the end.
    class walk {
    public:
        constexpr explicit walk(line_scanner& scanner) noexcept
            : scanner_(scanner), line_ends_(scanner.line_ends_), bytes_(scanner.block_),
              next_(scanner.stretch_.blocks.data() + scanner.next_block_),
              last_(scanner.stretch_.blocks.data() + scanner.stretch_.count) {}
        constexpr ~walk() {
            scanner_.line_ends_ = line_ends_;
            scanner_.block_ = bytes_;
            scanner_.next_block_ =
                static_cast<std::size_t>(next_ - scanner_.stretch_.blocks.data());
        }
        walk(const walk&) = delete;
        walk& operator=(const walk&) = delete;

        /// The next CR or LF, or null when there is none.
        [[nodiscard, gnu::always_inline]] constexpr const char* next() noexcept {
            if (line_ends_ == 0 && !refill()) return nullptr;
            const char* const at = bytes_ + std::countr_zero(line_ends_);
            line_ends_ &= line_ends_ - 1;
            return at;
        }

        /// Where the next line begins after the line end `at`, the last one found: a LF behind a CR
        /// belongs to it, and is not found any more.
        [[nodiscard, gnu::always_inline]] constexpr const char* behind(const char* at) noexcept {
            if (*at == '\n' || at + 1 == scanner_.end_ || at[1] != '\n') return at + 1;
            if (line_ends_ == 0) refill();
            line_ends_ &= line_ends_ - 1;
            return at + 2;
        }

    private:
        [[gnu::always_inline]] constexpr bool refill() noexcept {
            if (next_ == last_) {
                if (!scanner_.load()) return false;
                next_ = scanner_.stretch_.blocks.data();
                last_ = next_ + scanner_.stretch_.count;
            }
            line_ends_ = next_->line_ends;
            bytes_ = next_->bytes;
            ++next_;
            return true;
        }

        line_scanner& scanner_;
        std::uint64_t line_ends_; ///< of the block at `bytes_`, those not found yet
        const char* bytes_;
        const line_end_block* next_;
        const line_end_block* last_;
    };

    /// Whether bytes between the last `settle` and the last line end may not be UTF-8: always when
    /// they are not, and seldom otherwise where there is a fast way to check them.
    [[nodiscard]] constexpr bool is_suspect() const noexcept { return is_suspect_; }

    /// Forgets such bytes of all stretches but the one that was looked at last.
    constexpr void settle() noexcept { is_suspect_ = is_stretch_suspect_; }

    [[nodiscard]] constexpr const char* end() const noexcept { return end_; }

private:
    /// Scans on to a stretch that holds a line end; false when there is none.
    [[gnu::noinline]] constexpr bool load() noexcept {
        do {
            if (next_stretch_ == end_) return false;
            const char* const bytes = next_stretch_;
            const auto left = static_cast<std::size_t>(end_ - bytes);
            const std::size_t size = left < stretch_scan::size ? left : stretch_scan::size;
            const bool follows_non_ascii = stretch_.non_ascii;
            next_stretch_ += size;
            scan_stretch(bytes, size, stretch_);
            is_stretch_suspect_ = (stretch_.non_ascii || follows_non_ascii) && is_decoded_ &&
                                  !is_utf8_for_sure(bytes, size);
            is_suspect_ |= is_stretch_suspect_;
            is_cut_ = (static_cast<unsigned char>(bytes[size - 1]) & 0x80U) != 0;
        } while (stretch_.count == 0);
        return true;
    }

    /// Whether the stretch, which may begin and end within a sequence, is UTF-8.
    [[nodiscard]] constexpr bool is_utf8_for_sure(const char* bytes,
                                                  std::size_t size) const noexcept {
#if defined(SSE_HAS_AVX2)
        if (std::is_constant_evaluated() || !has_avx2()) return false;
        return avx2::is_utf8(bytes, size, bytes != first_);
#else
        return size == 0 || bytes == nullptr;
#endif
    }

    stretch_scan stretch_{};
    std::size_t next_block_ = 0;
    const char* block_ = nullptr;
    std::uint64_t line_ends_ = 0;
    const char* first_ = nullptr;
    const char* next_stretch_ = nullptr;
    const char* end_ = nullptr;
    bool is_decoded_ = false;
    bool is_suspect_ = false;
    bool is_stretch_suspect_ = false;
    bool is_cut_ = false; ///< the last byte scanned may be within a sequence
};

} // namespace sse::detail
