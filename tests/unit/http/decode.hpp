// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/chunked.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

/// What a decoder of bodies made of a text.
struct decoded {
    std::string payload;
    std::size_t consumed = 0;
    bool done = false;
    sse::errc error = sse::errc::success;

    friend bool operator==(const decoded&, const decoded&) = default;
};

/// Gives `bytes` to `decoder`, cut in two pieces at `first` and then into pieces of `size`.
template <class Decoder>
decoded decode(Decoder& decoder, std::string_view bytes, std::size_t size, std::size_t first = 0) {
    decoded result;
    while (result.consumed < bytes.size()) {
        const std::size_t at = result.consumed;
        std::string_view piece = bytes.substr(at, at < first ? first - at : size);
        while (!piece.empty() && !decoder.done() && decoder.error() == sse::errc::success) {
            const sse::http::body_slice slice = decoder.next(piece);
            result.consumed += slice.consumed;
            result.payload.append(slice.payload);
            piece.remove_prefix(slice.consumed);
        }
        if (decoder.done() || decoder.error() != sse::errc::success) {
            break;
        }
    }
    result.done = decoder.done();
    result.error = decoder.error();
    return result;
}
