// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// The client beside a plain drain of the same bytes: a loop of recv into a buffer as large as the
// client's, whose bytes nobody looks at. A process of its own sends, on another processor, in one
// of three ways. *Arrived*: a part after the other, each of which is read when all of it is there:
// what is measured is receiving, not who waits for whom. *Live*: as fast as it can be sent, while
// it is read. *Paced*: one event at a time, for each of which the reader is woken. Who reads what
// is live or paced waits by epoll, the drain as well. CPU is that of the reading thread, which is
// all of the process, in the kernel as well, behind the first event: connecting and the head are
// not counted. Each row is the median of several rounds in which the drain and all forms of
// receiving take turns. Read the ratios. *memchr only* and *scan only* are drains that look for
// line ends, by the C library and by the parser's vectors, which is the least that anybody does who
// wants to know where events begin; *parser only* is one that has the bytes parsed where they lie,
// without anything of a client around it.
#include "line_count.hpp"
#include "measure.hpp"
#include "stream_sender.hpp"
#include "support/allocation_count.hpp"

#include <sse/client.hpp>

#include <arpa/inet.h>
#include <sys/epoll.h>

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

using sse::bench::coming;
using sse::bench::framing;
using sse::bench::stream_sender;

/// Where the drain reads to: as large, and as well aligned, as the client's on a busy stream.
constexpr std::size_t read_size = sse::detail::read_buffer::largest;
struct alignas(static_cast<std::size_t>(sse::detail::read_buffer::alignment)) cache_line {
    char bytes[static_cast<std::size_t>(sse::detail::read_buffer::alignment)];
};

/// What reading a stream cost.
struct cost {
    double cpu = 0;         ///< seconds
    double wall = 0;        ///< seconds
    double allocations = 0; ///< an event
};

/// A kind of stream, in parts that hold as many events each.
struct stream {
    const stream_sender& sender;
    std::size_t event_size;
    framing framed;
    coming how;
    std::size_t parts;
    std::size_t part_events;
    std::size_t wire_size = sse::bench::make_events(event_size, framed, 1).size(); ///< of an event

    [[nodiscard]] std::string path() const { return stream_sender::path(event_size, framed); }
    /// Bytes of the parts that are timed.
    [[nodiscard]] std::size_t bytes() const { return parts * part_events * wire_size; }
    [[nodiscard]] std::string name() const {
        return std::to_string(event_size) + " B" + (framed == framing::chunked ? " chunked" : "") +
               (how == coming::flowing ? " live"
                : how == coming::paced ? " paced"
                                       : "");
    }
};

