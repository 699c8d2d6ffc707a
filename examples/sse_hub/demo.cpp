// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "demo.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string_view>

demo::demo(const sse::asio::any_io_executor& executor, sse::hub& hub)
    : hub_(hub), timer_(executor) {}

void demo::start() {
    timer_.expires_after(std::chrono::seconds(1));
    timer_.async_wait([this](sse::error_code ec) {
        if (ec) return;
        publish();
        start();
    });
}

void demo::publish() {
    std::array<char, 64> text{};
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    hub_.publish("demo/clock", {.type = "tick", .data = std::string_view(text.data(), size)});

    price_ = std::max(1.0, price_ + std::normal_distribution<double>(0, 0.5)(random_));
    const int n = std::snprintf(text.data(), text.size(), "{\"price\":%.2f}", price_);
    size = static_cast<std::size_t>(std::max(n, 0));
    hub_.publish("demo/price", {.type = "price", .data = std::string_view(text.data(), size)},
                 {.key = "price"});
}
