// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// The client over real sockets.
#include "integration/raw_server.hpp"
#include "support/catch.hpp"

#include <sse/client.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace integration_client_loopback_test {

using namespace sse::testing;
using namespace std::chrono_literals;
using sse::errc;
using sse::error_code;
using sse::event_source;
using sse::event_source_options;
using texts = std::vector<std::string>;

namespace {

event_source_options quick() {
    event_source_options options;
    options.reconnect.base = 5ms;
    options.reconnect.damping = 5ms;
    options.reconnect.cap = 20ms;
    return options;
}

/// Receives until `n` events came or one receive fails.
void receive(event_source& source, std::size_t n, texts& log) {
    if (n == 0) return;
    source.async_receive([&source, n, &log](error_code ec, const sse::event& e) {
        log.push_back(ec ? "! " + ec.message() : e.id + e.data);
        if (!ec) receive(source, n - 1, log);
    });
}

} // namespace

TEST_CASE("client: resumes a connection cut in the middle of an event, without loss or doubles",
          "[integration][client]") {
    for (const bool reset : {false, true}) {
        raw_server server({
            [&](auto& s, const std::string&) {
                raw_server::send(s, raw_head);
                raw_server::send(s, "id: 1\ndata: a\n\nid: 2\nda");
                // A reset may overtake what was sent before it.
                if (reset) std::this_thread::sleep_for(100ms);
                if (reset) raw_server::reset(s);
            },
            [](auto& s, const std::string& request) {
                CHECK(request.find("Last-Event-ID: 1\r\n") != std::string::npos);
                raw_server::send(s, raw_head);
                raw_server::send(s, "id: 2\ndata: b\n\nid: 3\ndata: c\n\n");
            },
        });
        sse::asio::io_context context;
        event_source source(context, server.url(), quick());
        texts log;
        receive(source, 3, log);
        context.run();
        CHECK(log == texts{"1a", "2b", "3c"});
        server.join();
    }
}

TEST_CASE("client: finds a server by name and address", "[integration][client]") {
    for (const char* host : {"127.0.0.1", "localhost"}) {
        raw_server server({[](auto& s, const std::string&) {
            raw_server::send(s, raw_head);
            raw_server::send(s, "data: a\n\n");
        }});
        sse::asio::io_context context;
        event_source source(context, server.url(host), quick());
        texts log;
        receive(source, 1, log);
        context.run();
        CHECK(log == texts{"a"});
        source.close();
        context.restart();
        context.run();
        CHECK(server.join().at(0).find(std::string("\r\nHost: ") + host + ":") !=
              std::string::npos);
    }
}

