// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "source_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client/event_source.hpp>
#include <sse/testing/fail_loop.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace client_event_source_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using sse::errc;
using sse::ready_state;
using texts = std::vector<std::string>;

namespace {

const std::string aborted = "! " + sse::error_code(sse::asio::error::operation_aborted).message();

/// Has a peer send `pieces`, each 4 s after the last one, and then nothing, to a source with an
/// idle timeout of 5 s. Returns what the source receives, up to the event of its next connection.
texts received_across_silence(const texts& pieces, std::size_t events) {
    source_fixture f;
    f.options.timeouts.idle = 5s;
    auto& connection = f.peer().accept().expect_request().reply(stream_head);
    for (const std::string& piece : pieces)
        connection.send(piece, after(4s));
    connection.stall();
    f.peer().accept().expect_request().reply(stream_head).send("data: end\n\n");
    auto source = f.make();
    f.receive(source, events);
    f.sim.run();
    CHECK(f.errors == texts{sse::message(errc::idle_timeout)});
    CHECK(f.elapsed() == pieces.size() * 4s + 5s + 1s);
    return f.log;
}

} // namespace

TEST_CASE("event_source: receives events one by one", "[event_source]") {
    source_fixture f;
    f.peer()
        .accept()
        .expect_request(
            contains({"GET /x HTTP/1.1\r\nHost: host\r\n", "Accept: text/event-stream\r\n",
                      "Cache-Control: no-cache\r\n"}) &&
            lacks("Last-Event-ID"))
        .reply(stream_head)
        .send("event: tick\nid: 1\ndata: a\n\ndata: b\n\ndata: c\n\n");
    auto source = f.make();
    CHECK(source.ready_state() == ready_state::connecting);
    sse::event first;
    source.async_receive([&](sse::error_code ec, sse::event e) {
        CHECK_FALSE(ec);
        first = std::move(e);
        CHECK(source.last_event_id() == "1");
    });
    f.sim.run();
    CHECK(first == sse::event{"tick", "a", "1"});
    CHECK(source.ready_state() == ready_state::open);
    f.receive(source, 2);
    f.sim.run();
    CHECK(f.log == texts{"b", "c"});
    CHECK(f.peer().unplayed() == "");
}

TEST_CASE("event_source: does nothing while no receive is under way", "[event_source]") {
    source_fixture f;
    std::optional<test_stream> near;
    f.peer().on_connection([&](test_stream& s) { near = s; });
    f.peer()
        .accept()
        .expect_request()
        .reply(stream_head)
        .send("data: a\n\n")
        .send("data: b\n\n", after(1s))
        .close();
    auto source = f.make();
    f.sim.run();
    CHECK(f.peer().attempts().empty());
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{"a"});
    CHECK_FALSE(near->reading());
    CHECK(near->waiting() == "data: b\n\n"); // back-pressure reaches the socket
    CHECK(f.errors.empty());
    CHECK(source.ready_state() == ready_state::open);
}

TEST_CASE("event_source: reconnects at the right times with the last event id", "[event_source]") {
    source_fixture f;
    f.peer()
        .accept(after(10ms))
        .expect_request(lacks("Last-Event-ID"))
        .reply(stream_head)
        .send("retry: 300\nid: 7\ndata: a\n\nid: 8\ndata: cut", after(90ms))
        .close();
    f.peer().refuse();
    f.peer().refuse();
    f.peer()
        .accept()
        .expect_request("Last-Event-ID: 7\r\n")
        .reply(stream_head)
        .send("id\ndata: b\n\n")
        .close(after(10s));
    f.peer()
        .accept()
        .expect_request(lacks("Last-Event-ID"))
        .reply("HTTP/1.1 204 No Content\r\n\r\n");
    auto source = f.make();
    f.receive(source, 3);
    f.sim.run();
    CHECK(f.log == texts{"a", "b", failure(errc::no_content)});
    CHECK(f.delays == std::vector<std::chrono::milliseconds>{300ms, 500ms, 1000ms, 300ms, -1ms});
    std::vector<std::chrono::nanoseconds> times;
    for (const auto& a : f.peer().attempts())
        times.push_back(a.at - f.peer().attempts()[0].at);
    CHECK(times == std::vector<std::chrono::nanoseconds>{0ms, 400ms, 900ms, 1900ms, 12200ms});
    CHECK(source.reconnection_time() == 300ms);
    CHECK(source.ready_state() == ready_state::closed);
    CHECK(f.peer().unplayed() == "");
}

