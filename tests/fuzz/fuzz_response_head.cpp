// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Any bytes as a response: every cut reads the same head, what is accepted can be written and read
// back, and field values are parsed as whatever a client might parse them.
#include "read_head.hpp"

#include <sse/http/body_framing.hpp>
#include <sse/http/date.hpp>
#include <sse/http/media_type.hpp>
#include <sse/http/response_head.hpp>
#include <sse/http/target.hpp>
#include <sse/http/url.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace sse::http;

namespace {

void check_location(std::string_view value) {
    url base;
    require(parse_url("http://user@host:8080/a/b?c", base) == sse::errc::success, "a good URL");
    url result;
    if (resolve_url(base, value, result) != sse::errc::success) {
        return;
    }
    url back;
    require(parse_url(result.to_string(), back) == sse::errc::success, "a URL can be read back");
    require(back == result, "as the same URL");
    target_parts parts;
    require(parse_target("GET", result.target, parts) == sse::errc::success, "and be requested");
    require(parse_authority(result.authority()).has_value(), "with a valid Host");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::string text = read_head(bytes, head_kind::response);
    response_head head;
    if (text.empty() || parse_response_head(text, fuzz_limits, head) != sse::errc::success) {
        return 0;
    }
    std::string written;
    response_head back;
    require(write_head(head, written) == sse::errc::success, "an accepted head can be written");
    require(parse_response_head(written, {}, back) == sse::errc::success, "and read back");
    require(back.status == head.status && back.minor == head.minor && back.reason == head.reason &&
                back.headers == head.headers,
            "as the same head");
    body_framing framing;
    static_cast<void>(response_body("GET", head, framing));
    for (const field& line : head.headers) {
        media_type type;
        if (extract_media_type(line.value, type)) {
            require(type.essence.find('/') != std::string::npos, "an essence has a slash");
        }
        if (const auto time = parse_http_date(line.value)) {
            require(parse_http_date(http_date(*time)) == time, "a date can be read back");
        }
        check_location(line.value);
    }
    return 0;
}
