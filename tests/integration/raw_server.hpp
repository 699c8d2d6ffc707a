// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#include <poll.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace sse::testing {

/// A server on a real loopback socket and a thread of its own, which lets one script after the
/// other have a connection, each with the request that came. Ends behind the last script, with the
/// object, or when nobody connects for a minute.
class raw_server {
public:
    using socket = asio::ip::tcp::socket;
    using script = std::function<void(socket&, const std::string& request)>;

    explicit raw_server(std::vector<script> scripts)
        : acceptor_(context_, {asio::ip::address_v4::loopback(), 0}),
          port_(acceptor_.local_endpoint().port()),
          thread_([this, s = std::move(scripts)] { play(s); }) {}
    raw_server(const raw_server&) = delete;
    ~raw_server() {
        stopped_ = true;
        join();
    }

    [[nodiscard]] std::string url(std::string_view host = "127.0.0.1") const {
        return "http://" + std::string(host) + ":" + std::to_string(port_) + "/x";
    }

    /// The requests, once all is over.
    const std::vector<std::string>& join() {
        if (thread_.joinable()) thread_.join();
        return requests_;
    }

    /// Writes all of `bytes`; false where the connection broke.
    static bool send(socket& to, std::string_view bytes) {
        error_code ec;
        asio::write(to, asio::buffer(bytes.data(), bytes.size()), ec);
        return !ec;
    }

    /// Reads `size` bytes; fewer where the connection ended.
    static std::string receive(socket& from, std::size_t size) {
        std::string bytes(size, '\0');
        std::size_t got = 0;
        error_code ec;
        while (!ec && got < size)
            got += from.read_some(asio::buffer(bytes.data() + got, size - got), ec);
        bytes.resize(got);
        return bytes;
    }

    /// Lets the peer read a reset.
    static void reset(socket& s) {
        error_code ignored;
        s.set_option(asio::socket_base::linger(true, 0), ignored);
        s.close(ignored);
    }

    /// Waits until the peer closes the connection.
    static void wait_for_end(socket& s) {
        char byte = 0;
        error_code ec;
        while (!ec)
            s.read_some(asio::buffer(&byte, 1), ec);
    }

private:
    void play(const std::vector<script>& scripts) {
        for (const script& next : scripts) {
            if (!wait_for_connection()) return;
            error_code ec;
            socket connection = acceptor_.accept(ec);
            if (ec) return;
            // What was sent has left by the time of a reset.
            connection.set_option(asio::ip::tcp::no_delay(true), ec);
            requests_.push_back(read_request(connection));
            next(connection, requests_.back());
        }
    }

    bool wait_for_connection() {
        for (int tenths = 0; tenths < 600 && !stopped_; ++tenths) {
            pollfd ready{acceptor_.native_handle(), POLLIN, 0};
            if (::poll(&ready, 1, 100) == 1) return true;
        }
        return false;
    }

    static std::string read_request(socket& from) {
        std::string text;
        error_code ec;
        char byte = 0;
        while (!ec && !text.ends_with("\r\n\r\n"))
            if (from.read_some(asio::buffer(&byte, 1), ec) == 1) text.push_back(byte);
        return text;
    }

    asio::io_context context_;
    asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    std::vector<std::string> requests_;
    std::atomic<bool> stopped_ = false;
    std::thread thread_;
};

inline constexpr std::string_view raw_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

} // namespace sse::testing