TEST_CASE("event_source: a new reconnection time is in force as soon as it is told of",
          "[event_source]") {
    source_fixture f;
    f.peer().accept().open_stream().send("retry: 700\ndata: a\n\n").stall();
    source_fixture::source_type* receiver = nullptr;
    std::vector<std::chrono::milliseconds> told;
    f.options.hooks.on_retry = [&](std::chrono::milliseconds) {
        told.push_back(receiver->reconnection_time());
    };
    auto source = f.make();
    receiver = &source;
    CHECK(source.reconnection_time() != 700ms);
    f.receive(source, 1);
    f.sim.settle();
    CHECK(told == std::vector<std::chrono::milliseconds>{700ms});
    source.close();
    f.sim.run();
    CHECK(source.reconnection_time() == 700ms);
}

TEST_CASE("event_source: a stream cut at any byte loses nothing and doubles nothing",
          "[event_source]") {
    const std::string head = chunked_head;
    const std::vector<std::string> blocks{"id: 1\ndata: a\n\n", "id: 2\r\ndata: b\r\n\r\n",
                                          ":c\nid: 3\ndata: c\n\n"};
    std::string response = head;
    std::vector<std::size_t> ends; // an event is there when these bytes are
    for (const auto& block : blocks) {
        response += (block.size() == 16 ? "10" : block.size() == 15 ? "f" : "12");
        response += "\r\n" + block;
        ends.push_back(response.size() - (block.ends_with("\r\n\r\n") ? 1 : 0));
        response += "\r\n";
    }
    REQUIRE(blocks[0].size() == 15);
    REQUIRE(blocks[1].size() == 18);
    REQUIRE(blocks[2].size() == 18);
    for (const bool reset : {false, true}) {
        for (std::size_t cut = 0; cut <= response.size(); ++cut) {
            INFO("cut at " << cut);
            std::size_t seen = 0;
            while (seen < ends.size() && ends[seen] <= cut)
                ++seen;
            source_fixture f;
            auto& first =
                f.peer().accept().expect_request().send(std::string_view(response).substr(0, cut));
            reset ? first.reset() : first.close();
            auto& second = f.peer().accept();
            if (seen == 0)
                second.expect_request(lacks("Last-Event-ID"));
            else
                second.expect_request("Last-Event-ID: " + std::to_string(seen) + "\r\n");
            second.reply(stream_head);
            for (std::size_t i = seen; i < blocks.size(); ++i)
                second.send(blocks[i]);
            auto source = f.make();
            f.receive(source, 4);
            f.sim.run();
            CHECK(f.log == texts{"a", "b", "c"});
            CHECK(f.errors.size() == 1);
            source.close();
            f.sim.run();
        }
    }
}

TEST_CASE("event_source: bytes one at a time make the same events", "[event_source]") {
    source_fixture f;
    f.peer().on_connection([](test_stream& s) { s.read_size(1).write_size(1); });
    f.peer()
        .accept()
        .expect_request("Host: host\r\n")
        .reply(chunked_head)
        .send("9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\n0\r\n\r\n");
    f.options.finish = true;
    auto source = f.make();
    f.receive(source, 9);
    f.sim.run();
    CHECK(f.log == texts{"a", "b", failure(errc::end_of_stream)});
}

