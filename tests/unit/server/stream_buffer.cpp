// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/net/asio.hpp>
#include <sse/net/member_call.hpp>
#include <sse/server/stream_buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server_stream_buffer_test {

using sse::detail::stream_buffer;

namespace {

/// Takes so many bytes, and then none until there is room again.
struct sink final : sse::detail::stream_sink {
    std::size_t write_some(std::string_view bytes, sse::error_code& ec) override {
        const std::size_t n = std::min(room, bytes.size());
        room -= n;
        if (n == 0) {
            ec = sse::asio::error::would_block;
        } else {
            writes.push_back(n);
            taken.append(bytes.substr(0, n));
        }
        return n;
    }
    void wait_writable(bool) override { waits = true; }
    void wait_turn_end(std::shared_ptr<sse::detail::stream_feeder> f) override {
        sse::asio::post(feeder->executor(),
                        sse::detail::calls<&sse::detail::stream_feeder::on_turn_end>(std::move(f)));
    }
    void finish() override { finished = true; }
    void abort(const sse::error_code& why) override { feeder->on_gone(why); }
    [[nodiscard]] bool chunked() const noexcept override { return true; }

    stream_buffer* feeder = nullptr;
    std::size_t room = std::size_t{1} << 30;
    std::vector<std::size_t> writes;
    std::string taken;
    bool waits = false;
    bool finished = false;
};

struct world {
    world() { buffer->attach(&out, {}); }

    /// Takes so many bytes, as `try_send` does.
    void add(std::size_t bytes) {
        out.feeder = buffer.get();
        buffer->collect().append(bytes, 'x');
        buffer->pump_later();
    }

    void end_turn() {
        context.restart();
        context.run();
    }

    /// Memory that either of the two strings keeps, found out by a byte through each.
    std::size_t kept() {
        std::size_t most = 0;
        for (int i = 0; i != 2; ++i) {
            std::string& s = buffer->collect();
            most = std::max(most, s.capacity());
            s.append(1, 'x');
            buffer->pump();
        }
        return most;
    }

    sse::asio::io_context context;
    std::shared_ptr<stream_buffer> buffer =
        std::make_shared<stream_buffer>(context.get_executor(), std::size_t{256} << 10);
    sink out;
};

constexpr std::size_t longest_segment = 65'483;

} // namespace

TEST_CASE("stream_buffer: what comes within a turn goes out as one chunk", "[stream_buffer]") {
    world w;
    w.add(10);
    w.add(6);
    CHECK(w.out.taken.empty());
    w.end_turn();
    CHECK(w.out.taken == "10\r\n" + std::string(16, 'x') + "\r\n");
    CHECK(w.out.writes.size() == 1);
}

TEST_CASE("stream_buffer: blocks of events go out at once, each in one segment",
          "[stream_buffer]") {
    for (const std::size_t size : {72U, 158U, 1'032U, 4'000U}) {
        world w;
        for (std::size_t i = 0; i != 1'000'000 / size; ++i)
            w.add(size);
        INFO("size " << size);
        REQUIRE(w.out.writes.size() > 10);
        CHECK(*std::max_element(w.out.writes.begin(), w.out.writes.end()) <= longest_segment);
        CHECK(*std::min_element(w.out.writes.begin(), w.out.writes.end()) >= 60 << 10);
    }
}

TEST_CASE("stream_buffer: memory is given back at the end of a turn behind which nothing is left",
          "[stream_buffer]") {
    world w;
    w.add(100'000);
    w.add(100'000);
    CHECK(w.kept() >= 100'000); // more may follow in the same turn
    w.end_turn();
    CHECK(w.kept() < 10'000);
}

TEST_CASE("stream_buffer: memory is given back when the last of it has gone to a slow peer",
          "[stream_buffer]") {
    world w;
    w.out.room = 1'000;
    w.add(100'000);
    w.add(50'000);
    w.end_turn();
    REQUIRE(w.out.waits);
    CHECK(w.out.taken.size() == 1'000);
    w.out.room = 1'000'000;
    w.buffer->on_writable();
    CHECK(std::count(w.out.taken.begin(), w.out.taken.end(), 'x') == 150'000);
    w.end_turn();
    CHECK(w.kept() < 10'000);
}

TEST_CASE("stream_buffer: what comes while the peer is behind is kept", "[stream_buffer]") {
    world w;
    w.out.room = 0;
    w.add(100'000);
    w.end_turn();
    w.add(7);
    w.end_turn();
    CHECK_FALSE(w.buffer->is_empty());
    w.out.room = 1'000'000;
    w.buffer->on_writable();
    CHECK(std::count(w.out.taken.begin(), w.out.taken.end(), 'x') == 100'007);
    CHECK(w.buffer->is_empty());
}

TEST_CASE("stream_buffer: a stream that is over keeps no memory", "[stream_buffer]") {
    world w;
    w.add(100'000);
    w.add(100'000);
    w.buffer->close();
    CHECK(w.out.finished);
    CHECK(w.buffer->collect().capacity() < 10'000);
    w.end_turn();
    CHECK_FALSE(w.buffer->is_open());
}

} // namespace server_stream_buffer_test
