// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// In the place of tls.cpp where OpenSSL is not installed.
#include "examples/sse_cat/tls.hpp"

std::shared_ptr<sse::net::tls_layer> make_tls(const tls_arguments& args, std::string& problem) {
    if (args.insecure || !args.ca_file.empty() || !args.certificate_file.empty() ||
        !args.key_file.empty())
        problem = "this sse_cat was built without TLS";
    return nullptr;
}
