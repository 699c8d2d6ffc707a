// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstdlib>
#include <iostream>

/// Ends a fuzz target with a word on what broke.
inline void require(bool holds, const char* what) {
    if (!holds) {
        std::cerr << "broken: " << what << '\n';
        std::abort();
    }
}
