// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "child_process.hpp"
#include "loopback_sockets.hpp"
#include "workloads.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
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

/// A server in a process of its own, which answers a request with the head, one event, and then an
/// event stream in parts. Each goes out when it is asked for, and whoever reads it is told when all
/// of it has arrived: so he reads bytes that are there, and what he is charged with does not depend
/// on who of both is faster.
class stream_sender {
public:
    stream_sender()
        : listener_(listen_anywhere()), port_(port_of(listener_)), control_(make_control()),
          child_([this] {
              for (;;)
                  serve();
          }) {
        ::close(listener_);
        ::close(control_[1]);
    }
    stream_sender(const stream_sender&) = delete;
    stream_sender& operator=(const stream_sender&) = delete;
    ~stream_sender() { ::close(control_[0]); }

    /// How many bytes a part holds at least.
    static constexpr std::size_t part_size = std::size_t{1} << 20;
    /// Of a receive buffer that any part fits in.
    static constexpr int receive_buffer = 4 << 20;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// The path that asks for events of `size`.
    [[nodiscard]] static std::string path(std::size_t size, framing f) {
        return "/" + std::to_string(size) + (f == framing::chunked ? "/c" : "/p");
    }

    /// Has the next part sent, and waits until it has arrived.
    void next() const {
        char byte = 'n';
        if (::write(control_[0], &byte, 1) != 1 || ::read(control_[0], &byte, 1) != 1)
            fail("no stream");
    }
    /// Has the stream ended.
    void end() const {
        if (::write(control_[0], "e", 1) != 1) fail("no stream");
    }

private:
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
        for (char order = 0; ::read(control_[1], &order, 1) == 1 && order == 'n';) {
            send_all(socket, part);
            wait_for_arrival(socket);
            if (::write(control_[1], &order, 1) != 1) std::_Exit(1);
        }
        ::close(socket);
    }

    int listener_; // the child's
    std::uint16_t port_;
    std::array<int, 2> control_; // ours and the child's
    child_process child_;
};

} // namespace sse::bench
