// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/options.hpp>
#include <sse/hub/own_blocks.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace sse::detail {

/// Ends streams over a period rather than all at once, and tells each when to come back.
class paced_farewell {
public:
    static constexpr std::chrono::milliseconds tick{20};

    /// Begins at `now`, in milliseconds.
    void begin(const farewell& f, std::uint64_t now) {
        farewell_ = f;
        ends_at_ = now + static_cast<std::uint64_t>(std::max<std::int64_t>(f.period.count(), 0));
        active_ = true;
    }

    [[nodiscard]] bool active() const noexcept { return active_; }

    /// How many of the streams that still wait for their end are to be ended in this tick.
    [[nodiscard]] std::size_t due(std::size_t waiting, std::uint64_t now) const noexcept {
        constexpr auto length = static_cast<std::uint64_t>(tick.count());
        const std::uint64_t ticks = ends_at_ > now ? (ends_at_ - now) / length + 1 : 1;
        return (waiting + ticks - 1) / ticks;
    }

    /// The farewell of one stream, with a time to come back of its own.
    [[nodiscard]] std::string block(std::minstd_rand& random) const {
        const auto spread =
            static_cast<std::uint64_t>(std::max<std::int64_t>(farewell_.spread.count(), 0));
        const std::chrono::milliseconds later(random() % (spread + 1));
        return farewell_block(farewell_.type, farewell_.retry + later);
    }

private:
    farewell farewell_;
    std::uint64_t ends_at_ = 0; // when the last stream is to end
    bool active_ = false;
};

} // namespace sse::detail
