// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "tls.hpp"

#include <sse/tls.hpp>

std::string use_certificate(const std::string& certificate_file, const std::string& key_file,
                            program_options& options) {
    sse::tls_server tls({.certificate_file = certificate_file, .key_file = key_file});
    options.server.tls = tls;
    options.reload_certificate = [tls]() mutable {
        return tls.reload() ? tls.problem() : std::string();
    };
    return tls.problem();
}
