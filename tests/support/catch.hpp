// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// The one header through which tests include Catch2: release 3 where it is there, else 2.13.
#pragma once

// A failed check on an optional prints what it holds.
#define CATCH_CONFIG_ENABLE_OPTIONAL_STRINGMAKER

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
