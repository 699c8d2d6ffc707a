// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sse::detail {

/// Asks the processor to have `size` bytes at hand soon, which need not be there: nothing is read.
/// No effect where the compiler cannot say it.
inline void prefetch(const void* memory, [[maybe_unused]] std::size_t size) noexcept {
    [[maybe_unused]] const auto at = reinterpret_cast<std::uintptr_t>(memory); // may be null
#if defined(__GNUC__)
    for (std::size_t i = 0; i < size; i += 64)
        __builtin_prefetch(reinterpret_cast<const void*>(at + i));
#endif
}

} // namespace sse::detail
