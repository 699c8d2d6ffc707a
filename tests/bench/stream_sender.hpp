// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "child_process.hpp"
#include "loopback_sockets.hpp"
#include "workloads.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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

/// A server in a process of its own, which answers each request with an event stream as fast as it
/// goes.
class stream_sender {
public:
    stream_sender()
        : listener_(listen_anywhere()), port_(port_of(listener_)), child_([this] {
              for (;;)
                  serve(listener_);
          }) {
        ::close(listener_);
    }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// The path that asks for `bytes` of events of `size`.
    [[nodiscard]] static std::string path(std::size_t size, framing f, std::size_t bytes) {
        return "/" + std::to_string(size) + (f == framing::chunked ? "/c/" : "/p/") +
               std::to_string(bytes);
    }

private:
    static void send_all(int socket, std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
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
    static void serve(int listener) {
        const int socket = ::accept(listener, nullptr, nullptr);
        if (socket < 0) std::_Exit(1);
        std::size_t size = 0;
        std::size_t bytes = 0;
        char kind = 'p';
        if (std::sscanf(read_request(socket).c_str(), "GET /%zu/%c/%zu", &size, &kind, &bytes) ==
            3) {
            const bool chunked = kind == 'c';
            const std::string block = make_events(size, chunked ? framing::chunked : framing::plain,
                                                  std::size_t{1} << 20);
            send_all(socket, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n");
            send_all(socket, chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n");
            for (std::size_t sent = 0; sent < bytes; sent += block.size())
                send_all(socket, block);
            if (chunked) send_all(socket, "0\r\n\r\n");
        }
        ::close(socket);
    }

    int listener_; // the child's
    std::uint16_t port_;
    child_process child_;
};

} // namespace sse::bench
