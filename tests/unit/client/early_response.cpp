// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "source_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client/early_response.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace client_early_response_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using sse::errc;
using sse::detail::early_response;
using texts = std::vector<std::string>;

namespace {

/// Posts a body of which the connection takes no byte until the test says so.
struct fixture : source_fixture {
    std::optional<test_stream> near{};
    std::vector<int> statuses{};

    fixture() {
        options.method = "POST";
        options.body = std::string(1000, 'x');
        options.reconnect.max_attempts = 1;
        options.hooks.on_response = [this](const sse::incoming_response& r) {
            statuses.push_back(r.status);
        };
        peer().on_connection([this](test_stream& s) { near = s.write_size(0); });
    }
};

} // namespace

TEST_CASE("early_response: the first digit of the status decides", "[early_response]") {
    using verdict = early_response::verdict;
    CHECK(early_response::judge("") == verdict::wait);
    CHECK(early_response::judge("HTTP/1.1 ") == verdict::wait);
    CHECK(early_response::judge("HTTP/1.1 1") == verdict::go_on);
    CHECK(early_response::judge("HTTP/1.0 200 OK") == verdict::go_on);
    CHECK(early_response::judge("HTTP/1.1 307") == verdict::refused);
    CHECK(early_response::judge("HTTP/1.1 4") == verdict::refused);
    CHECK(early_response::judge("SSH-2.0-OpenSSH") == verdict::refused);
}

TEST_CASE("early_response: a server that refuses and stops reading is heard at once",
          "[early_response]") {
    fixture f;
    f.peer()
        .accept()
        .send("HTTP/1", after(1s))
        .send(".1 4", after(1s))
        .send("13 X\r\n", after(1s))
        .send("\r\n", after(1s))
        .expect_close();
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{failure(errc::unexpected_status)});
    CHECK(f.statuses == std::vector<int>{413});
    CHECK(f.elapsed() == 4s);
}

TEST_CASE("early_response: an answer is not lost in the error of the write", "[early_response]") {
    for (const bool reset : {false, true}) {
        CAPTURE(reset);
        fixture f;
        f.peer().on_connection([&](test_stream& s) { f.near = s.write_size(100); });
        auto& connection = f.peer().accept().send("HTTP/1.1 401 X\r\n\r\n");
        reset ? connection.reset() : connection.close();
        auto source = f.make();
        f.receive(source, 1);
        f.sim.run();
        CHECK(f.log == texts{failure(errc::unexpected_status)});
        CHECK(f.statuses == std::vector<int>{401});
    }
}

TEST_CASE("early_response: a redirect is followed with the whole body", "[early_response]") {
    fixture f;
    f.peer().accept().send("HTTP/1.1 307 X\r\nLocation: /y\r\n\r\n");
    f.peer()
        .accept()
        .expect_request(contains({"POST /y ", f.options.body}))
        .reply(stream_head)
        .send("data: a\n\n");
    auto source = f.make();
    f.receive(source, 1);
    f.sim.settle();
    f.near->write_size(memory_end::unlimited);
    f.sim.run();
    CHECK(f.log == texts{"a"});
}

TEST_CASE("early_response: a good answer does not cut the body short", "[early_response]") {
    for (const char* interim : {"", "HTTP/1.1 100 Continue\r\n\r\n"}) {
        fixture f;
        f.peer()
            .accept()
            .send(interim + stream_head + "data: a\n\n")
            .expect_request(f.options.body)
            .send("data: b\n\n");
        auto source = f.make();
        f.receive(source, 2);
        f.sim.run_for(5s);
        CHECK(f.log.empty());
        f.near->write_size(memory_end::unlimited);
        f.sim.run();
        CHECK(f.log == texts{"a", "b"});
        CHECK(f.peer().unplayed() == "");
        CHECK(source.counters().bytes == std::string(interim).size() + stream_head.size() + 2 * 9);
    }
}

TEST_CASE("early_response: a connection that breaks without an answer is an error of the network",
          "[early_response]") {
    for (const bool reset : {false, true}) {
        fixture f;
        f.options.reconnect.max_attempts = 0;
        auto& connection = f.peer().accept();
        reset ? connection.reset(after(1s)) : connection.close(after(1s));
        f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n");
        auto source = f.make();
        f.receive(source, 1);
        f.sim.run_for(1s);
        REQUIRE(f.errors.size() == 1);
        CHECK(f.statuses.empty());
        f.peer().on_connection(nullptr);
        f.sim.run();
        CHECK(f.log == texts{"a"});
    }
}

TEST_CASE("early_response: a receive may be cancelled meanwhile, and begins anew",
          "[early_response]") {
    fixture f;
    f.peer().accept().send(stream_head).expect_close();
    f.peer().accept().expect_request(f.options.body).reply(stream_head).send("data: a\n\n");
    auto source = f.make();
    sse::asio::cancellation_signal signal;
    std::optional<sse::error_code> first;
    source.async_receive(sse::asio::bind_cancellation_slot(
        signal.slot(), [&](sse::error_code ec, const sse::event&) { first = ec; }));
    f.sim.run_for(1s);
    signal.emit(sse::asio::cancellation_type::total);
    f.sim.settle();
    CHECK(first == sse::asio::error::operation_aborted);
    f.peer().on_connection(nullptr);
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{"a"});
    CHECK(f.peer().unplayed() == "");
}

} // namespace client_early_response_test
