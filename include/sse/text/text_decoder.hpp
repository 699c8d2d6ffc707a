// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/error.hpp>
#include <sse/text/text_slot.hpp>
#include <sse/text/utf8.hpp>

#include <string_view>
#include <utility>

namespace sse::detail {

/// Applies a policy for bytes that are not UTF-8 to the texts of a stream. They can be decoded
/// after the lines were split: no byte of CR, LF, colon, space or a digit is ever part of a longer
/// sequence.
template <class Storage>
class text_decoder {
public:
    constexpr text_decoder() = default;
    constexpr explicit text_decoder(utf8_policy policy) : policy_(policy) {}

    /// Whether texts may change or be refused.
    [[nodiscard]] constexpr bool decodes() const noexcept { return policy_ != utf8_policy::pass; }

    /// Errors: `errc::invalid_utf8`; `errc::event_too_large` where the storage is full.
    [[nodiscard]] constexpr errc decode(text_slot<Storage>& text) {
        if (!decodes() || is_utf8(text.view())) return errc::success;
        if (policy_ == utf8_policy::reject) return errc::invalid_utf8;
        decoded_.start();
        if (!utf8_append_replaced(text.view(), decoded_)) return errc::event_too_large;
        std::swap(text, decoded_);
        return errc::success;
    }

private:
    text_slot<Storage> decoded_{};
    utf8_policy policy_ = utf8_policy::replace;
};

} // namespace sse::detail
