// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/net/parked_handler.hpp>

#include <optional>

namespace net_parked_handler_test {

using sse::detail::parked_handler;

namespace {

sse::net::wait_handler handler(sse::asio::io_context& context, std::optional<sse::error_code>& out,
                               sse::asio::cancellation_slot slot = {}) {
    auto write = [&out](sse::error_code ec) { out = ec; };
    return {sse::asio::bind_cancellation_slot(slot, write), context.get_executor()};
}

} // namespace

TEST_CASE("parked_handler: is called once, and not within complete", "[parked_handler]") {
    sse::asio::io_context context;
    std::optional<sse::error_code> got;
    parked_handler place;
    place.park(handler(context, got));
    CHECK(place.waits());
    CHECK(context.poll() == 0);
    CHECK_FALSE(context.stopped()); // it is work
    place.complete(sse::errc::closed);
    place.complete({});
    CHECK_FALSE(place.waits());
    CHECK_FALSE(got.has_value());
    context.run();
    REQUIRE(got.has_value());
    CHECK(*got == sse::errc::closed);
}

TEST_CASE("parked_handler: cancellation ends the wait", "[parked_handler]") {
    sse::asio::io_context context;
    sse::asio::cancellation_signal signal;
    std::optional<sse::error_code> got;
    parked_handler place;
    place.park(handler(context, got, signal.slot()));
    signal.emit(sse::asio::cancellation_type::terminal);
    CHECK_FALSE(place.waits());
    context.run();
    REQUIRE(got.has_value());
    CHECK(*got == sse::asio::error::operation_aborted);
    signal.emit(sse::asio::cancellation_type::terminal);
}

TEST_CASE("parked_handler: destroyed, it calls nothing", "[parked_handler]") {
    sse::asio::io_context context;
    sse::asio::cancellation_signal signal;
    std::optional<sse::error_code> got;
    {
        parked_handler place;
        place.park(handler(context, got, signal.slot()));
    }
    signal.emit(sse::asio::cancellation_type::terminal);
    context.run();
    CHECK_FALSE(got.has_value());
}

} // namespace net_parked_handler_test
