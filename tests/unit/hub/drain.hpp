// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/merge_buffer.hpp>
#include <sse/hub/subscription.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sse::testing {

/// What a stream sends until it has everything, `at_most` so many bytes. `events` counts those that
/// this completes.
inline std::string drain(sse::detail::subscription& stream, sse::detail::merge_buffer& merged,
                         std::size_t at_most, std::uint64_t& events) {
    std::string out;
    for (std::string_view next = stream.next(merged); !next.empty() && at_most != 0;
         next = stream.next(merged)) {
        const std::size_t n = std::min(next.size(), at_most);
        out.append(next.substr(0, n));
        events += stream.commit(n, merged);
        at_most -= n;
    }
    return out;
}

} // namespace sse::testing
