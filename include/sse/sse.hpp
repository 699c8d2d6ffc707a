// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

// Everything but the optional headers.

#include <sse/client.hpp>
#include <sse/hub.hpp>
#include <sse/server.hpp>
#include <sse/text.hpp>
#include <sse/version.hpp>
