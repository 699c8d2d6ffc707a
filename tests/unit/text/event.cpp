// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/allocation_count.hpp"

#include <sse/text/event.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace text_event_test {

namespace {

/// A text of `size` bytes, all of them different from their neighbours, in memory of that size.
std::vector<char> text_of(std::size_t size, std::size_t seed) {
    std::vector<char> text(size);
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>('!' + (seed + i * 7) % 90);
    return text;
}

std::string_view view(const std::vector<char>& text) { return {text.data(), text.size()}; }

} // namespace

TEST_CASE("event: becomes a copy of texts of any size over texts of any size", "[event]") {
    constexpr std::size_t sizes[] = {0,  1,  3,  4,  7,  8,  9,   15,  16,  17,  31,  32,  33,
                                     63, 64, 65, 95, 96, 97, 142, 255, 256, 257, 300, 1000};
    for (const std::size_t size : sizes) {
        const std::vector<char> type = text_of(size, 1);
        const std::vector<char> data = text_of(size, 2);
        const std::vector<char> id = text_of(size, 3);
        for (std::size_t before = 0; before <= 300; ++before) {
            const std::string old(before, 'o');
            sse::event e{old, old, old};
            e.assign({view(type), view(data), view(id)});
            REQUIRE(e.type == view(type));
            REQUIRE(e.data == view(data));
            REQUIRE(e.id == view(id));
            REQUIRE(e.data.c_str()[size] == '\0');
        }
    }
}

TEST_CASE("event: becomes a copy of each size that is as large as the last one", "[event]") {
    for (std::size_t size = 0; size <= 600; ++size) {
        const std::string old(size, 'o');
        const std::vector<char> text = text_of(size, size);
        sse::event e{old, old, old};
        e.assign({view(text), view(text), view(text)});
        REQUIRE(e == sse::event{std::string(view(text)), std::string(view(text)),
                                std::string(view(text))});
    }
}

TEST_CASE("event: takes no memory for what fits in that of the one before", "[event]") {
    const std::vector<char> large = text_of(500, 1);
    const std::vector<char> small = text_of(40, 2);
    sse::event e{std::string(view(large)), std::string(view(large)), std::string(view(large))};
    const sse::testing::allocation_count count;
    e.assign({view(small), view(small), view(small)});
    e.assign({view(large), view(large), view(large)});
    CHECK(count.allocations() == 0);
    CHECK(e.data == view(large));
}

} // namespace text_event_test