TEST_CASE("event_source: survives every failing operation", "[event_source]") {
    const std::size_t runs = fail_loop([](const fail_count& count) {
        source_fixture f;
        f.peer().fail(count);
        // Peers that do not wait for the request, so that a failure does not put the script out
        // of step.
        for (int i = 0; i < 3; ++i) {
            f.peer().accept().reply("HTTP/1.1 302 Found\r\nLocation: /y\r\n\r\n", after(1ms));
            f.peer()
                .accept()
                .reply(stream_head, after(1ms))
                .send("id: 1\ndata: a\n\n", after(1ms))
                .send("data: a\n\n", after(1ms))
                .close();
        }
        auto source = f.make();
        f.receive(source, 2);
        REQUIRE(f.sim.run_until([&] { return f.log.size() == 2; }, 1h));
        CHECK(f.log == texts{"a", "a"});
        // A failed read of the last event is not seen here: the stream had ended for good or bad.
        CHECK(f.errors.size() <= 1);
        source.close();
        f.sim.settle();
    });
    // Connect, write and read for the redirect; connect, write and three reads for the stream.
    CHECK(runs == 8);
}

TEST_CASE("event_source: one receive at a time", "[event_source]") {
    source_fixture f;
    f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n", after(1s));
    auto source = f.make();
    f.receive(source, 1);
    f.receive(source, 1);
    f.sim.settle();
    CHECK(f.log == texts{failure(errc::operation_in_progress)});
    f.sim.run();
    CHECK(f.log == texts{failure(errc::operation_in_progress), "a"});
}

TEST_CASE("event_source: a handler that its user keeps is copied", "[event_source]") {
    source_fixture f;
    f.peer().accept().expect_request().open_stream().send("data: a\n\ndata: b\n\n").stall();
    auto source = f.make();
    const auto log = std::make_shared<std::vector<std::string>>();
    const auto constant = [log](sse::error_code, const sse::event& e) { log->push_back(e.data); };
    auto kept = constant;
    source.async_receive(constant);
    f.sim.settle();
    source.async_receive(kept);
    CHECK(log.use_count() == 4); // the copy under way, and none moved from
    f.sim.settle();
    CHECK(*log == std::vector<std::string>{"a", "b"});
    CHECK(log.use_count() == 3);
}

TEST_CASE("event_source: what ends it completes every later receive", "[event_source]") {
    source_fixture f;
    f.peer().accept().expect_request().reply("HTTP/1.1 404 Not Found\r\n\r\n");
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{failure(errc::unexpected_status), failure(errc::unexpected_status)});
    CHECK(f.errors.size() == 1);
}

