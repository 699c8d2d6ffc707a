// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>
#include <string_view>

namespace sse::detail {

/// Drops one byte order mark at the very start of a stream, however it is cut (HTML, 9.2.5).
class byte_order_mark {
public:
    /// Whether the start of the stream is behind.
    [[nodiscard]] constexpr bool passed() const noexcept { return passed_; }

    /// Takes what may belong to the mark off `bytes`. False when bytes taken, now or before, turn
    /// out to be none: they open a line that has no meaning, since no field starts with them.
    [[nodiscard]] constexpr bool skip(std::string_view& bytes) noexcept {
        constexpr std::string_view mark = "\xEF\xBB\xBF";
        while (!bytes.empty()) {
            if (bytes.front() != mark[matched_]) {
                passed_ = true;
                return matched_ == 0;
            }
            bytes.remove_prefix(1);
            if (++matched_ == mark.size()) {
                passed_ = true;
                return true;
            }
        }
        return true;
    }

private:
    std::size_t matched_ = 0;
    bool passed_ = false;
};

} // namespace sse::detail