/// Reads a stream by `read(n)`, which takes all of part `n`, and says what all but the first cost.
template <class Read>
cost measure(const stream& from, Read&& read) {
    cost result;
    for (std::size_t n = 0; n < from.parts + 1; ++n) {
        if (n != 0) from.sender.send(from.how, from.part_events);
        const auto start = std::chrono::steady_clock::now();
        const double cpu = sse::bench::cpu_of([&] { read(n); });
        if (n == 0) continue;
        result.cpu += cpu;
        result.wall +=
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    from.sender.end();
    return result;
}

/// What a drain does with what it reads.
enum class looking { nowhere, for_line_ends, for_lines, for_events };

/// Looks at the first and the last byte of each event.
struct event_counter {
    std::size_t events = 0;
    std::size_t sum = 0;

    void on_event(const sse::event_view& e) {
        sum +=
            static_cast<unsigned char>(e.data.front()) + static_cast<unsigned char>(e.data.back());
        ++events;
    }
};

/// A `recv` loop that counts bytes and drops them, or looks at them first.
class drain {
public:
    drain(const stream& from, looking looks) : from_(from), looks_(looks) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(from.sender.port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const std::string request = "GET " + from.path() + " HTTP/1.1\r\nHost: x\r\n\r\n";
        const int room = stream_sender::receive_buffer;
        epoll_event readable{};
        readable.events = EPOLLIN;
        if (::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) != 0 ||
            ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::epoll_ctl(poll_, EPOLL_CTL_ADD, socket_, &readable) != 0 ||
            ::send(socket_, request.data(), request.size(), 0) < 0)
            sse::bench::fail("no connection");
    }
    drain(const drain&) = delete;
    drain& operator=(const drain&) = delete;
    ~drain() {
        ::close(poll_);
        ::close(socket_);
    }

    void read(std::size_t part) {
        if (part == 0) return read_head();
        for (std::size_t left = from_.part_events * from_.wire_size; left != 0;) {
            if (from_.how != coming::arrived) wait();
            const std::size_t n = read_some();
            look({buffer_.front().bytes, n});
            left -= n;
        }
        sse::bench::keep(lines_ + counter_.sum);
    }

private:
    void wait() const {
        epoll_event ready{};
        if (::epoll_wait(poll_, &ready, 1, -1) != 1) sse::bench::fail("no stream");
    }

    std::size_t read_some() {
        const ssize_t n = ::recv(socket_, buffer_.data(), read_size, 0);
        if (n <= 0) sse::bench::fail("no stream");
        return static_cast<std::size_t>(n);
    }

    void look(std::string_view bytes) {
        if (looks_ == looking::for_line_ends)
            lines_ += sse::bench::count_with_memchr(bytes, '\n');
        else if (looks_ == looking::for_lines)
            lines_ += sse::bench::count_lines(bytes);
        else if (looks_ == looking::for_events)
            (void)parser_.push(bytes, counter_);
    }

    /// And the event behind it, which ends as the head never does.
    void read_head() {
        const std::string_view end = from_.framed == framing::chunked ? "\n\n\r\n" : "\n\n";
        for (std::string text; !text.ends_with(end);)
            text.append(buffer_.front().bytes, read_some());
    }

    const stream& from_;
    const looking looks_;
    int socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    int poll_ = ::epoll_create1(0);
    std::vector<cache_line> buffer_ = std::vector<cache_line>(read_size / sizeof(cache_line));
    sse::parser parser_;
    event_counter counter_;
    std::size_t lines_ = 0;
};

/// Sockets with the drain's room.
struct roomy_net : sse::net::socket_net {
    template <class Handler>
    void async_connect(const executor_type& executor, std::string_view host, std::uint16_t port,
                       const sse::net::connect_options& options, Handler&& handler) const {
        basic_socket_net::async_connect(
            executor, host, port, options,
            [h = std::forward<Handler>(handler)](sse::error_code ec, transport made) mutable {
                if (!ec)
                    made.socket()->set_option(
                        sse::asio::socket_base::receive_buffer_size(stream_sender::receive_buffer));
                std::move(h)(ec, std::move(made));
            });
    }
};
/// Receives a part at a time.
class reader {
public:
    explicit reader(const stream& from)
        : from_(from), source_(context_, "http://127.0.0.1:" + std::to_string(from.sender.port()) +
                                             from.path()) {}

    /// By `receive`, which ends when all events of the part are there.
    void read(std::size_t part, void (reader::*receive)()) {
        wanted_ = counter_.events + (part == 0 ? 1 : from_.part_events);
        (this->*receive)();
        context_.restart();
        context_.run();
        if (part == 0) count_.reset();
    }

    [[nodiscard]] double allocations() const {
        sse::bench::keep(counter_.sum);
        return static_cast<double>(count_.allocations()) / static_cast<double>(counter_.events);
    }

    void receive_batch() {
        source_.async_receive_batch([this](sse::error_code ec, sse::event_batch batch) {
            for (const sse::event_view e : batch)
                counter_.on_event(e);
            if (goes_on(ec)) receive_batch();
        });
    }

    void receive_owned() {
        source_.async_receive(event_, [this](sse::error_code ec) {
            if (ec) return fail(ec);
            do {
                counter_.on_event(event_);
            } while (source_.try_receive(event_));
            if (goes_on(ec)) receive_owned();
        });
    }

    void receive_each() {
        source_.async_receive([this](sse::error_code ec, const sse::event& each) {
            if (!ec) counter_.on_event(each);
            if (goes_on(ec)) receive_each();
        });
    }

private:
    bool goes_on(sse::error_code ec) const {
        if (ec) fail(ec);
        return counter_.events < wanted_;
    }

    static void fail(sse::error_code ec) {
        std::fprintf(stderr, "%s\n", ec.message().c_str());
        std::exit(1);
    }

