// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client.hpp>

#include <memory>
#include <string>

/// The files and switches of TLS on the command line.
struct tls_arguments {
    std::string ca_file{};
    std::string certificate_file{};
    std::string key_file{};
    bool insecure = false;
};

/// Makes what speaks TLS. Where that fails, `problem` tells why.
std::shared_ptr<sse::net::tls_layer> make_tls(const tls_arguments& args, std::string& problem);
