// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Connections on several threads, each on its strand: of interest to ThreadSanitizer.
#include "support/catch.hpp"
#include "support/loopback.hpp"

#include <sse/net/connect.hpp>
#include <sse/net/deadline.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace net_strands_test {

using namespace std::chrono_literals;
using namespace sse;
using namespace sse::testing;

struct outcomes {
    std::atomic<int> cancelled{0};
    std::atomic<int> timed_out{0};
    std::atomic<int> others{0};
};

/// Connects, and reads from a peer that says nothing until its deadline passes.
class session : public std::enable_shared_from_this<session> {
public:
    session(asio::io_context& context, outcomes& results)
        : strand_(asio::make_strand(asio::any_io_executor(context.get_executor()))),
          results_(results), transport_(strand_),
          deadline_(net::timer(strand_), [this] { transport_.close(); }) {}

    void start(std::uint16_t port, bool cancel) {
        asio::post(strand_, [self = shared_from_this(), port, cancel] {
            self->connect(port);
            if (cancel)
                asio::post(self->strand_,
                           [self] { self->signal_.emit(asio::cancellation_type::total); });
        });
    }

private:
    void connect(std::uint16_t port) {
        net::async_connect(
            asio::any_io_executor(strand_), "127.0.0.1", port, {},
            asio::bind_cancellation_slot(
                signal_.slot(), [self = shared_from_this()](error_code ec, net::transport t) {
                    if (ec) return self->end(ec);
                    self->transport_ = std::move(t);
                    self->deadline_.expires_after(1ms);
                    self->read();
                }));
    }

    void read() {
        transport_.async_read_some(asio::buffer(buffer_),
                                   [self = shared_from_this()](error_code ec, std::size_t) {
                                       self->end(self->deadline_.verdict(ec, errc::idle_timeout));
                                   });
    }

    void end(error_code ec) {
        if (ec == errc::idle_timeout)
            ++results_.timed_out;
        else if (ec == asio::error::operation_aborted)
            ++results_.cancelled;
        else
            ++results_.others;
        deadline_.clear();
    }

    asio::strand<asio::any_io_executor> strand_;
    outcomes& results_;
    asio::cancellation_signal signal_{};
    net::transport transport_;
    net::deadline<> deadline_;
    char buffer_[16] = {};
};

TEST_CASE("net: connections run on strands of several threads", "[strands]") {
    constexpr int count = 300;
    asio::io_context context;
    const loopback_listener listener(context);
    outcomes results;
    for (int i = 0; i < count; ++i)
        std::make_shared<session>(context, results)->start(listener.port(), i % 3 == 0);
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&] { context.run_for(60s); });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(context.stopped());
    CHECK(results.others == 0);
    CHECK(results.timed_out + results.cancelled == count);
    CHECK(results.timed_out >= count - count / 3);
}

} // namespace net_strands_test