    const stream& from_;
    sse::asio::io_context context_{1};
    sse::basic_event_source<sse::asio::any_io_executor, roomy_net> source_;
    sse::event event_{};
    event_counter counter_;
    std::size_t wanted_ = 0;
    sse::testing::allocation_count count_{};
};

/// A way to read: by the client, with one operation for all events of a read, borrowed or owned, or
/// with one for each event; or without it.
struct form {
    const char* name;
    looking looks;
    void (reader::*receive)();
};
constexpr form plain_drain{"drain", looking::nowhere, nullptr};
constexpr std::array forms{form{"memchr only", looking::for_line_ends, nullptr},
                           form{"scan only", looking::for_lines, nullptr},
                           form{"parser only", looking::for_events, nullptr},
                           form{"batch", looking::nowhere, &reader::receive_batch},
                           form{"owning", looking::nowhere, &reader::receive_owned},
                           form{"one each", looking::nowhere, &reader::receive_each}};

/// Whether a drain can read it as it comes: what is chunked has more in it than events.
bool makes_sense(const form& how, const stream& from) {
    return how.looks != looking::for_events || from.framed == framing::plain;
}

cost run(const stream& from, const form& how) {
    if (how.receive == nullptr) {
        drain d(from, how.looks);
        return measure(from, [&](std::size_t part) { d.read(part); });
    }
    reader r(from);
    cost result = measure(from, [&](std::size_t part) { r.read(part, how.receive); });
    result.allocations = r.allocations();
    return result;
}

double median(const std::vector<cost>& costs, double cost::*member) {
    std::vector<double> values;
    for (const cost& c : costs)
        values.push_back(c.*member);
    return sse::bench::median(std::move(values));
}

/// All rows of one kind of stream.
void compare(const sse::bench::run_options& options, const sse::bench::report& report,
             const stream& from) {
    std::vector<cost> drained;
    std::array<std::vector<cost>, forms.size()> received;
    sse::bench::pace::clock::duration patience = std::chrono::seconds(options.smoke ? 0 : 10);
    const auto steady = [&](const form& how) {
        return sse::bench::pace::of_processor().steady(patience, [&] { return run(from, how); });
    };
    for (int i = 0; i < options.rounds(21); ++i) {
        drained.push_back(steady(plain_drain));
        for (std::size_t n = 0; n < forms.size(); ++n)
            if (makes_sense(forms[n], from)) received[n].push_back(steady(forms[n]));
    }
    const double least = median(drained, &cost::cpu);
    for (std::size_t n = 0; n < forms.size(); ++n) {
        const std::vector<cost>& costs = received[n];
        if (costs.empty()) continue;
        const double wall = median(costs, &cost::wall);
        const double cpu = median(costs, &cost::cpu);
        report.row(from.name(), forms[n].name,
                   {static_cast<double>(from.parts * from.part_events) / wall / 1e6,
                    static_cast<double>(from.bytes()) / wall / 1e6, cpu * 1e3, least * 1e3,
                    cpu / least, median(costs, &cost::allocations)});
    }
}

} // namespace

int main(int argc, char** argv) {
    const sse::bench::run_options options(argc, argv);
    const sse::bench::report report(options, {"event", "form", "Mevents/s", "MB/s", "CPU ms",
                                              "drain CPU ms", "of drain", "allocs/event"});
    const stream_sender sender;
    sse::bench::run_on_processor(0);
    const auto events_of = [](std::size_t bytes, std::size_t size) {
        return (bytes + size - 1) / size;
    };
    for (const framing f : {framing::plain, framing::chunked}) {
        for (const std::size_t size : {64U, 150U, 1024U, 16384U})
            compare(options, report,
                    {sender, size, f, coming::arrived, options.smoke ? 1U : 16U,
                     events_of(stream_sender::part_size, size)});
    }
    for (const std::size_t size : {150U, 1024U, 16384U}) {
        const std::size_t bytes = stream_sender::part_size * (options.smoke ? 1U : 64U);
        compare(options, report,
                {sender, size, framing::plain, coming::flowing, 1, events_of(bytes, size)});
    }
    for (const std::size_t size : {150U, 1024U, 16384U})
        compare(options, report,
                {sender, size, framing::plain, coming::paced, 1, options.smoke ? 10U : 1'000U});
}
