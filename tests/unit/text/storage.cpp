// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/text/storage.hpp>

#include <cstddef>
#include <memory_resource>
#include <string>
#include <string_view>
#include <utility>

namespace text_storage_test {

namespace {

using storage = sse::growing_storage<>;
using pmr_storage = sse::growing_storage<std::pmr::polymorphic_allocator<char>>;

template <class Storage>
void fill(Storage& out, std::string_view text) {
    REQUIRE(out.append(text));
    REQUIRE(out.view() == text);
}

} // namespace

TEST_CASE("storage: an empty text is not null, with memory and without") {
    storage empty;
    CHECK(empty.view().data() != nullptr);
    CHECK(empty.view().empty());
    fill(empty, "text");
    empty.clear();
    CHECK(empty.view().data() != nullptr);
    CHECK(empty.view().empty());
    fill(empty, "text");
    empty.shrink(0);
    CHECK(empty.view().data() != nullptr);
    CHECK(empty.view().empty());
    fill(empty, "again");
}

TEST_CASE("storage: keeps what is there while it grows") {
    storage out;
    std::string expected;
    for (int i = 0; i < 1000; ++i) {
        const std::string part(static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26));
        REQUIRE(out.append(part));
        expected += part;
    }
    CHECK(out.view() == expected);
}

TEST_CASE("storage: copies have memory of their own, moves take it") {
    storage original;
    fill(original, "some text");
    storage copy(original);
    storage assigned;
    fill(assigned, "what was there before");
    assigned = original;
    original.clear();
    fill(original, "other");
    CHECK(copy.view() == "some text");
    CHECK(assigned.view() == "some text");

    const char* const memory = copy.view().data();
    storage moved(std::move(copy));
    CHECK(moved.view() == "some text");
    CHECK(moved.view().data() == memory);
    assigned = std::move(moved);
    CHECK(assigned.view() == "some text");
    CHECK(assigned.view().data() == memory);
}

TEST_CASE("storage: memory never changes hands between allocators that differ") {
    std::pmr::monotonic_buffer_resource resource_a;
    std::pmr::monotonic_buffer_resource resource_b;
    pmr_storage a(&resource_a);
    pmr_storage b(&resource_b);
    fill(a, "text of a");
    const char* const memory = a.view().data();
    b = std::move(a);
    CHECK(b.view() == "text of a");
    CHECK(b.view().data() != memory);
    pmr_storage c(&resource_b);
    const char* const memory_of_b = b.view().data();
    c = std::move(b);
    CHECK(c.view() == "text of a");
    CHECK(c.view().data() == memory_of_b);
}

TEST_CASE("storage: a short line is copied at once only where more can be read and written") {
    const std::string bytes(200, 'x');
    const char* const end = bytes.data() + bytes.size();
    storage out;
    CHECK(!out.append_short_line({bytes.data(), 10}, end)); // no memory yet
    fill(out, "first");
    CHECK(out.append_short_line({bytes.data(), 10}, end));
    CHECK(out.view() == "first\n" + std::string(10, 'x'));
    CHECK(!out.append_short_line({end - 10, 10}, end));
    CHECK(!out.append_short_line({bytes.data(), 150}, end));
    CHECK(out.start_short_line({bytes.data() + 1, 0}, end));
    CHECK(out.view().empty());
}

TEST_CASE("storage: short lines are copied at once up to their limit, whatever room there is") {
    const std::string bytes(200, 'x');
    const auto append = [&](storage& to) {
        return to.append_short_line({bytes.data(), 10}, bytes.data() + bytes.size());
    };
    storage a;
    a.limit_short_lines(120);
    fill(a, std::string(4000, 'y'));
    a.clear();
    while (append(a))
        CHECK(a.view().size() <= 120);
    CHECK(a.view().size() > 20);
    // the limit goes with the text, and the room with the memory
    storage b(a);
    CHECK(!append(b));
    b.clear();
    CHECK(append(b));
    storage c;
    c = std::move(a);
    CHECK(!append(c));
    CHECK(!append(a));
    a = c;
    CHECK(!append(a));
    c.shrink(0);
    CHECK(!append(c)); // no memory any more
    a.limit_short_lines(0);
    CHECK(append(a));
}

} // namespace text_storage_test
