// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "harness.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

namespace contract_payload_test {

using namespace sse::contract;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t mebi = std::size_t{1} << 20;

/// Sends an event of `size` bytes of data, all on one line, and checks what comes back.
void play(harness& h, stream_connection& stream, std::size_t size, std::chrono::seconds limit) {
    INFO(size << " bytes");
    std::string text = "data: ";
    text.append(size, 'x').append("\n\n");
    stream.chunk(text);
    const std::string body = h.next_message(limit).text;
    constexpr std::string_view before = R"({"kind":"event","event":{"type":"message","data":")";
    constexpr std::string_view behind = R"("}})";
    REQUIRE(body.size() == before.size() + size + behind.size());
    REQUIRE(body.starts_with(before));
    REQUIRE(body.ends_with(behind));
    REQUIRE(body.find_first_not_of('x', before.size()) == before.size() + size);
}

/// The real harness has 10 s where we have our patience.
std::chrono::seconds limit_of(std::size_t size) {
    return harness::patience + std::chrono::seconds(size / (2 * mebi));
}

// Without optimisation, or with sanitizers, time says nothing.
#if defined(__OPTIMIZE__) && !defined(SSE_TESTS_SANITIZED)
constexpr std::chrono::seconds line_limit{5};
#else
constexpr std::chrono::seconds line_limit{60};
#endif

} // namespace

TEST_CASE("contract: a line of 14 MB passes in 5 s", "[contract]") {
    harness h;
    h.create();
    play(h, h.open(0), 14'000'000, line_limit);
    CHECK(h.quit() == 0);
}

/// Up to 128 MiB with SSE_CONTRACT_LARGE in the environment, else up to 1 MiB.
TEST_CASE("contract: payloads of every power of two and its neighbours pass", "[contract]") {
    const std::size_t largest = std::getenv("SSE_CONTRACT_LARGE") != nullptr ? 128 * mebi : mebi;
    harness h;
    h.create();
    auto& stream = h.open(0);
    for (std::size_t n = 1; n <= largest; n *= 2)
        for (const std::size_t size : {n - 1, n, n + 1})
            play(h, stream, size, limit_of(size));
    CHECK(h.quit() == 0);
}

} // namespace contract_payload_test
