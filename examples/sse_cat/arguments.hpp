// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client.hpp>

#include <cstddef>
#include <string>
#include <vector>

/// What the user asked for on the command line.
struct arguments {
    std::string url;
    sse::event_source_options options{};
    std::vector<std::string> types{}; ///< only events of these types; all where empty
    std::size_t count = 0;            ///< end after so many events; 0: never
    bool json = false;
    bool verbose = false;
};

/// Reads the command line. Where the program has to end right away (help, a mistake) it says so
/// itself, and gives the exit status in `status` and false.
bool read_arguments(int argc, char** argv, arguments& out, int& status);
