// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Tests code that uses an event source, without sockets and without waiting: scripted peers on a
// clock that goes on by itself. The sixteen seconds that pass on it take less than a millisecond.
//
//     09_test_your_client && echo passed
#include <sse/testing.hpp>

#include <charconv>
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

namespace {

/// What is tested: keeps the latest price. A program has it with
/// `sse::event_source`, the test with a source whose network is scripted.
template <class Source>
class price_reader {
public:
    explicit price_reader(Source& source) : source_(source) {}

    void start() {
        source_.async_receive([this](sse::error_code ec, const sse::event& event) {
            if (ec) {
                end_ = ec;
                return;
            }
            if (event.type == "price")
                std::from_chars(event.data.data(), event.data.data() + event.data.size(), price_);
            start();
        });
    }

    [[nodiscard]] int price() const { return price_; }
    [[nodiscard]] sse::error_code end() const { return end_; }

private:
    Source& source_;
    int price_ = 0;
    sse::error_code end_;
};

/// The policy of the program, here with jitter that is the same in every run.
sse::event_source_options options() {
    using namespace std::chrono_literals;
    sse::event_source_options options;
    options.reconnect = {.base = 1s, .cap = 4s, .growth = 2.0, .jitter = 0.5};
    options.reconnect.random = [] { return 0.5; }; // or sse::testing::seeded_random(7)
    return options;
}

int failures = 0;

void check(bool passed, const char* what) {
    if (passed) return;
    ++failures;
    std::cerr << "failed: " << what << '\n';
}

void resumes_after_a_cut() {
    using namespace sse::testing;
    simulation sim;
    test_net net(sim);
    // The stream is cut in the middle of an event: it does not count, and comes again.
    net.peer()
        .accept()
        .expect_request(lacks("Last-Event-ID"))
        .open_stream()
        .send("event: price\ndata: 10\nid: a1\n\nevent: price\ndata: 1")
        .reset();
    net.peer()
        .accept()
        .expect_request(contains("Last-Event-ID: a1\r\n"))
        .open_stream()
        .send("event: price\ndata: 12\nid: a2\n\n")
        .close();
    net.peer().accept().expect_request("Last-Event-ID: a2\r\n").reply("HTTP/1.1 204 Done\r\n\r\n");

    test_event_source source(sim.get_executor(), "http://prices.test/live", options(), net);
    price_reader reader(source);
    reader.start();
    sim.run();

    check(reader.price() == 12, "the price is the last one");
    check(reader.end() == sse::errc::no_content, "204 ends the source");
    check(net.peer().unplayed().empty(), "everything in the script happened");
}

void backs_off() {
    using namespace sse::testing;
    using namespace std::chrono_literals;
    simulation sim;
    test_net net(sim);
    for (int i = 0; i < 4; ++i)
        net.peer().refuse();
    net.peer().accept().expect_request().open_stream().send("event: price\ndata: 7\n\n").stall();

    test_event_source source(sim.get_executor(), "http://prices.test/live", options(), net);
    price_reader reader(source);
    reader.start();
    sim.run();

    // 1, 2, 4 s, then the cap; half of the most that jitter adds, a quarter, comes on top.
    const std::vector<std::chrono::milliseconds> delays{1250ms, 2500ms, 5000ms, 5000ms};
    check(net.peer().intervals() == delays, "the delays grow up to the cap");
    check(reader.price() == 7, "the price came in the end");
    check(source.ready_state() == sse::ready_state::open, "the stream is open");
}

} // namespace

int main() {
    resumes_after_a_cut();
    backs_off();
    return failures == 0 ? 0 : 1;
}
