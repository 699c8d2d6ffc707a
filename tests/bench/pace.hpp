// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace sse::bench {

/// Whether the processor runs at its full pace. Where it shares a core with another thread, of
/// another machine perhaps, it takes turns for milliseconds with it: code with many instructions a
/// cycle takes up to twice its time then, and code that waits for branches or memory hardly more,
/// so that a ratio of both says nothing.
class pace {
public:
    using clock = std::chrono::steady_clock;

    /// The one of this program: the longer it runs, the surer is what full pace is.
    static pace& of_processor() {
        static pace one;
        return one;
    }

    /// What `task` returns from a call that ran at full pace, as far as can be told from before and
    /// after it; from a call at any pace once `patience` is used up by waiting for such a one.
    template <class Task>
    auto steady(clock::duration& patience, Task&& task) {
        for (;;) {
            const auto start = clock::now();
            const bool before = full();
            auto result = task();
            if ((before && full()) || patience <= clock::duration::zero()) return result;
            patience -= clock::now() - start;
        }
    }

private:
    pace() {
        for (const auto end = clock::now() + std::chrono::milliseconds(50); clock::now() < end;)
            least_ = std::min(least_, loop());
    }

    /// Whether a loop of many instructions a cycle takes at most a fiftieth more than it ever did.
    [[nodiscard]] bool full() {
        const clock::duration took = std::min(loop(), loop());
        least_ = std::min(least_, took);
        return took <= least_ + least_ / 50;
    }

    /// What some 10 us of additions take that do not wait for each other.
    [[nodiscard]] static clock::duration loop() {
        std::uint64_t a = 1;
        std::uint64_t b = 2;
        std::uint64_t c = 3;
        std::uint64_t d = 4;
        const auto start = clock::now();
        for (std::uint64_t i = 0; i < 16'000; ++i) {
            a += i;
            b ^= i;
            c += b;
            d ^= a;
            asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
        }
        return clock::now() - start;
    }

    clock::duration least_ = clock::duration::max();
};

} // namespace sse::bench
