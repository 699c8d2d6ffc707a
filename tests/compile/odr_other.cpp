// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "all_headers.hpp"

const std::error_category* category_of_other_unit();
const char* const* version_of_other_unit();

const std::error_category* category_of_other_unit() { return &sse::error_category(); }

const char* const* version_of_other_unit() { return &sse::library_version; }
