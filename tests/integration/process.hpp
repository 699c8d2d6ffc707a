// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// What this process takes of the system.
#pragma once

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>

namespace sse::testing {

/// The memory that is really there, in bytes.
[[nodiscard]] inline std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// How many descriptors are open.
[[nodiscard]] inline std::size_t open_descriptors() {
    std::size_t n = 0;
    DIR* const all = ::opendir("/proc/self/fd");
    if (all == nullptr) return 0;
    while (::readdir(all) != nullptr)
        ++n;
    ::closedir(all);
    return n;
}

/// Lets this process open as many descriptors as the system allows it; whether these are `wanted`.
inline bool allow_descriptors(std::size_t wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= wanted;
}

} // namespace sse::testing
