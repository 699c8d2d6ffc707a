// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client.hpp>

/// Writes the head of a request to standard error, secrets left out.
void show_request(const sse::http::request_head& head, const sse::http::url& url);

/// Writes the head of a response to standard error, secrets left out.
void show_response(const sse::incoming_response& response);
