// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/testing/fail_loop.hpp>

#include <stdexcept>
#include <vector>

namespace testing_fail_loop_test {

using namespace sse;
using namespace sse::testing;

TEST_CASE("fail_count: lets exactly the operation fail that it was made for", "[fail_loop]") {
    const fail_count fail(2, errc::truncated);
    const fail_count copy = fail;
    error_code ec;
    CHECK_FALSE(fail.fail(ec));
    CHECK_FALSE(copy.fail(ec));
    CHECK_FALSE(ec);
    CHECK_FALSE(fail.failed());
    CHECK(fail.fail(ec));
    CHECK(ec == errc::truncated);
    CHECK(copy.failed());
    CHECK_FALSE(copy.fail(ec));
}

TEST_CASE("fail_count: a default constructed one lets nothing fail", "[fail_loop]") {
    const fail_count none;
    error_code ec;
    for (int i = 0; i < 10; ++i)
        CHECK_FALSE(none.fail(ec));
    CHECK_FALSE(none.failed());
}

TEST_CASE("fail_loop: fails each operation in turn, and ends with a clean run", "[fail_loop]") {
    std::vector<int> reached;
    const std::size_t failures = fail_loop([&](const fail_count& fail) {
        int done = 0;
        for (error_code ec; done < 3 && !fail.fail(ec);)
            ++done;
        reached.push_back(done);
    });
    CHECK(failures == 3);
    CHECK(reached == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("fail_loop: gives up where there is always one more operation", "[fail_loop]") {
    const auto endless = [](const fail_count& fail) {
        error_code ec;
        while (!fail.fail(ec)) {
        }
    };
    CHECK_THROWS_AS(fail_loop(endless, asio::error::eof, 10), std::runtime_error);
}

} // namespace testing_fail_loop_test
