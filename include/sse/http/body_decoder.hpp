// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/body_framing.hpp>
#include <sse/http/chunked.hpp>
#include <sse/text/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sse::http {

/// Decodes a body of any framing, in constant memory.
class body_decoder {
public:
    body_decoder() noexcept : body_decoder(body_framing{}) {}

    explicit body_decoder(body_framing framing, chunk_limits limits = {}) noexcept
        : kind_(framing.kind), remaining_(framing.length), chunks_(limits) {}

    /// Decodes up to the end of the next run of payload. Call it again with the rest of the bytes
    /// while there are some, `done` is false and `error` is `success`. Bytes behind the body are
    /// not consumed.
    [[nodiscard]] body_slice next(std::string_view bytes) noexcept {
        switch (kind_) {
        case body_kind::none: return {};
        case body_kind::chunked: return chunks_.next(bytes);
        case body_kind::until_close: return {bytes.size(), bytes};
        case body_kind::length: break;
        }
        const auto size =
            static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
        remaining_ -= size;
        return {size, bytes.substr(0, size)};
    }

    /// Whether the body is complete; never while it runs until the connection's end.
    [[nodiscard]] bool done() const noexcept {
        switch (kind_) {
        case body_kind::none: return true;
        case body_kind::length: return remaining_ == 0;
        case body_kind::chunked: return chunks_.done();
        case body_kind::until_close: break;
        }
        return false;
    }

    /// How many bytes are sure to come before the body is complete, by what its length or the size
    /// of the chunk under way says.
    [[nodiscard]] std::uint64_t announced() const noexcept {
        return kind_ == body_kind::length ? remaining_ : chunks_.announced();
    }

    /// Errors: those of `chunked_decoder`. Sticky.
    [[nodiscard]] errc error() const noexcept { return chunks_.error(); }

    /// What the end of the connection means now: `success` if the body is complete or ends with the
    /// connection, `truncated` if some of it is missing, or the error that came before.
    [[nodiscard]] errc finish() const noexcept {
        if (error() != errc::success) {
            return error();
        }
        return done() || kind_ == body_kind::until_close ? errc::success : errc::truncated;
    }

private:
    body_kind kind_;
    std::uint64_t remaining_;
    chunked_decoder chunks_;
};

} // namespace sse::http
