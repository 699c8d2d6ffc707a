// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "endless_net.hpp"
#include "support/allocation_count.hpp"
#include "support/catch.hpp"

#include <sse/client.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hostile_client_memory_test {

using namespace sse::testing;
using sse::errc;

namespace {

constexpr std::size_t kibi = 1024;
constexpr std::uint64_t mebi = 1024 * 1024;
const std::string stream_head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
const std::string ok = stream_head + "\r\n";

/// What came of one connection that sends `first` and then `again` over and over.
struct outcome {
    sse::error_code error;     ///< what ended it
    std::size_t allocated = 0; ///< bytes in all, freed ones included
    std::uint64_t read = 0;    ///< bytes in all
    std::size_t events = 0;
};

outcome drain(std::string_view first, std::string_view again, std::uint64_t size,
              void (*change)(sse::event_source_options&) = nullptr) {
    sse::asio::io_context context;
    endless_net net({std::string(first), std::string(again), size});
    sse::event_source_options options;
    options.finish = true;
    options.reconnect.max_attempts = 1;
    options.limits.text = {.line = 256 * kibi, .event = 256 * kibi};
    outcome result;
    options.hooks.on_error = [&](sse::disconnection& d) { result.error = d.error; };
    if (change != nullptr) change(options);
    sse::basic_event_source<sse::asio::any_io_executor, endless_net> source(
        context.get_executor(), "http://a/x", options, net);
    bool ended = false;
    const auto receive = [&] {
        source.async_receive_batch([&](sse::error_code ec, sse::event_batch batch) {
            for ([[maybe_unused]] const auto& e : batch)
                ++result.events;
            ended = static_cast<bool>(ec);
        });
    };
    const allocation_count count;
    while (!ended) {
        receive();
        context.restart();
        context.run();
    }
    result.allocated = count.bytes();
    result.read = net.read();
    return result;
}

} // namespace

TEST_CASE("hostile server: what is skipped costs no memory", "[hostile_client]") {
    const std::string kilobyte(kibi, 'x');
    for (const std::string_view first : {": ", "x: ", "", "dat"}) {
        const outcome o = drain(ok + std::string(first), kilobyte, 16 * mebi);
        CHECK(o.error == errc::end_of_stream);
        CHECK(o.read >= 16 * mebi);
        CHECK(o.allocated < mebi);
    }
    for (const std::string_view line :
         {":\n", "x\n", "\n", "\r", "\r\n", "id: 7\n", "retry: 5\n", "event: x\n\n", "id: \n\n"}) {
        INFO(line);
        const outcome o = drain(ok, line, 2 * mebi);
        CHECK(o.error == errc::end_of_stream);
        CHECK(o.allocated < mebi);
    }
}

TEST_CASE("hostile server: what has a limit costs no more memory than that", "[hostile_client]") {
    const std::string kilobyte(kibi, 'x');
    const outcome line = drain(ok + "data: ", kilobyte, 64 * mebi);
    CHECK(line.error == errc::line_too_long);
    CHECK(line.read < mebi);
    CHECK(line.allocated < 2 * mebi);
    for (const std::string_view lines : {"data\n", "data:\r\n", "data: x\r"}) {
        const outcome event = drain(ok, lines, 64 * mebi);
        CHECK(event.error == errc::event_too_large);
        CHECK(event.read < 4 * mebi);
        CHECK(event.allocated < 2 * mebi);
    }
    const outcome comment = drain(ok + ": ", kilobyte, 64 * mebi, [](auto& o) {
        o.hooks.on_comment = [](std::string_view) {}; // now somebody wants it whole
    });
    CHECK(comment.error == errc::line_too_long);
    CHECK(comment.allocated < 2 * mebi);
    CHECK(drain(ok + "id: ", kilobyte, 64 * mebi).error == errc::id_too_long);
    CHECK(drain(ok + "event: ", kilobyte, 64 * mebi).error == errc::type_too_long);
}

TEST_CASE("hostile server: heads and framing without end cost little", "[hostile_client]") {
    const std::string kilobyte(kibi, 'x');
    const std::string chunks = stream_head + "Transfer-Encoding: chunked\r\n\r\n";
    struct attack {
        std::string first;
        std::string again;
        errc error;
    };
    for (const attack& a : {attack{"HTTP/1.1 200 ", kilobyte, errc::start_line_too_long},
                            attack{stream_head + "X: ", kilobyte, errc::head_too_large},
                            attack{stream_head, "X: y\r\n", errc::too_many_fields},
                            attack{"", "HTTP/1.1 100 Continue\r\n\r\n", errc::head_too_large},
                            attack{chunks + "5;", kilobyte, errc::head_too_large},
                            attack{chunks + "0\r\nX: ", kilobyte, errc::head_too_large},
                            attack{chunks + "0\r\n", "X: y\r\n", errc::too_many_fields},
                            attack{chunks, "0", errc::bad_chunk}}) {
        INFO(a.first << a.again.substr(0, 20));
        const outcome o = drain(a.first, a.again, 64 * mebi);
        CHECK(o.error == a.error);
        CHECK(o.read < mebi);
        CHECK(o.allocated < 512 * kibi);
    }
    const outcome tiny = drain(chunks, "1\r\n:\r\n1\r\n\n\r\n", 4 * mebi);
    CHECK(tiny.error == errc::truncated);
    CHECK(tiny.allocated < mebi);
}

TEST_CASE("hostile server: events without end cost the same memory as one", "[hostile_client]") {
    const outcome o = drain(ok, "id: 7\nevent: x\ndata: y\ndata: z\n\n", 8 * mebi);
    CHECK(o.error == errc::end_of_stream);
    CHECK(o.events >= 8 * mebi / 33);
    CHECK(o.allocated < mebi);
}

} // namespace hostile_client_memory_test
