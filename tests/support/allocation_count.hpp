// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>

namespace sse::testing {

/// Counts what `operator new` and `aligned_alloc` (where Asio gets its operations' memory from)
/// hand out, on all threads, from its construction on. Needs allocation_count.cpp in the program,
/// which replaces these functions.
class allocation_count {
public:
    allocation_count() noexcept;

    /// Allocations so far.
    [[nodiscard]] std::size_t allocations() const noexcept;
    /// Bytes asked for so far.
    [[nodiscard]] std::size_t bytes() const noexcept;
    /// Begins anew.
    void reset() noexcept;

private:
    std::size_t allocations_;
    std::size_t bytes_;
};

} // namespace sse::testing