TEST_CASE("event_source: a wrong URL or option completes the first receive", "[event_source]") {
    const auto first_error = [](std::string url, sse::event_source_options options = {}) {
        source_fixture f;
        f.url = std::move(url);
        f.options = std::move(options);
        auto source = f.make();
        f.receive(source, 1);
        f.sim.run();
        CHECK(f.peer().attempts().empty());
        return f.log.at(0);
    };
    CHECK(first_error("") == failure(errc::invalid_url));
    CHECK(first_error("/x") == failure(errc::invalid_url));
    CHECK(first_error("ftp://host/") == failure(errc::invalid_url));
    CHECK(first_error("https://host/") == failure(errc::tls_unavailable));
    CHECK(first_error("http://host/", {.method = "A B"}) == failure(errc::bad_start_line));
    CHECK(first_error("http://host/", {.headers = {{"a", "b\r\nc: d"}}}) ==
          failure(errc::bad_field));
    CHECK(first_error("http://host/", {.last_event_id = std::string(100'000, 'x')}) ==
          failure(errc::id_too_long));
}

TEST_CASE("event_source: the initial last event id goes along", "[event_source]") {
    source_fixture f;
    f.options.last_event_id = "\xe2\x82\xac";
    f.peer()
        .accept()
        .expect_request("Last-Event-ID: \xe2\x82\xac\r\n")
        .reply(stream_head)
        .send("data: a\n\n");
    auto source = f.make();
    CHECK(source.last_event_id() == "\xe2\x82\xac");
    source.async_receive([&](sse::error_code, sse::event e) { CHECK(e.id == "\xe2\x82\xac"); });
    f.sim.run();
    CHECK(f.peer().unplayed() == "");
}

TEST_CASE("event_source: an id that no header can carry makes no reconnect loop",
          "[event_source]") {
    source_fixture f;
    f.peer().accept().expect_request().reply(stream_head).send("id: \x01\ndata: a\n\n").close();
    f.peer().accept().expect_request(lacks("Last-Event-ID")).reply(stream_head).send("data: b\n\n");
    auto source = f.make();
    f.receive(source, 2);
    f.sim.run();
    CHECK(f.log == texts{"a", "b"});
    CHECK(source.last_event_id() == "\x01");
}

TEST_CASE("event_source: method, body and headers are sent again on each attempt",
          "[event_source]") {
    source_fixture f;
    f.options.method = "POST";
    f.options.body = "{}";
    f.options.headers = {{"Content-Type", "application/json"}, {"X", "y"}};
    for (int i = 0; i < 2; ++i)
        f.peer()
            .accept()
            .expect_request(contains({"POST /x HTTP/1.1\r\n", "Content-Type: application/json\r\n",
                                      "X: y\r\n", "Content-Length: 2\r\n", "\r\n\r\n{}"}))
            .reply(chunked_head)
            .send("9\r\ndata: a\n\n\r\n0\r\n\r\n");
    auto source = f.make();
    f.receive(source, 2);
    f.sim.run();
    CHECK(f.log == texts{"a", "a"});
}

TEST_CASE("event_source: follows redirects, without credentials to another origin",
          "[event_source]") {
    source_fixture f;
    f.options.headers = {{"Authorization", "Bearer x"}};
    const auto to = [](std::string_view status, std::string_view location) {
        return "HTTP/1.1 " + std::string(status) +
               "\r\nContent-Length: 1000\r\nLocation: " + std::string(location) +
               "\r\n\r\nnot awaited";
    };
    f.peer().accept().expect_request("Bearer x").reply(to("301 Moved", "/y")).expect_close();
    f.peer().accept().expect_request("Bearer x").reply(to("302 Found", "http://other/z"));
    f.peer()
        .accept()
        .expect_request(contains("GET /z HTTP/1.1\r\nHost: other\r\n") && lacks("Bearer"))
        .reply(stream_head)
        .send("data: a\n\n")
        .close();
    f.peer()
        .accept()
        .expect_request(contains({"GET /y", "Bearer x"}))
        .reply(to("307 Temporary", "http://host:81/"));
    f.peer().accept().expect_request(lacks("Bearer")).reply(to("307 Temporary", "//host/back"));
    f.peer()
        .accept()
        .expect_request(contains("GET /back") && lacks("Bearer"))
        .reply(stream_head)
        .send("data: b\n\n");
    std::vector<std::string> opened;
    f.options.hooks.on_open = [&](const sse::incoming_response& r) {
        opened.push_back(r.url.to_string());
    };
    auto source = f.make();
    f.receive(source, 2);
    f.sim.run();
    CHECK(f.log == texts{"a", "b"});
    CHECK(opened == texts{"http://other/z", "http://host/back"});
    CHECK(source.url().origin() == "http://host");
    CHECK(f.peer().attempts()[2].host == "other");
    CHECK(f.peer().attempts()[4].port == 81);
    CHECK(f.peer().unplayed() == "");
}

TEST_CASE("event_source: interim responses come before the final one", "[event_source]") {
    source_fixture f;
    f.peer()
        .accept()
        .expect_request()
        .reply("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n")
        .reply(stream_head, after(1s))
        .send("data: a\n\n");
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{"a"});
}

TEST_CASE("event_source: a clean end is told from a body cut short in finish mode",
          "[event_source]") {
    const auto end = [](std::string_view response, bool reset = false) {
        source_fixture f;
        f.options.finish = true;
        auto& connection = f.peer().accept().expect_request().reply(response);
        reset ? connection.reset() : connection.close();
        auto source = f.make();
        f.receive(source, 2);
        f.sim.run();
        CHECK(f.log.size() == 2);
        CHECK(f.log.at(0) == "a");
        return f.log.at(1);
    };
    CHECK(end(chunked_head + "9\r\ndata: a\n\n\r\n0\r\n\r\n") == failure(errc::end_of_stream));
    CHECK(end(chunked_head + "9\r\ndata: a\n\n\r\n") == failure(errc::truncated));
    CHECK(end(chunked_head + "9\r\ndata: a\n\n\r\nx") == failure(errc::bad_chunk));
    CHECK(end(stream_head + "data: a\n\n") == failure(errc::end_of_stream));
    CHECK(end(stream_head + "data: a\n\n", true) ==
          "! " + sse::error_code(sse::asio::error::connection_reset).message());
}

TEST_CASE("event_source: the deadline of the head is not extended by dripping", "[event_source]") {
    source_fixture f;
    f.options.timeouts.head = 5s;
    f.peer().accept(after(2s)).expect_request().send_pieces(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", 1, after(1s));
    f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n");
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.errors == texts{sse::message(errc::head_timeout)});
    CHECK(f.peer().attempts()[1].at - f.peer().attempts()[0].at == 2s + 5s + 1s);
    CHECK(f.log == texts{"a"});
}

TEST_CASE("event_source: any byte resets the idle timeout, silence does not", "[event_source]") {
    CHECK(received_across_silence({":", "\n", "data", ": a\n\n"}, 2) == texts{"a", "end"});
}

TEST_CASE("event_source: time that the user takes is no idle time", "[event_source]") {
    source_fixture f;
    f.options.timeouts.idle = 5s;
    f.peer()
        .accept()
        .expect_request()
        .reply(stream_head)
        .send("data: a\n\n")
        .send("data: b\n\n", after(8s));
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run_for(7s);
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{"a", "b"});
    CHECK(f.errors.empty());
}

TEST_CASE("event_source: a receive that follows another one has an idle timeout of its own",
          "[event_source]") {
    CHECK(received_across_silence({"data: a\n\n", "data: b\n\n"}, 3) == texts{"a", "b", "end"});
}

TEST_CASE("event_source: waits for nothing where no receive follows", "[event_source]") {
    source_fixture f;
    f.options.timeouts.idle = 5s;
    f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n").stall();
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{"a"});
    CHECK(f.elapsed() == 0s);
}

