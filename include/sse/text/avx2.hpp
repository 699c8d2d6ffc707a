// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

// Vectors of the compiler instead of <immintrin.h>, which alone takes longer to compile than all
// the rest of the layer.
#if defined(__x86_64__) && defined(__GNUC__)
#define SSE_HAS_AVX2 1

namespace sse::detail {

/// Whether this processor has AVX2, asked while running: what is built for all of them uses it.
[[nodiscard]] inline bool has_avx2() noexcept {
#if defined(__AVX2__)
    return true;
#else
    return __builtin_cpu_supports("avx2") != 0;
#endif
}

namespace avx2 {

using bytes_32 [[gnu::vector_size(32)]] = unsigned char;
using chars_32 [[gnu::vector_size(32)]] = char;
/// To look up 16 values in, twice, since that is done in two halves.
using bytes_table = std::array<unsigned char, 32>;

[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline bytes_32
load(const void* bytes) noexcept {
    bytes_32 v;
    std::memcpy(&v, bytes, sizeof v);
    return v;
}

[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline std::uint64_t
high_bits(bytes_32 v) noexcept {
    return static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(chars_32(v)));
}

/// What is at the place that the low half of each byte names; zero for bytes above 0x7F.
[[nodiscard, gnu::target("avx2"), gnu::always_inline]] inline bytes_32
look_up(const bytes_table& table, bytes_32 places) noexcept {
    return bytes_32(__builtin_ia32_pshufb256(chars_32(load(table.data())), chars_32(places)));
}

} // namespace avx2
} // namespace sse::detail

#endif
