// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Any bytes as a request: every cut reads the same head, what is accepted can be written and read
// back, and everything that a server asks of a head has an answer.
#include "read_head.hpp"

#include <sse/http/body_framing.hpp>
#include <sse/http/percent.hpp>
#include <sse/http/query.hpp>
#include <sse/http/request_head.hpp>
#include <sse/http/status.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace sse::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::string text = read_head(bytes, head_kind::request);
    if (text.empty()) {
        return 0;
    }
    request_head head;
    const sse::errc error = parse_request_head(text, fuzz_limits, head);
    if (error != sse::errc::success) {
        require(status_for(error) >= 400 && status_for(error) != 500, "an error has its status");
        return 0;
    }
    std::string written;
    request_head back;
    require(write_head(head, written) == sse::errc::success, "an accepted head can be written");
    require(parse_request_head(written, {}, back) == sse::errc::success, "and read back");
    require(back.method == head.method && back.target == head.target && back.minor == head.minor &&
                back.headers == head.headers,
            "as the same head");
    require(head.minor == 0 || !head.authority().empty(), "a request names its host");
    const target_parts parts = head.parts();
    const query parameters(parts.query);
    static_cast<void>(percent_decode(parts.path));
    body_framing framing;
    if (request_body(head, framing) == sse::errc::success) {
        require(framing.kind != body_kind::until_close, "a request's body has an end");
    }
    return 0;
}