TEST_CASE("event_source: connecting has a timeout", "[event_source]") {
    source_fixture f;
    f.options.timeouts.connect = 3s;
    f.peer().time_out();
    f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n");
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.errors == texts{sse::message(errc::connect_timeout)});
    CHECK(f.elapsed() == 4s);
    CHECK(f.log == texts{"a"});
}

TEST_CASE("event_source: close completes the receive, and every later one", "[event_source]") {
    source_fixture f;
    f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n").expect_close();
    auto source = f.make();
    f.receive(source, 9);
    f.sim.run();
    source.close();
    CHECK(f.log == texts{"a"}); // not inside close()
    f.sim.run();
    CHECK(f.log == texts{"a", failure(errc::closed)});
    CHECK(source.ready_state() == ready_state::closed);
    f.receive(source, 1);
    source.restart();
    f.sim.run();
    CHECK(f.log == texts{"a", failure(errc::closed), failure(errc::closed)});
    CHECK(f.errors.empty());
    CHECK(f.peer().unplayed() == "");
}

TEST_CASE("event_source: restart connects at once without an error", "[event_source]") {
    source_fixture f;
    f.peer().accept().expect_request().reply(stream_head).send("id: 1\ndata: a\n\n").expect_close();
    f.peer().accept().expect_request("Last-Event-ID: 1").reply(stream_head).send("data: b\n\n");
    auto source = f.make();
    f.receive(source, 2);
    f.sim.run();
    CHECK(f.log == texts{"a"});
    source.restart();
    f.sim.run();
    CHECK(f.log == texts{"a", "b"});
    CHECK(f.elapsed() == 0s);
    CHECK(f.errors.empty());
    CHECK(f.peer().unplayed() == "");
}

