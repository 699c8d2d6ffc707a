// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// The server for the load scripts, on top of the public interface alone.
//   sse_bench_server [--port P] [--threads N]
//   GET /events        stream of the topic "bench"
//   GET /hello         stream that gets one event at once and then stays
//   GET /burst?N,SIZE  N events with SIZE bytes of data, as fast as they go
//   POST /pub          publish the body on "bench"
#include "examples/stop_signals.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>
#include <sse/version.hpp>

#include <sys/resource.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

struct program_options {
    std::uint16_t port = 9000;
    unsigned threads = 1;
};

/// Fills a stream with numbered events, one call for each, and waits whenever its buffer is full.
class burst : public std::enable_shared_from_this<burst> {
public:
    burst(sse::event_stream stream, std::uint64_t events, std::size_t size)
        : stream_(std::move(stream)), left_(events), data_(size, 'x') {}

    void run() {
        while (left_ != 0) {
            const auto end = std::to_chars(data_.data(), data_.data() + data_.size(), left_).ptr;
            if (end != data_.data() + data_.size()) *end = ' ';
            const sse::errc e = stream_.try_send({.data = data_});
            if (e == sse::errc::buffer_full) return wait();
            if (e != sse::errc::success) return;
            --left_;
        }
        stream_.close();
    }

private:
    void wait() {
        stream_.async_wait_sent([self = shared_from_this()](sse::error_code ec) {
            if (!ec) self->run();
        });
    }

    sse::event_stream stream_;
    std::uint64_t left_;
    std::string data_;
};

/// One I/O thread: a context with a server of its own on the common port.
struct worker {
    worker(sse::hub& h, const program_options& o)
        : hub(h), server(context.get_executor(),
                         // the load comes from and goes to many loopback addresses
                         {.address = "0.0.0.0", .port = o.port, .reuse_port = o.threads > 1}) {
        server.get("/events", [this](const sse::request& rq, sse::reply re) {
            sse::subscribe_options options{.topics = {"bench"}};
            if (read_position(rq, options) != sse::errc::success) {
                return re.send({.status = 400});
            }
            hub.subscribe(std::move(re), options);
        });
        server.get("/hello", [this](const sse::request&, sse::reply re) {
            hub.subscribe(std::move(re), {.topics = {"hello"}, .replay = 1});
        });
        server.get("/burst", [](const sse::request& rq, sse::reply re) { start_burst(rq, re); });
        server.post("/pub", [this](const sse::request& rq, sse::reply re) {
            const bool published = static_cast<bool>(hub.publish("bench", {.data = rq.body}));
            re.send({.status = published ? 204 : 503});
        });
    }

    static void start_burst(const sse::request& rq, sse::reply& re) {
        const std::string_view target = rq.head.target;
        const std::size_t question = target.find('?');
        const std::size_t comma = target.find(',');
        std::uint64_t events = 0;
        std::size_t size = 0;
        if (question != std::string_view::npos && comma != std::string_view::npos) {
            std::from_chars(target.data() + question + 1, target.data() + comma, events);
            std::from_chars(target.data() + comma + 1, target.data() + target.size(), size);
        }
        if (events == 0 || size > 1'000'000) return re.send({.status = 400});
        std::make_shared<burst>(re.stream(), events, size)->run();
    }

    sse::hub& hub;
    sse::asio::io_context context{1};
    sse::server server;
};

bool read_options(int argc, char** argv, program_options& out) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const std::string_view text = argv[i + 1];
        unsigned value = 0;
        const auto r = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool number = r.ec == std::errc() && r.ptr == text.data() + text.size();
        if (number && name == "--port" && value <= 65535) {
            out.port = static_cast<std::uint16_t>(value);
        } else if (number && name == "--threads" && value >= 1 && value <= 256) {
            out.threads = value;
        } else {
            return false;
        }
    }
    return argc % 2 == 1;
}

int run(const program_options& options) {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    // The load generator falls behind a burst now and then: that is not what is measured.
    sse::hub hub({.history = {.live_bytes = std::size_t{16} << 20}});
    hub.publish("hello", {.data = "hello"});
    std::vector<std::unique_ptr<worker>> workers;
    for (unsigned i = 0; i < options.threads; ++i) {
        workers.push_back(std::make_unique<worker>(hub, options));
        if (const sse::error_code ec = workers.back()->server.listen()) {
            std::cerr << "sse_bench_server: port " << options.port << ": " << ec.message() << "\n";
            return 1;
        }
    }
    stop_signals signals(workers[0]->context, [&] {
        for (auto& w : workers) {
            sse::asio::post(w->context, [&w] { w->server.close(); });
        }
    });
    std::cout << "listening on http://127.0.0.1:" << options.port << std::endl;
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < workers.size(); ++i) {
        threads.emplace_back([&w = *workers[i]] { w.context.run(); });
    }
    workers[0]->context.run();
    for (std::thread& t : threads)
        t.join();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view first = argc == 2 ? argv[1] : "";
    if (first == "--help" || first == "--version") {
        std::cout << "sse_bench_server " << sse::library_version
                  << "\nsse_bench_server [--port P] [--threads N]\n";
        return 0;
    }
    program_options options;
    if (!read_options(argc, argv, options)) {
        std::cerr << "sse_bench_server: usage: sse_bench_server [--port P] [--threads N]\n";
        return 2;
    }
    return run(options);
}
