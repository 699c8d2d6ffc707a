// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "options.hpp"

#include <string>

/// Makes the server speak TLS. Tells what is wrong with the files, or nothing.
std::string use_certificate(const std::string& certificate_file, const std::string& key_file,
                            program_options& options);
