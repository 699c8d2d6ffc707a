// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/fields.hpp>
#include <sse/http/url.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sse::contract {

/// What the harness asks for when it has a stream created.
struct stream_request {
    std::string stream_url;
    http::url callback_url; ///< the messages go to it, a slash and their number
    std::string tag;        ///< the name of the test
    std::optional<std::chrono::milliseconds> initial_delay{};
    std::optional<std::chrono::milliseconds> read_timeout{};
    std::string last_event_id{};
    std::vector<http::field> headers{};
    std::string method = "GET";
    std::string body{};
};

/// Parses the body of a request; null and absent are the same. Otherwise tells in `problem` what
/// is wrong with it.
[[nodiscard]] std::optional<stream_request> parse_stream_request(std::string_view body,
                                                                 std::string& problem);

/// A command to a stream: its name, empty where the body is no such thing.
[[nodiscard]] std::string parse_command(std::string_view body);

} // namespace sse::contract
