// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Two translation units that include every header link, and agree on what exists once.
#include "all_headers.hpp"

const std::error_category* category_of_other_unit();
const char* const* version_of_other_unit();

int main() {
    const bool same = &sse::error_category() == category_of_other_unit() &&
                      &sse::library_version == version_of_other_unit();
    return same ? 0 : 1;
}
