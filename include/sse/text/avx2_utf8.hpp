// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/avx2.hpp>
#include <sse/text/utf8_rules.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>

#if defined(SSE_HAS_AVX2)

namespace sse::detail::avx2 {

/// By how much each byte exceeds `limit`; zero where it does not.
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline bytes_32
exceeding(bytes_32 v, unsigned char limit) noexcept {
    const bytes_32 limits = bytes_32{} + limit;
#if defined(__clang__) // which makes one operation of it
    return (v > limits ? v : limits) - limits;
#else
    return bytes_32(__builtin_ia32_psubusb256(chars_32(v), chars_32(limits)));
#endif
}

/// Not zero where a byte may not follow the three before it, which are read as well.
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline bytes_32
utf8_errors(const char* bytes) noexcept {
    const bytes_32 v = load(bytes);
    const bytes_32 before = load(bytes - 1);
    const bytes_32 in_pair = look_up(utf8_first_high, before >> 4) &
                             look_up(utf8_first_low, before & 0x0F) &
                             look_up(utf8_second_high, v >> 4);
    // at the highest bit: whether the one is from 0xE0 up, the other from 0xF0
    const bytes_32 goes_on = exceeding(load(bytes - 2), 0xE0 - utf8_two_continuations) |
                             exceeding(load(bytes - 3), 0xF0 - utf8_two_continuations);
    return in_pair ^ (goes_on & utf8_two_continuations);
}

/// Whether the first bytes, up to as many as can be looked at from here on without `context`, may
/// follow it.
[[nodiscard, gnu::target("avx2")]] inline bool may_start(const char* bytes, std::size_t size,
                                                         const utf8_context& context) noexcept {
    constexpr std::size_t step = sizeof(bytes_32);
    constexpr std::size_t most = step + std::tuple_size_v<utf8_context>;
    char start[std::tuple_size_v<utf8_context> + most] = {context[0], context[1], context[2]};
    char* const at = start + context.size();
    std::memcpy(at, bytes, size < most ? size : most);
    const std::uint64_t errors = high_bits(bytes_32(utf8_errors(at) != 0));
    if (size < step) return (errors & ((std::uint64_t{1} << size) - 1)) == 0;
    const bytes_32 last = utf8_errors(at + (size < most ? size - step : most - step));
    return errors == 0 && high_bits(bytes_32(last != 0)) == 0;
}

/// Whether `bytes` are UTF-8, but for a sequence that goes on behind them. The three bytes before
/// them can be read, unless `context` has these.
[[nodiscard, gnu::target("avx2")]] inline bool is_utf8(const char* bytes, std::size_t size,
                                                       const utf8_context* context) noexcept {
    constexpr std::size_t step = sizeof(bytes_32);
    std::size_t at = 0;
    if (context != nullptr) {
        if (!may_start(bytes, size, *context)) return false;
        if (size <= step + context->size()) return true;
        at = step;
    }
    bytes_32 errors = {};
    for (; size - at >= step; at += step)
        errors |= utf8_errors(bytes + at);
    if (at != size) errors |= utf8_errors(bytes + size - step);
    return high_bits(bytes_32(errors != 0)) == 0;
}

} // namespace sse::detail::avx2

#endif