TEST_CASE("event_source: restart ends a delay, and an error that was for good", "[event_source]") {
    source_fixture f;
    f.peer().refuse();
    f.peer().accept().expect_request().reply("HTTP/1.1 500 X\r\n\r\n");
    f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n");
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run_for(200ms);
    source.restart();
    f.sim.run();
    CHECK(f.log == texts{failure(errc::unexpected_status)});
    source.restart();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{failure(errc::unexpected_status), "a"});
    CHECK(f.elapsed() == 200ms);
}

TEST_CASE("event_source: restart while no receive is under way drops the connection",
          "[event_source]") {
    source_fixture f;
    f.peer()
        .accept()
        .expect_request()
        .reply(stream_head)
        .send("data: a\n\ndata: dropped\n\n")
        .expect_close();
    f.peer().accept().expect_request().reply(stream_head).send("data: b\n\n");
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    source.restart();
    f.sim.run();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{"a", "b"});
    CHECK(f.peer().unplayed() == "");
}

TEST_CASE("event_source: a stream over a limit reconnects, or fails where asked to",
          "[event_source]") {
    for (const auto overflow : {sse::overflow_action::reconnect, sse::overflow_action::fail}) {
        source_fixture f;
        f.options.limits.text.event = 5;
        f.options.limits.overflow = overflow;
        f.peer()
            .accept()
            .expect_request()
            .reply(stream_head)
            .send("id: 1\ndata: 12345\n\nid: 2\ndata: 123456\n\n");
        f.peer().accept().expect_request("Last-Event-ID: 1").reply(stream_head).send("data: b\n\n");
        auto source = f.make();
        f.receive(source, 2);
        f.sim.run();
        CHECK(f.errors == texts{sse::message(errc::event_too_large)});
        const bool fails = overflow == sse::overflow_action::fail;
        CHECK(f.log == texts{"12345", fails ? failure(errc::event_too_large) : "b"});
    }
}

TEST_CASE("event_source: a server that accepts and closes at once makes no storm",
          "[event_source]") {
    source_fixture f;
    f.options.reconnect.base = 0ms;
    for (int i = 0; i < 1000; ++i)
        f.peer().accept().close();
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run_for(60s);
    CHECK(f.peer().attempts().size() >= 5);
    CHECK(f.peer().attempts().size() <= 9);
    source.close();
    f.sim.run();
}

TEST_CASE("event_source: gives up after the limit of attempts", "[event_source]") {
    source_fixture f;
    f.options.reconnect.max_attempts = 3;
    f.peer().refuse_the_rest();
    auto source = f.make();
    f.receive(source, 1);
    f.sim.run();
    CHECK(f.log == texts{failure(errc::attempts_exhausted)});
    CHECK(f.peer().attempts().size() == 3);
    CHECK(f.delays == std::vector<std::chrono::milliseconds>{1s, 2s, -1ms});
}

TEST_CASE("event_source: is moved with a receive under way", "[event_source]") {
    source_fixture f;
    f.peer().accept().expect_request().reply(stream_head).send("data: a\n\n");
    f.peer().accept().expect_request().reply(stream_head).expect_close();
    auto source = f.make();
    source.async_receive([&](sse::error_code, sse::event e) { f.log.push_back(e.data); });
    auto moved = std::move(source);
    f.sim.run();
    CHECK(f.log == texts{"a"});
    auto other = f.make();
    f.receive(other, 1);
    f.sim.run();
    other = std::move(moved); // closes what it held
    f.sim.run();
    CHECK(f.log == texts{"a", failure(errc::closed)});
    CHECK(other.ready_state() == ready_state::open);
    CHECK(f.peer().unplayed() == "");
}

} // namespace client_event_source_test
