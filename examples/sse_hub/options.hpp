// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/options.hpp>
#include <sse/server/options.hpp>

#include <cstddef>
#include <functional>
#include <string>

/// What sse_hub was asked for on its command line.
struct program_options {
    sse::server_options server;
    sse::hub_options hub;
    std::size_t threads = 1;
    std::function<std::string()> reload_certificate; ///< tells what is wrong; empty without TLS
    std::string publish_token;                       ///< empty: anybody may publish
    bool demo = false;
};

/// Reads the command line. Where there is nothing to run, for `--help`, `--version` and errors, it
/// has printed what there is to say, and `exit_code` is not negative.
program_options read_options(int argc, char** argv, int& exit_code);
