// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// The probe against operations that break the rules: each has to be found.
#include "support/handler_probe.hpp"

#include "support/catch.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace support_handler_probe_test {

using namespace sse;
using namespace sse::testing;
using probe_type = handler_probe<void(error_code, int)>;

TEST_CASE("handler_probe: finds no fault with Asio's own post", "[handler_probe]") {
    asio::io_context context;
    probe_type probe(context);
    probe.initiate([&](auto handler) {
        const auto executor = handler.get_executor();
        asio::post(asio::bind_executor(
            executor, [handler = std::move(handler)]() mutable { handler(errc::closed, 5); }));
    });
    CHECK_FALSE(probe.called());
    context.run();
    CHECK(probe.called());
    CHECK_FALSE(probe.destroyed());
    CHECK(probe.fault() == "");
    CHECK(probe.error() == errc::closed);
    CHECK(probe.value() == 5);
}

TEST_CASE("handler_probe: finds a call inside the initiating function", "[handler_probe]") {
    asio::io_context context;
    probe_type probe(context);
    probe.initiate([&](auto handler) { handler({}, 0); });
    CHECK(probe.fault() == "called inside the initiating function");
}

TEST_CASE("handler_probe: finds a call on the wrong executor", "[handler_probe]") {
    asio::io_context context;
    probe_type probe(context);
    probe.initiate([&](auto handler) {
        asio::post(context, [handler = std::move(handler)]() mutable { handler({}, 0); });
    });
    context.run();
    CHECK(probe.fault() == "not called on its executor");
}

TEST_CASE("handler_probe: finds a second call", "[handler_probe]") {
    asio::io_context context;
    probe_type probe(context);
    probe.initiate([&](auto handler) {
        const auto executor = handler.get_executor();
        asio::post(executor, [handler = std::move(handler)]() mutable {
            handler({}, 0);
            handler({}, 0);
        });
    });
    context.run();
    CHECK(probe.fault() == "called more than once");
}

TEST_CASE("handler_probe: finds memory that is kept over the call", "[handler_probe]") {
    asio::io_context context;
    probe_type probe(context);
    probe.initiate([&](auto handler) {
        const auto executor = handler.get_executor();
        asio::post(executor, [handler = std::move(handler)]() mutable {
            probe_allocator<int> allocator(handler.get_allocator());
            int* memory = allocator.allocate(1);
            handler({}, 0);
            allocator.deallocate(memory, 1);
        });
    });
    context.run();
    CHECK(probe.fault() == "its memory was not given back before the call");
    CHECK(probe.allocations() == 1);
}

TEST_CASE("handler_probe: tells a handler that was dropped from one that is still held",
          "[handler_probe]") {
    asio::io_context context;
    probe_type probe(context);
    std::optional<probe_type::handler_type> held;
    probe.initiate([&](auto handler) { held.emplace(std::move(handler)); });
    CHECK_FALSE(probe.called());
    CHECK_FALSE(probe.destroyed());
    held.reset();
    CHECK_FALSE(probe.called());
    CHECK(probe.destroyed());
}

TEST_CASE("handler_probe: outlives the context", "[handler_probe]") {
    std::optional<asio::io_context> context(std::in_place);
    probe_type probe(*context);
    probe.initiate([&](auto handler) {
        const auto executor = handler.get_executor();
        asio::post(executor, [handler = std::move(handler)]() mutable { handler({}, 0); });
    });
    context.reset();
    CHECK(probe.destroyed());
    CHECK(probe.fault() == "");
}

TEST_CASE("handler_probe: emits to the handler's slot", "[handler_probe]") {
    asio::io_context context;
    probe_type probe(context);
    auto seen = asio::cancellation_type::none;
    std::optional<probe_type::handler_type> held;
    probe.initiate([&](auto handler) {
        handler.get_cancellation_slot().assign([&](asio::cancellation_type type) { seen = type; });
        held.emplace(std::move(handler));
    });
    probe.cancel(asio::cancellation_type::partial);
    CHECK(seen == asio::cancellation_type::partial);
}

} // namespace support_handler_probe_test
