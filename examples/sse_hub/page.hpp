// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <string_view>

/// The page at `/`: it follows topics, lists their events as they come, and publishes.
extern const std::string_view page;
