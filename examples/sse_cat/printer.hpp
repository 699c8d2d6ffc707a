// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client.hpp>

#include <chrono>
#include <memory>
#include <string_view>

/// Where the program tells what happens.
class printer {
public:
    virtual ~printer() = default;
    virtual void open(const sse::incoming_response& response) = 0;
    virtual void event(sse::event_view event) = 0;
    virtual void comment(std::string_view text) = 0;
    virtual void retry(std::chrono::milliseconds time) = 0;
    virtual void error(const sse::disconnection& what) = 0;
    virtual void reconnect(std::chrono::milliseconds delay) = 0;
    virtual void closed(std::string_view reason) = 0;
};

/// One JSON object per line on standard output, flushed at once.
std::unique_ptr<printer> make_json_printer();

/// For people: events on standard output, everything else on standard error.
std::unique_ptr<printer> make_text_printer();

/// The kind of an error: http, content-type, protocol, connect, network, timeout, limit, redirect
/// or tls.
std::string_view kind_of(const sse::disconnection& what);
