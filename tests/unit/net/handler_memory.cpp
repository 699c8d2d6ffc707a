// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/allocation_count.hpp"
#include "support/catch.hpp"
#include "support/loopback.hpp"

#include <sse/net/borrowed_executor.hpp>
#include <sse/net/handler_memory.hpp>
#include <sse/net/transport.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace net_handler_memory_test {

using sse::net::borrowed_executor;
using sse::net::handler_allocator;
using sse::net::handler_memory;
using transport = sse::net::basic_transport<borrowed_executor>;

namespace {

struct reader {
    explicit reader(sse::asio::any_io_executor e) : executor(std::move(e)) {}
    sse::asio::any_io_executor executor;
    handler_memory memory{};
    int readable = 0;
};

struct on_readable {
    using allocator_type = handler_allocator<>;
    using immediate_executor_type = sse::asio::any_io_executor; // of Asio since 1.26
    std::shared_ptr<reader> self;
    [[nodiscard]] allocator_type get_allocator() const noexcept {
        return allocator_type(self->memory);
    }
    [[nodiscard]] immediate_executor_type get_immediate_executor() const {
        return sse::asio::require(self->executor, sse::asio::execution::blocking.never);
    }
    void operator()(const sse::error_code& ec) const { self->readable += ec ? 0 : 1; }
};

} // namespace

TEST_CASE("handler_memory: one operation lies in it, others and larger ones do not", "[net]") {
    handler_memory memory;
    handler_allocator<long> a(memory);
    const auto inside = [&](const long* p) {
        return reinterpret_cast<const char*>(p) >= reinterpret_cast<const char*>(&memory) &&
               reinterpret_cast<const char*>(p) < reinterpret_cast<const char*>(&memory + 1);
    };
    long* const first = a.allocate(2);
    long* const second = a.allocate(2);
    CHECK(inside(first));
    CHECK_FALSE(inside(second));
    a.deallocate(second, 2);
    a.deallocate(first, 2);
    long* const large = a.allocate(1000);
    CHECK_FALSE(inside(large));
    a.deallocate(large, 1000);
    long* const again = a.allocate(1);
    CHECK(again == first);
    a.deallocate(again, 1);
}

TEST_CASE("handler_memory: a wait for a socket allocates nothing, and runs where it should",
          "[net]") {
    sse::asio::io_context context;
    sse::testing::loopback_pair pair(context);
    const auto self = std::make_shared<reader>(context.get_executor());
    static_assert(std::is_convertible_v<borrowed_executor, sse::asio::any_io_executor>);
    transport::socket_type socket{borrowed_executor(&self->executor)};
    const auto protocol = pair.near.socket()->local_endpoint().protocol();
    socket.assign(protocol, pair.near.socket()->release());
    transport near(std::move(socket));
    pair.far.socket()->send(sse::asio::buffer("x", 1));
    for (int i = 1; i <= 3; ++i) {
        const sse::testing::allocation_count count;
        near.async_wait_readable(on_readable{self});
#if !defined(SSE_BOOST_ASIO) // whose error codes are larger
        CHECK(count.allocations() == 0);
#endif
        CHECK(self.use_count() == 2);
        sse::testing::run_bounded(context);
        CHECK(self->readable == i);
        CHECK(self.use_count() == 1);
    }
    CHECK(sse::asio::any_io_executor(near.get_executor()) == self->executor);
}

} // namespace net_handler_memory_test
