// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <cstdint>
#include <random>

namespace sse::testing {

/// Random numbers in [0, 1) that are the same in every run and with every standard library: for
/// `reconnect_policy::random`. A value: a copy goes on from where its origin stood.
class seeded_random {
public:
    /// Sources with the same `seed` give the same numbers.
    explicit seeded_random(std::uint32_t seed = 1) : engine_(seed) {}

    /// The next number.
    [[nodiscard]] double operator()() {
        // Not std::uniform_real_distribution: what it makes of an engine's numbers is not
        // specified.
        constexpr auto least = std::minstd_rand::min();
        constexpr auto range = std::minstd_rand::max() - least + 1;
        return static_cast<double>(engine_() - least) / static_cast<double>(range);
    }

private:
    std::minstd_rand engine_;
};

} // namespace sse::testing
