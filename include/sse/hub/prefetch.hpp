// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>

namespace sse::detail {

/// Asks the processor to have `size` bytes at hand soon. No effect where the compiler cannot say
/// it.
inline void prefetch(const void* memory, [[maybe_unused]] std::size_t size) noexcept {
    [[maybe_unused]] const char* const at = static_cast<const char*>(memory);
#if defined(__GNUC__)
    for (std::size_t i = 0; i < size; i += 64)
        __builtin_prefetch(at + i);
#endif
}

} // namespace sse::detail
