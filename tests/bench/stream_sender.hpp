// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "child_process.hpp"
#include "loopback_sockets.hpp"
#include "workloads.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace sse::bench {

/// How the body of a response is framed.
enum class framing { plain, chunked };

/// Events of `size` bytes each, blank line included; where they are chunked, a chunk each.
inline std::string make_events(std::size_t size, framing f, std::size_t bytes) {
    random_source random;
    char head[16] = {};
    std::snprintf(head, sizeof head, "%zx\r\n", size);
    std::string out;
    while (out.size() < bytes) {
        if (f == framing::chunked) out += head;
        out += "data: " + random.text(size - 8) + "\n\n";
        if (f == framing::chunked) out += "\r\n";
    }
    return out;
}

/// How the events of a stream come.
enum class coming {
    arrived, ///< all of them are there before the first is read
    flowing, ///< as fast as they can be sent, while they are read
    paced,   ///< one by one, each in a segment of its own, so that its reader waits for each
};

/// A server in a process of its own, which answers a request with the head, one event, and then
/// events as it is told: how many, and how they come. Of events that are to have arrived it tells
/// when they have: what their reader is charged with does not depend on who of both is faster.
class stream_sender {
public:
    stream_sender()
        : listener_(listen_anywhere()), port_(port_of(listener_)), control_(make_control()),
          child_([this] {
              run_on_processor(1);
              for (;;)
                  serve();
          }) {
        ::close(listener_);
        ::close(control_[1]);
    }
    stream_sender(const stream_sender&) = delete;
    stream_sender& operator=(const stream_sender&) = delete;
    ~stream_sender() { ::close(control_[0]); }

    /// How many bytes may be on their way at least, before they are read.
    static constexpr std::size_t part_size = std::size_t{1} << 20;
    /// Of a receive buffer that they fit in.
    static constexpr int receive_buffer = 4 << 20;
    /// Between two events that are paced: long enough for a reader to go to sleep again.
    static constexpr std::chrono::microseconds interval{40};

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// The path that asks for events of `size`.
    [[nodiscard]] static std::string path(std::size_t size, framing f) {
        return "/" + std::to_string(size) + (f == framing::chunked ? "/c" : "/p");
    }

    /// Has so many `events` sent.
    void send(coming how, std::size_t events) const {
        const order told{how, events};
        char byte = 0;
        if (::write(control_[0], &told, sizeof told) != sizeof told ||
            (how == coming::arrived && ::read(control_[0], &byte, 1) != 1))
            fail("no stream");
    }
    /// Has the stream ended.
    void end() const { send(coming::flowing, 0); }

private:
    struct order {
        coming how;
        std::size_t events; ///< none: the end
    };

    static std::array<int, 2> make_control() {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) fail("no way to tell");
        return ends;
    }

    static void send_all(int socket, std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
    }

    static void send_flowing(int socket, std::string_view part, std::size_t bytes) {
        for (; bytes > part.size(); bytes -= part.size())
            send_all(socket, part);
        send_all(socket, part.substr(0, bytes));
    }

    static void send_paced(int socket, std::string_view event, std::size_t events) {
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        auto next = std::chrono::steady_clock::now();
        for (; events != 0; --events) {
            next += interval;
            while (std::chrono::steady_clock::now() < next) {
            }
            send_all(socket, event);
        }
    }

    /// Until the peer's kernel has taken everything.
    static void wait_for_arrival(int socket) {
        int left = 0;
        while (::ioctl(socket, SIOCOUTQ, &left) == 0 && left > 0)
            ::usleep(20);
    }

    static std::string read_request(int socket) {
        std::string request;
        char buffer[1024];
        while (request.find("\r\n\r\n") == request.npos) {
            const ssize_t n = ::recv(socket, buffer, sizeof buffer, 0);
            if (n <= 0) return {};
            request.append(buffer, static_cast<std::size_t>(n));
        }
        return request;
    }

    /// One connection: a request, the answer, the end.
    void serve() const {
        const int socket = ::accept(listener_, nullptr, nullptr);
        if (socket < 0) std::_Exit(1);
        std::size_t size = 0;
        char kind = 'p';
        if (std::sscanf(read_request(socket).c_str(), "GET /%zu/%c", &size, &kind) != 2)
            std::_Exit(1);
        const framing f = kind == 'c' ? framing::chunked : framing::plain;
        const char* const chunked = "Transfer-Encoding: chunked\r\n";
        send_all(socket, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" +
                             std::string(f == framing::chunked ? chunked : "") + "\r\n" +
                             make_events(size, f, 1));
        const std::string part = make_events(size, f, part_size);
        const std::size_t event = make_events(size, f, 1).size();
        for (order o{}; ::read(control_[1], &o, sizeof o) == sizeof o && o.events != 0;) {
            if (o.how == coming::paced)
                send_paced(socket, std::string_view(part).substr(0, event), o.events);
            else
                send_flowing(socket, part, o.events * event);
            if (o.how != coming::arrived) continue;
            wait_for_arrival(socket);
            if (::write(control_[1], "a", 1) != 1) std::_Exit(1);
        }
        ::close(socket);
    }

    int listener_; // the child's
    std::uint16_t port_;
    std::array<int, 2> control_; // ours and the child's
    child_process child_;
};

} // namespace sse::bench
