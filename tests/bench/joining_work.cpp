// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// Work for tests/bench/run to count the instructions of: `joining_work OTHERS stream|topic` has a
// stream come and go 500 times beside so many others of its topic, or take that on and off again.
#include "support/hub_reader.hpp"

#include <sse/hub.hpp>
#include <sse/net/asio.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

namespace {

constexpr int times = 500;

/// A hub whose streams are in memory.
struct streams {
    ~streams() {
        for (const auto& end : ends)
            end->cut();
        loop.poll();
    }

    std::shared_ptr<sse::testing::memory_connection> connect() {
        auto end = std::make_shared<sse::testing::memory_connection>(loop.get_executor(), true);
        end->allow(SIZE_MAX);
        return end;
    }
    void join(const char* topic) {
        ends.push_back(connect());
        last = hub.open(sse::reply(ends.back()), {.topics = {topic}});
    }

    sse::hub hub;
    sse::asio::io_context loop{1};
    std::vector<std::shared_ptr<sse::testing::memory_connection>> ends;
    sse::hub_subscriber last;
};

} // namespace

[[gnu::noinline]] void come_and_go_counted(streams& s) {
    for (int i = 0; i < times; ++i) {
        const auto end = s.connect();
        s.hub.subscribe(sse::reply(end), {.topics = {"crowd"}});
        end->cut();
    }
}

[[gnu::noinline]] void take_on_and_off_counted(streams& s) {
    for (int i = 0; i < times; ++i) {
        s.last.follow("crowd");
        s.last.unfollow("crowd");
    }
}

int main(int argc, char** argv) {
    const std::size_t others = argc == 3 ? std::strtoul(argv[1], nullptr, 10) : 0;
    const std::string_view what = argc == 3 ? argv[2] : "";
    if (others == 0 || (what != "stream" && what != "topic")) {
        std::fprintf(stderr, "usage: joining_work OTHERS stream|topic\n");
        return 2;
    }
    streams s;
    for (std::size_t i = 0; i < others; ++i)
        s.join("crowd");
    s.join("elsewhere");
    what == "stream" ? come_and_go_counted(s) : take_on_and_off_counted(s);
    std::printf("%d events\n", times);
    return s.hub.metrics().subscribers == others + 1 ? 0 : 1;
}
