// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Any bytes to a server's connection: it answers the same however they are cut, and it always ends
// once the client has.
#include "require.hpp"

#include <sse/net/parked_handler.hpp>
#include <sse/server.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace sse;

/// What goes over a connection.
struct wire {
    std::string_view input;
    std::size_t given = 0; // of the input, to the server
    std::size_t read = 0;
    bool ended = false; // by the client
    bool open = true;
    std::string output{};
    net::wait_handler reader{};
};

class wire_stream final : public net::byte_stream {
public:
    explicit wire_stream(wire& w) : wire_(w) {}
    ~wire_stream() override { wire_stream::close(); }

    void async_read_some(asio::mutable_buffer, net::io_handler) override { unused(); }
    void async_write_some(asio::const_buffer, net::io_handler) override { unused(); }
    void async_wait(net::readiness what, net::wait_handler handler) override {
        if (what == net::readiness::readable && wire_.read == wire_.given && !wire_.ended)
            wire_.reader = std::move(handler);
        else
            detail::parked_handler::post(std::move(handler), {});
    }
    std::size_t read_some(asio::mutable_buffer buffer, error_code& ec) override {
        const std::size_t n = std::min(buffer.size(), wire_.given - wire_.read);
        if (n == 0) ec = asio::error::would_block;
        if (n == 0 && wire_.ended) ec = asio::error::eof;
        std::memcpy(buffer.data(), wire_.input.data() + wire_.read, n);
        wire_.read += n;
        return n;
    }
    std::size_t write_some(asio::const_buffer buffer, error_code&) override {
        wire_.output.append(static_cast<const char*>(buffer.data()), buffer.size());
        return buffer.size();
    }
    void shutdown_send(error_code&) override {}
    void close() noexcept override {
        wire_.open = false;
        if (wire_.reader) {
            detail::parked_handler::post(std::exchange(wire_.reader, {}),
                                         asio::error::operation_aborted);
        }
    }
    [[nodiscard]] bool is_open() const noexcept override { return wire_.open; }

private:
    static void unused() { require(false, "a connection waits and then reads or writes"); }

    wire& wire_;
};

void add_routes(detail::server_state& s) {
    const auto add = [&s](const char* method, const char* path, request_handler handler) {
        s.routes.add(method, path);
        s.handlers.push_back(std::make_shared<const sse::request_handler>(std::move(handler)));
    };
    add("GET", "/a", [](const request&, reply re) { re.send({.body = "a"}); });
    add("POST", "/a", [](const request& rq, reply re) { re.send({.body = rq.body}); });
    add("GET", "/b/{x}",
        [](const request& rq, reply re) { re.send({.body = std::string(rq.parameter("x"))}); });
    add("GET", "/s", [](const request&, reply re) { (void)re.stream().try_send({.data = "s"}); });
    add("GET", "/l", [](const request&, reply re) {
        auto kept = std::make_shared<reply>(std::move(re));
        asio::post(kept->get_executor(), [kept] { kept->send({.body = "l"}); });
    });
}

/// Without what may differ from one time to the next.
std::string stable(std::string text) {
    for (const std::string_view begin : {"HTTP/1.1 100 Continue\r\n\r\n", "Date: "}) {
        for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin)) {
            text.erase(at, begin == "Date: " ? text.find('\n', at) + 1 - at : begin.size());
        }
    }
    return text;
}

// of another size than a pointer, so that sockets borrow it
using executor = asio::any_io_executor;

/// What a connection answers to `input` that comes in pieces of `size` bytes.
std::string answer(std::string_view input, std::size_t size) {
    wire w{input};
    asio::io_context context(1);
    server_options options;
    options.limits.head = {.start_line = 256, .head = 1024, .fields = 10};
    options.limits.body = 256;
    const auto admitted = std::make_shared<detail::admission>(options.limits);
    const auto state =
        std::make_shared<detail::thread_state<executor>>(context.get_executor(), options, admitted);
    add_routes(*state);
    std::weak_ptr<detail::connection<executor>> made;
    {
        const auto c = std::make_shared<detail::connection<executor>>(
            detail::seat(state, ""), detail::server_transport<executor>(
                                         state->for_sockets(), std::make_unique<wire_stream>(w)));
        made = c;
        c->start(c);
    }
    do {
        w.ended = w.given == input.size(); // a client that is known to end is told of a close
        w.given = std::min(input.size(), w.given + size);
        if (w.reader) detail::parked_handler::post(std::exchange(w.reader, {}), {});
        context.restart();
        context.poll();
    } while (!w.ended);
    require(!w.open && made.expired(), "a connection ends once the client has");
    return stable(w.output);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 4096) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string whole = answer(input, input.size() + 1);
    require(answer(input, 1 + data[0] % 32U) == whole, "cuts make no difference");
    return 0;
}
