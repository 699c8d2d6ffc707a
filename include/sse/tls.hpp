// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

// TLS, which needs OpenSSL: link `sse::tls`. Nothing else of this library needs it.

#include <sse/tls/client.hpp>
#include <sse/tls/error.hpp>
#include <sse/tls/options.hpp>
#include <sse/tls/server.hpp>
#include <sse/tls/server_options.hpp>
