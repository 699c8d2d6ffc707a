// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// A hub and its readers, driven by bytes: subscribe, publish, read some, cut, come back, restart,
// in any order. Each reader is told of every event once and in order, or of a gap where one is.
#include "support/hub_world.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::size_t at = 0;
    const auto choose = [&](std::size_t n) -> std::size_t {
        std::size_t value = 0;
        for (std::size_t most = 1; most < n && at < size; most *= 256)
            value = value * 256 + data[at++];
        return n == 0 ? 0 : value % n;
    };
    sse::testing::hub_world world(choose);
    while (at < size && at < 4096)
        world.step();
    world.finish(); // what is wrong is thrown
    return 0;
}
