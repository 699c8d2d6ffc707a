// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// The client beside a plain drain of the same bytes: a loop of recv into a buffer as large as the
// client's, whose bytes nobody looks at. A process of its own sends; CPU is that of the reading
// thread, in the kernel as well. Each row is the median of several rounds in which the drain and
// all forms of receiving take turns. Read the ratios.
#include "measure.hpp"
#include "stream_sender.hpp"
#include "support/allocation_count.hpp"

#include <sse/client.hpp>

#include <arpa/inet.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using sse::bench::framing;
using sse::bench::stream_sender;

/// Where the drain reads to: as large, and as well aligned, as the client's on a busy stream.
constexpr std::size_t read_size = sse::detail::read_buffer::largest;
struct alignas(static_cast<std::size_t>(sse::detail::read_buffer::alignment)) cache_line {
    char bytes[static_cast<std::size_t>(sse::detail::read_buffer::alignment)];
};

/// What one reading of a stream cost.
struct cost {
    double cpu;         ///< seconds
    double wall;        ///< seconds
    double allocations; ///< an event, without those of the first
    std::size_t events;
};

template <class Read>
cost measure(Read&& read) {
    cost result{};
    const auto start = std::chrono::steady_clock::now();
    const double cpu = sse::bench::cpu_of([&] { result = read(); });
    result.cpu = cpu;
    result.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

cost drain(std::uint16_t port, const std::string& path) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const std::string request = "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
    std::vector<cache_line> buffer(read_size / sizeof(cache_line));
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::send(socket, request.data(), request.size(), 0) < 0)
        std::exit(1);
    while (::recv(socket, buffer.data(), read_size, 0) > 0) {
    }
    ::close(socket);
    return {};
}

/// Looks at the first and the last byte of each event.
struct event_sink {
    std::size_t events = 0;
    std::size_t sum = 0;
    std::size_t first_allocations = 0;
    std::size_t last_allocations = 0;
    sse::testing::allocation_count count{};

    void operator()(std::string_view data) {
        sum += static_cast<unsigned char>(data.front()) + static_cast<unsigned char>(data.back());
        if (++events == 1000) first_allocations = count.allocations();
    }

    [[nodiscard]] cost result() const {
        sse::bench::keep(sum);
        return {0, 0,
                static_cast<double>(last_allocations - first_allocations) /
                    static_cast<double>(events),
                events};
    }
};

/// Receives until the end of the stream.
struct reader {
    sse::asio::io_context context{1};
    sse::event_source source;
    sse::event event{};
    event_sink sink{};

    reader(std::uint16_t port, const std::string& path)
        : source(context, "http://127.0.0.1:" + std::to_string(port) + path, options()) {}

    static sse::event_source_options options() {
        sse::event_source_options options;
        options.finish = true;
        return options;
    }

    bool ended(sse::error_code ec) {
        if (!ec) sink.last_allocations = sink.count.allocations();
        if (ec && ec != sse::errc::end_of_stream) {
            std::fprintf(stderr, "%s\n", ec.message().c_str());
            std::exit(1);
        }
        return static_cast<bool>(ec);
    }

    void receive_batch() {
        source.async_receive_batch([this](sse::error_code ec, sse::event_batch batch) {
            for (const sse::event_view e : batch)
                sink(e.data);
            if (!ended(ec)) receive_batch();
        });
    }

    void receive_owned() {
        source.async_receive(event, [this](sse::error_code ec) {
            if (ended(ec)) return;
            do {
                sink(event.data);
            } while (source.try_receive(event));
            receive_owned();
        });
    }

    void receive_each() {
        source.async_receive([this](sse::error_code ec, const sse::event& each) {
            if (!ec) sink(each.data);
            if (!ended(ec)) receive_each();
        });
    }
};

/// A way to receive: with one operation for all events of a read, borrowed or owned, or with one
/// for each event.
struct form {
    const char* name;
    void (reader::*receive)();
};
constexpr std::array forms{form{"batch", &reader::receive_batch},
                           form{"owning", &reader::receive_owned},
                           form{"one each", &reader::receive_each}};

cost receive(const form& how, std::uint16_t port, const std::string& path) {
    reader r(port, path);
    (r.*how.receive)();
    r.context.run();
    return r.sink.result();
}

double median(const std::vector<cost>& costs, double cost::*member) {
    std::vector<double> values;
    for (const cost& c : costs)
        values.push_back(c.*member);
    return sse::bench::median(std::move(values));
}

/// All rows of one kind of stream.
void compare(const sse::bench::run_options& options, const sse::bench::report& report,
             std::uint16_t port, std::size_t size, framing f) {
    const std::size_t stream_bytes = std::size_t{options.smoke ? 1U : 16U} << 20;
    const std::string path = stream_sender::path(size, f, stream_bytes);
    std::vector<cost> drained;
    std::array<std::vector<cost>, forms.size()> received;
    sse::bench::pace processor;
    const auto steady = [&](auto&& read) {
        return processor.steady(options.smoke ? 1 : 10, [&] { return measure(read); });
    };
    for (int i = 0; i < options.rounds(21); ++i) {
        drained.push_back(steady([&] { return drain(port, path); }));
        for (std::size_t n = 0; n < forms.size(); ++n)
            received[n].push_back(steady([&] { return receive(forms[n], port, path); }));
    }
    const double least = median(drained, &cost::cpu);
    for (std::size_t n = 0; n < forms.size(); ++n) {
        const std::vector<cost>& costs = received[n];
        const double wall = median(costs, &cost::wall);
        const double cpu = median(costs, &cost::cpu);
        report.row(std::to_string(size) + (f == framing::chunked ? " B chunked" : " B"),
                   forms[n].name,
                   {static_cast<double>(costs[0].events) / wall / 1e6,
                    static_cast<double>(stream_bytes) / wall / 1e6, cpu * 1e3, least * 1e3,
                    cpu / least, median(costs, &cost::allocations)});
    }
}

} // namespace

int main(int argc, char** argv) {
    const sse::bench::run_options options(argc, argv);
    const sse::bench::report report(options, {"event", "form", "Mevents/s", "MB/s", "CPU ms",
                                              "drain CPU ms", "of drain", "allocs/event"});
    const stream_sender sender;
    for (const framing f : {framing::plain, framing::chunked})
        for (const std::size_t size : {64U, 150U, 1024U, 16384U})
            compare(options, report, sender.port(), size, f);
}
