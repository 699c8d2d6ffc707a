// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "examples/sse_cat/tls.hpp"

#include <sse/tls.hpp>

std::shared_ptr<sse::net::tls_layer> make_tls(const tls_arguments& args, std::string& problem) {
    const sse::tls_client client({
        .ca_file = args.ca_file,
        .certificate_file = args.certificate_file,
        .key_file = args.key_file,
        .verify = !args.insecure,
    });
    problem = client.problem();
    return client;
}
