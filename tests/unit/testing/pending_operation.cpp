// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"
#include "support/handler_probe.hpp"

#include <sse/testing/pending_operation.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace testing_pending_operation_test {

using namespace sse;
using namespace sse::testing;
using operation = pending_operation<void(error_code, int)>;
using probe_type = handler_probe<void(error_code, int)>;

void suspend(operation& op, probe_type& probe, asio::io_context& context) {
    probe.initiate([&](auto handler) {
        op.start(operation::handler_type(std::move(handler), context.get_executor()));
    });
}

TEST_CASE("pending_operation: posts its handler when it is completed", "[pending_operation]") {
    asio::io_context context;
    operation op;
    probe_type probe(context);
    CHECK_FALSE(op.waiting());
    suspend(op, probe, context);
    CHECK(op.waiting());
    op.complete(errc::closed, 3);
    CHECK_FALSE(op.waiting());
    CHECK_FALSE(probe.called());
    context.run();
    CHECK(probe.fault() == "");
    CHECK(probe.error() == errc::closed);
    CHECK(probe.value() == 3);
}

TEST_CASE("pending_operation: can be used again", "[pending_operation]") {
    asio::io_context context;
    operation op;
    for (int i = 0; i < 3; ++i) {
        probe_type probe(context);
        suspend(op, probe, context);
        op.complete({}, i);
        context.restart();
        context.run();
        CHECK(probe.value() == i);
    }
}

TEST_CASE("pending_operation: can be cancelled while it waits, and not afterwards",
          "[pending_operation]") {
    asio::io_context context;
    operation op;
    probe_type probe(context);
    suspend(op, probe, context);
    SECTION("while it waits") {
        probe.cancel();
        context.run();
        CHECK(probe.error() == asio::error::operation_aborted);
    }
    SECTION("afterwards") {
        op.complete({}, 1);
        probe.cancel();
        context.run();
        CHECK_FALSE(probe.error());
    }
    CHECK(probe.fault() == "");
}

TEST_CASE("pending_operation: is no work for the context", "[pending_operation]") {
    asio::io_context context;
    operation op;
    probe_type probe(context);
    suspend(op, probe, context);
    CHECK(context.run() == 0);
    CHECK(op.waiting());
}

TEST_CASE("pending_operation: destroys its handler uncalled", "[pending_operation]") {
    std::optional<asio::io_context> context(std::in_place);
    auto op = std::make_shared<operation>();
    probe_type probe(*context);
    suspend(*op, probe, *context);
    SECTION("with itself") {
        op.reset();
        CHECK(probe.destroyed());
        probe.cancel();
    }
    SECTION("with the context") {
        context.reset();
        CHECK(probe.destroyed());
        CHECK_FALSE(op->waiting());
    }
    CHECK_FALSE(probe.called());
}

TEST_CASE("pending_operation: may be owned by its own handler", "[pending_operation]") {
    std::optional<asio::io_context> context(std::in_place);
    auto op = std::make_shared<operation>();
    const std::weak_ptr<operation> alive = op;
    op->start(
        operation::handler_type([op](error_code, int) { FAIL("called"); }, context->get_executor()),
        [] {});
    op.reset();
    CHECK_FALSE(alive.expired());
    context.reset();
    CHECK(alive.expired());
}

} // namespace testing_pending_operation_test
