// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>

#include <random>

/// Publishes the time and a price once a second, until it is destroyed.
class demo {
public:
    demo(const sse::asio::any_io_executor& executor, sse::hub& hub);

    void start();
    void stop() { timer_.cancel(); }

private:
    void publish();

    sse::hub& hub_;
    sse::net::timer timer_;
    std::mt19937 random_{std::random_device()()};
    double price_ = 100;
};