TEST_CASE("client: a long chunked stream in pieces of any size arrives whole",
          "[integration][client]") {
    constexpr std::size_t events = 20'000;
    raw_server server({[](auto& s, const std::string&) {
        std::string wire = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n";
        std::mt19937 random(7);
        std::string body;
        for (std::size_t i = 0; i < events; ++i)
            body +=
                "id: " + std::to_string(i) + "\ndata: " + std::string(random() % 300, 'x') + "\n\n";
        for (std::string_view rest = body; !rest.empty();) {
            const std::string_view piece = rest.substr(0, 1 + random() % 5000);
            char size[20];
            std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
            wire.append(size).append(piece).append("\r\n");
            rest.remove_prefix(piece.size());
        }
        wire += "0\r\n\r\n";
        for (std::string_view rest = wire; !rest.empty();) {
            const std::string_view piece = rest.substr(0, 1 + random() % 100'000);
            if (!raw_server::send(s, piece)) return;
            rest.remove_prefix(piece.size());
        }
    }});
    sse::asio::io_context context;
    auto options = quick();
    options.finish = true;
    event_source source(context, server.url(), options);
    std::size_t seen = 0;
    error_code end;
    const std::function<void()> receive_all = [&] {
        source.async_receive_batch([&](error_code ec, sse::event_batch batch) {
            for (const sse::event_view e : batch)
                seen += e.id == std::to_string(seen) ? 1 : 0;
            end = ec;
            if (!ec) receive_all();
        });
    };
    receive_all();
    context.run();
    CHECK(seen == events);
    CHECK(end == errc::end_of_stream);
}

TEST_CASE("client: who does not receive slows the peer down", "[integration][client]") {
    std::atomic<std::size_t> sent = 0;
    raw_server server({[&](auto& s, const std::string&) {
        s.non_blocking(true);
        const std::string block =
            std::string(raw_head) + "data: a\n\n" + "data: " + std::string(64 * 1024, 'x') + "\n\n";
        std::string_view rest = block;
        const auto until = std::chrono::steady_clock::now() + 500ms;
        while (std::chrono::steady_clock::now() < until && sent < 64U << 20) {
            error_code ec;
            const std::size_t n = s.write_some(sse::asio::buffer(rest.data(), rest.size()), ec);
            sent += n;
            rest.remove_prefix(n);
            if (rest.empty()) rest = std::string_view(block).substr(raw_head.size());
            if (ec) std::this_thread::sleep_for(5ms);
        }
    }});
    sse::asio::io_context context;
    event_source source(context, server.url(), quick());
    texts log;
    receive(source, 1, log);
    context.run();
    CHECK(log == texts{"a"});
    server.join();
    CHECK(sent < 32U << 20); // what the kernel buffers for both sides
}

TEST_CASE("client: close ends a receive at once from everywhere", "[integration][client]") {
    enum class where { lookup, connect, head, body, backoff };
    for (const where point :
         {where::lookup, where::connect, where::head, where::body, where::backoff}) {
        INFO(static_cast<int>(point));
        std::optional<raw_server> server;
        std::string url;
        switch (point) {
        case where::lookup: url = "http://no-such-host.invalid/"; break;
        case where::connect: url = "http://192.0.2.1/"; break; // TEST-NET-1: nobody answers
        case where::head:
        case where::body:
            server.emplace(std::vector<raw_server::script>{[point](auto& s, const std::string&) {
                if (point == where::body) raw_server::send(s, raw_head);
                raw_server::wait_for_end(s);
            }});
            url = server->url();
            break;
        case where::backoff: url = "http://127.0.0.1:1/"; break;
        }
        sse::asio::io_context context;
        event_source_options options; // none of its times ends anything within the limit below
        options.reconnect.base = 60s;
        options.timeouts = {.connect = 60s, .address = 60s, .head = 60s};
        event_source source(context, url, options);
        texts log;
        receive(source, 1, log);
        context.run_for(point == where::lookup ? 0ms : 100ms);
        const auto start = std::chrono::steady_clock::now();
        source.close();
        context.restart();
        while (log.empty() && std::chrono::steady_clock::now() - start < 30s)
            context.run_one_for(10ms);
        CHECK(std::chrono::steady_clock::now() - start < 10s);
        CHECK(log == texts{std::string("! ") + sse::message(errc::closed)});
    }
}

TEST_CASE("client: sources on strands of several threads are cancelled, closed and destroyed",
          "[integration][client]") {
    constexpr int sources = 24;
    std::vector<raw_server::script> scripts;
    for (int i = 0; i < sources * 2; ++i)
        scripts.emplace_back([i](auto& s, const std::string&) {
            raw_server::send(s, raw_head);
            for (int k = 0; k < 20; ++k)
                if (!raw_server::send(s, ":c\nid: 1\ndata: a\n\n")) break;
            if (i % 3 == 0) raw_server::reset(s);
        });
    raw_server server(std::move(scripts));
    sse::asio::io_context context;
    std::atomic<int> ended = 0;

    struct reader : std::enable_shared_from_this<reader> {
        reader(const sse::asio::any_io_executor& e, const std::string& url, int n,
               std::atomic<int>& counter)
            : executor(e), source(std::in_place, e, url, options(*this)), timer(e), number(n),
              ended(counter) {}

        static event_source_options options(reader& self) {
            auto o = quick();
            o.timeouts.idle = 20ms;
            o.hooks.on_comment = [&self](std::string_view) { ++self.comments; };
            return o;
        }
        void start() {
            receive();
            timer.expires_after(std::chrono::milliseconds(1 + number % 7));
            timer.async_wait([self = this->shared_from_this()](error_code) { self->end(); });
        }
        void receive() {
            source->async_receive(sse::asio::bind_cancellation_slot(
                signal.slot(), [self = this->shared_from_this()](error_code ec, const sse::event&) {
                    // Its success may have been under way when the source went.
                    if (self->source && (!ec || ec == sse::asio::error::operation_aborted))
                        return self->again(ec);
                    ++self->ended;
                }));
        }
        void again(error_code ec) {
            if (ec || ending) source->close();
            receive();
        }
        void end() {
            ending = true;
            switch (number % 3) {
            case 0: signal.emit(sse::asio::cancellation_type::total); break;
            case 1: source->close(); break;
            default: source.reset(); break;
            }
        }

        sse::asio::any_io_executor executor;
        std::size_t comments = 0;
        sse::asio::cancellation_signal signal;
        std::optional<event_source> source;
        sse::net::timer timer;
        int number;
        bool ending = false;
        std::atomic<int>& ended;
    };

    for (int i = 0; i < sources; ++i) {
        const auto strand = sse::asio::make_strand(context);
        auto r = std::make_shared<reader>(strand, server.url(), i, ended);
        sse::asio::post(strand, [r] { r->start(); });
    }
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] { context.run_for(60s); });
    for (auto& t : threads)
        t.join();
    CHECK(context.stopped());
    CHECK(ended == sources);
}

TEST_CASE("client: the context may stop and go with receives under way", "[integration][client]") {
    for (const bool source_first : {true, false}) {
        raw_server server({[](auto& s, const std::string&) {
            raw_server::send(s, raw_head);
            raw_server::wait_for_end(s);
        }});
        auto context = std::make_unique<sse::asio::io_context>();
        auto source = std::make_shared<event_source>(*context, server.url(), quick());
        source->async_receive([&](error_code, const sse::event&) { FAIL("called"); });
        context->run_for(50ms);
        context->stop();
        if (!source_first) sse::asio::post(*context, [source] {});
        source.reset();
        context.reset();
    }
}

} // namespace integration_client_loopback_test
