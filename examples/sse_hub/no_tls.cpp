// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// In the place of tls.cpp where OpenSSL is not installed.
#include "tls.hpp"

std::string use_certificate(const std::string&, const std::string&, program_options&) {
    return "this sse_hub was built without TLS";
}
