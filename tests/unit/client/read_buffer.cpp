// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/client/read_buffer.hpp>

#include <cstddef>
#include <cstdint>

namespace client_read_buffer_test {

using sse::detail::read_buffer;

TEST_CASE("read_buffer: is small until reads fill it, and never larger than the largest",
          "[read_buffer]") {
    read_buffer buffer;
    CHECK(buffer.prepare().size() == read_buffer::smallest);
    CHECK(buffer.prepare().size() == read_buffer::smallest); // the read was cancelled
    CHECK(buffer.take(100).size() == 100);
    CHECK(buffer.prepare().size() == read_buffer::smallest);
    std::size_t size = read_buffer::smallest;
    for (int i = 0; i < 5; ++i) {
        (void)buffer.take(size);
        size = buffer.prepare().size();
    }
    CHECK(size == read_buffer::largest);
}

TEST_CASE("read_buffer: begins with a line of the cache", "[read_buffer]") {
    read_buffer buffer;
    for (int i = 0; i < 3; ++i) {
        const auto place = buffer.prepare();
        CHECK(reinterpret_cast<std::uintptr_t>(place.data()) % 64 == 0);
        (void)buffer.take(place.size());
    }
}

TEST_CASE("read_buffer: hands out what was read where it lies", "[read_buffer]") {
    read_buffer buffer;
    const auto place = buffer.prepare();
    static_cast<char*>(place.data())[0] = 'x';
    CHECK(buffer.take(1)[0] == 'x');
    CHECK(buffer.take(1).data() == place.data());
}

TEST_CASE("read_buffer: becomes small again once little has come for a while", "[read_buffer]") {
    read_buffer buffer;
    (void)buffer.prepare();
    (void)buffer.take(read_buffer::smallest);
    const std::size_t large = buffer.prepare().size();
    CHECK(large > read_buffer::smallest);
    for (std::size_t i = 0; i + 1 < read_buffer::patience; ++i) {
        (void)buffer.take(10);
        CHECK(buffer.prepare().size() == large);
    }
    (void)buffer.take(read_buffer::smallest); // it was needed
    CHECK(buffer.prepare().size() == large);
    for (std::size_t i = 0; i < read_buffer::patience; ++i) {
        CHECK(buffer.prepare().size() == large);
        (void)buffer.take(10);
    }
    CHECK(buffer.prepare().size() == read_buffer::smallest);
}

} // namespace client_read_buffer_test
