// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/net/asio.hpp>
#include <sse/net/member_call.hpp>

#include <memory>
#include <type_traits>

namespace net_member_call_test {

using sse::detail::calls;

struct counter {
    int waits = 0;
    int turns = 0;
    void on_wait(const sse::error_code& ec) { waits += ec ? 10 : 1; }
    void on_turn() { ++turns; }
};

struct other {
    void on_wait(const sse::error_code&) {}
};

TEST_CASE("member_call: it keeps its object until it is called", "[net]") {
    auto object = std::make_shared<counter>();
    const std::weak_ptr<counter> watched = object;
    sse::asio::io_context context;
    sse::asio::post(context, calls<&counter::on_turn>(object));
    object.reset();
    REQUIRE_FALSE(watched.expired());
    const auto last = watched.lock();
    context.run();
    CHECK(last->turns == 1);
    CHECK(last.use_count() == 1);
}

TEST_CASE("member_call: of an object that is gone nothing is called", "[net]") {
    auto object = std::make_shared<counter>();
    const auto call = calls<&counter::on_wait>(std::weak_ptr<counter>(object));
    call(sse::error_code());
    call(sse::asio::error::operation_aborted);
    CHECK(object->waits == 11);
    const std::weak_ptr<counter> watched = object;
    object.reset();
    REQUIRE(watched.expired());
    call(sse::error_code());
}

TEST_CASE("member_call: functions of all classes make one type", "[net]") {
    const auto one = calls<&counter::on_wait>(std::make_shared<counter>());
    const auto two = calls<&other::on_wait>(std::make_shared<other>());
    STATIC_REQUIRE(std::is_same_v<decltype(one), decltype(two)>);
}

} // namespace net_member_call_test
