// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/error.hpp>
#include <sse/text/event.hpp>
#include <sse/text/limits.hpp>
#include <sse/text/parse.hpp>
#include <sse/text/parse_status.hpp>
#include <sse/text/parser.hpp>
#include <sse/text/parser_options.hpp>
#include <sse/text/serializer.hpp>
#include <sse/text/storage.hpp>
#include <sse/text/utf8.hpp>
