// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

namespace sse {

/// The version of this library. The CMake and pkg-config packages read theirs from this line.
inline constexpr const char* library_version = "0.1.0";

} // namespace sse
