// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "require.hpp"

#include <sse/http/head_reader.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

/// Small, so that inputs reach them.
inline constexpr sse::http::head_limits fuzz_limits{.start_line = 64, .head = 512, .fields = 8};

/// The head at the start of `bytes`, or nothing; checks that every way of cutting agrees on it.
inline std::string read_head(std::string_view bytes, sse::http::head_kind kind) {
    std::string head;
    std::size_t first_taken = 0;
    bool first_done = false;
    sse::errc first_error = sse::errc::success;
    for (const std::size_t size : {bytes.size() + 1, std::size_t{1}, std::size_t{7}}) {
        sse::http::head_reader reader(fuzz_limits, kind);
        std::size_t taken = 0;
        while (taken < bytes.size() && !reader.done() && reader.error() == sse::errc::success) {
            taken += reader.feed(bytes.substr(taken, size));
        }
        require(reader.text().size() <= fuzz_limits.head, "the head stays within its limit");
        if (size > bytes.size()) {
            head = reader.done() ? reader.text() : std::string_view();
            first_taken = taken;
            first_done = reader.done();
            first_error = reader.error();
            continue;
        }
        require(reader.done() == first_done, "cuts change the end");
        require(reader.error() == first_error, "cuts change the error");
        require(!first_done || (reader.text() == head && taken == first_taken),
                "cuts change a head");
    }
    return head;
}
