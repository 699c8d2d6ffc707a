// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/hub/resume.hpp>

#include <optional>
#include <string>

namespace hub_resume_test {

using sse::event_id;
using sse::gap_reason;
using sse::detail::locate_reader;
using sse::detail::reader_position;
using kind = sse::detail::reader_position::kind;

TEST_CASE("resume: a last event id tells where a reader stands", "[resume]") {
    const event_id hub{0xabc, 100};
    struct row {
        std::string id;
        std::optional<std::uint64_t> own;
        reader_position expected;
    };
    for (const row& r : {
             row{"", {}, {kind::live, 0, gap_reason::none}},
             row{"000000000abc-100", {}, {kind::after, 100, gap_reason::none}},
             row{"000000000abc-0", {}, {kind::after, 0, gap_reason::none}},
             row{"000000000abc-57", {}, {kind::after, 57, gap_reason::none}},
             row{"000000000abc-101", {}, {kind::nowhere, 0, gap_reason::unknown}},
             row{"000000000abd-57", {}, {kind::nowhere, 0, gap_reason::restarted}},
             row{"000000000abd-5700", {}, {kind::nowhere, 0, gap_reason::restarted}},
             row{"order-1", {}, {kind::nowhere, 0, gap_reason::unknown}},
             row{"order-1", 12, {kind::after, 12, gap_reason::none}},
             row{"000000000abc-057", {}, {kind::nowhere, 0, gap_reason::unknown}},
             row{"000000000abc-18446744073709551616", {}, {kind::nowhere, 0, gap_reason::unknown}},
             row{std::string(100000, 'x'), {}, {kind::nowhere, 0, gap_reason::unknown}},
             row{std::string("\0\r\n\xff", 4), {}, {kind::nowhere, 0, gap_reason::unknown}},
         }) {
        CAPTURE(r.id.substr(0, 40));
        CHECK(locate_reader(r.id, hub, r.own) == r.expected);
    }
}

TEST_CASE("resume: a gap says its reason and, where known, how many events", "[resume]") {
    CHECK(sse::gap_data({gap_reason::evicted, 7}) == R"({"reason":"evicted","missed":7})");
    CHECK(sse::gap_data({gap_reason::restarted, {}}) == R"({"reason":"restarted"})");
    CHECK(to_string(gap_reason::unknown) == "unknown");
    CHECK(to_string(gap_reason::lagged) == "lagged");
    CHECK_FALSE(sse::gap{});
}

} // namespace hub_resume_test
