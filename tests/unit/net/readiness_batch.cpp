// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/net/readiness_batch.hpp>

#ifdef __linux__

#include <cstdint>
#include <utility>
#include <vector>

namespace net_readiness_batch_test {

using sse::net::readiness_batch;
using sse::net::readiness_entry;
constexpr auto readable = sse::net::readiness::readable;
constexpr auto writable = sse::net::readiness::writable;

void fill(readiness_batch& batch,
          const std::vector<std::pair<readiness_entry*, std::uint32_t>>& told) {
    for (std::size_t i = 0; i < told.size(); ++i) {
        batch.data()[i].data.ptr = told[i].first;
        batch.data()[i].events = told[i].second;
    }
    batch.begin(told.size());
}

TEST_CASE("readiness_batch: it is empty before the system told of anything", "[readiness]") {
    readiness_batch batch;
    CHECK(batch.empty());
    batch.begin(0);
    CHECK(batch.empty());
}

TEST_CASE("readiness_batch: entries have their turn in the order they were told in",
          "[readiness]") {
    readiness_entry a, b;
    readiness_batch batch;
    fill(batch, {{&a, EPOLLIN}, {&b, EPOLLIN}});
    CHECK(batch.entry() == &a);
    batch.next();
    CHECK(batch.entry() == &b);
    CHECK_FALSE(batch.empty());
    batch.next();
    CHECK(batch.empty());
}

TEST_CASE("readiness_batch: an entry that leaves has no turn any more", "[readiness]") {
    readiness_entry a, b, c;
    readiness_batch batch;
    fill(batch, {{&a, EPOLLIN}, {&b, EPOLLIN}, {&c, EPOLLIN}});
    SECTION("while it is its turn") {
        batch.remove(a);
        CHECK(batch.entry() == nullptr);
        batch.next();
        CHECK(batch.entry() == &b);
    }
    SECTION("before it is its turn") {
        batch.remove(b);
        CHECK(batch.entry() == &a);
        batch.next();
        CHECK(batch.entry() == nullptr);
    }
    SECTION("as the last one") {
        batch.remove(c);
        batch.next();
        batch.next();
        CHECK_FALSE(batch.empty());
        CHECK(batch.entry() == nullptr);
    }
    SECTION("and whoever is not in it changes nothing") {
        readiness_entry other;
        batch.remove(other);
        CHECK(batch.entry() == &a);
    }
}

TEST_CASE("readiness_batch: what is over does not concern the next one", "[readiness]") {
    readiness_entry a, b;
    readiness_batch batch;
    fill(batch, {{&a, EPOLLIN}, {&b, EPOLLIN}});
    batch.next();
    batch.next();
    batch.remove(a);
    fill(batch, {{&a, EPOLLIN}});
    CHECK(batch.entry() == &a);
}

/// Whether waits for reading and writing end with these events.
std::pair<bool, bool> ends(std::uint32_t events) {
    readiness_entry e;
    static_cast<void>(e.begin(readable));
    static_cast<void>(e.begin(writable));
    readiness_batch batch;
    fill(batch, {{&e, events}});
    batch.tell();
    const bool read = e.end(readable);
    return {read, e.end(writable)};
}

TEST_CASE("readiness_batch: the system's events are what an entry knows", "[readiness]") {
    CHECK(ends(EPOLLIN) == std::pair(true, false));
    CHECK(ends(EPOLLOUT) == std::pair(false, true));
    CHECK(ends(EPOLLIN | EPOLLOUT) == std::pair(true, true));
    CHECK(ends(EPOLLRDHUP) == std::pair(true, false));
    CHECK(ends(EPOLLHUP) == std::pair(true, true));
    CHECK(ends(EPOLLERR) == std::pair(true, true));
    CHECK(ends(EPOLLPRI) == std::pair(false, false));
}

TEST_CASE("readiness_batch: an end or a failure stays readable when it was read", "[readiness]") {
    for (const std::uint32_t events : {std::uint32_t{EPOLLIN}, std::uint32_t{EPOLLRDHUP},
                                       std::uint32_t{EPOLLHUP}, std::uint32_t{EPOLLERR}}) {
        readiness_entry e;
        readiness_batch batch;
        fill(batch, {{&e, events}});
        batch.tell();
        e.used_up(readable);
        static_cast<void>(e.begin(readable));
        CHECK(e.end(readable) == (events != std::uint32_t{EPOLLIN}));
    }
}

} // namespace net_readiness_batch_test

#endif
