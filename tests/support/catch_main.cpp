// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// main() of the test programs. Catch2 3 brings it in a library, and then this file is not built.
#define CATCH_CONFIG_MAIN
#include "support/catch.hpp"
