// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sse::testing {

/// What the data lines of a stream hold, a blank behind each.
[[nodiscard]] inline std::string data_of(std::string_view text) {
    std::string out;
    for (std::size_t at = text.find("data: "); at != std::string_view::npos;
         at = text.find("data: ", at + 1)) {
        out.append(text.substr(at + 6, text.find('\n', at) - at - 6)).append(" ");
    }
    return out;
}

} // namespace sse::testing
