// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "measure.hpp"

#include <sse/text/line_scanner.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sse::bench {

/// Counts lines by the scanner of the parser, and does nothing else: what is beyond that is fields
/// and events. Bytes are not checked to be UTF-8.
inline std::size_t count_lines(std::string_view bytes) {
    std::size_t found = 0;
    detail::line_scanner scanner;
    scanner.start(bytes, false);
    for (detail::line_scanner::walk lines(scanner); lines.next(); ++found)
        keep(reinterpret_cast<std::uintptr_t>(lines.behind()));
    return found;
}

} // namespace sse::bench
