// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/status.hpp>

#include <utility>

namespace http_status_test {

using namespace sse::http;
using sse::errc;

TEST_CASE("status: every error of a request has the status that RFC 9110 gives it", "[http]") {
    const std::pair<errc, int> table[] = {
        {errc::bad_start_line, 400},
        {errc::bad_field, 400},
        {errc::bad_host, 400},
        {errc::bad_framing, 400},
        {errc::bad_chunk, 400},
        {errc::truncated, 400},
        {errc::head_timeout, 408},
        {errc::body_too_large, 413},
        {errc::start_line_too_long, 414},
        {errc::head_too_large, 431},
        {errc::too_many_fields, 431},
        {errc::unknown_coding, 501},
        {errc::draining, 503},
        {errc::too_many_connections, 503},
        {errc::bad_version, 505},
        {errc::invalid_topic, 500},
    };
    for (const auto& [error, status] : table) {
        INFO(message(error));
        CHECK(status_for(error) == status);
        CHECK_FALSE(reason_phrase(status).empty());
    }
}

TEST_CASE("status: an unknown status has an empty reason", "[http]") {
    CHECK(reason_phrase(200) == "OK");
    CHECK(reason_phrase(299).empty());
    CHECK(reason_phrase(-1).empty());
}

} // namespace http_status_test
