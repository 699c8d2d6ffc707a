// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Any bytes as a chunked body: every cut decodes to the same; and any bytes as payload come back.
#include "require.hpp"
#include "unit/http/decode.hpp"

#include <sse/http/chunked.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace sse::http;

namespace {

constexpr chunk_limits limits{.extension = 16, .trailer = 64, .trailer_fields = 4};

decoded decode_in_pieces(std::string_view bytes, std::size_t size) {
    chunked_decoder decoder(limits);
    return decode(decoder, bytes, size);
}

void check_round_trip(std::string_view payload) {
    std::string bytes;
    for (std::size_t at = 0; at < payload.size();) {
        const auto step = static_cast<unsigned char>(payload[at]) + std::size_t{1};
        const std::string_view chunk = payload.substr(at, step);
        append_chunk_header(bytes, chunk.size());
        bytes.append(chunk).append(chunk_end);
        at += chunk.size();
    }
    bytes.append(last_chunk);
    const decoded result = decode_in_pieces(bytes + "next", 7);
    require(result.done && result.consumed == bytes.size(), "what is written is complete");
    require(result.payload == payload, "and is the payload");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const decoded whole = decode_in_pieces(bytes, bytes.size() + 1);
    require(whole.done || whole.error != sse::errc::success || whole.consumed == size,
            "all is consumed that may be");
    require(decode_in_pieces(bytes, 1) == whole, "single bytes decode to the same");
    require(decode_in_pieces(bytes, 5) == whole, "pieces decode to the same");
    check_round_trip(bytes);
    return 0;
}
