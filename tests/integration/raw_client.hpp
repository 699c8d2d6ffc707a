// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// A client of bytes over a blocking socket, which knows no HTTP and so can break all its rules.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sse::testing {

class raw_client {
public:
    explicit raw_client(std::uint16_t port, int receive_buffer = 0)
        : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        if (receive_buffer != 0) {
            ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
            throw std::runtime_error("raw_client: cannot connect");
        }
    }
    raw_client(raw_client&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)), text_(std::move(other.text_)), ended_(other.ended_) {}
    raw_client& operator=(raw_client&&) = delete;
    ~raw_client() { close(); }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return; // the test sees it by what it reads
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    /// Lets each `send` leave in a segment of its own, unless the peer is slow to read.
    void send_at_once() {
        const int on = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    void get(std::string_view target, std::string_view fields = "") {
        send("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" +
             std::string(fields) + "\r\n");
    }

    /// Reads until `mark` has come, the peer has ended, or `limit` has passed; everything that
    /// came.
    const std::string& read_until(std::string_view mark,
                                  std::chrono::milliseconds limit = std::chrono::seconds(60)) {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (text_.find(mark) == std::string::npos && !ended_) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                end - std::chrono::steady_clock::now());
            pollfd one{fd_, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&one, 1, static_cast<int>(left.count())) <= 0) break;
            read_some();
        }
        return text_;
    }
    /// Reads until the peer has ended.
    const std::string& read_all() { return read_until("\x01 never \x01"); }
    /// Reads at most `n` bytes.
    std::string read(std::size_t n) {
        std::string out(n, '\0');
        const ssize_t got = ::recv(fd_, out.data(), n, MSG_WAITALL);
        out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return out;
    }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] bool ended() const noexcept { return ended_; }
    void clear() { text_.clear(); }

    [[nodiscard]] int native_handle() const noexcept { return fd_; }
    void end_sending() { ::shutdown(fd_, SHUT_WR); }
    /// Closes with a reset.
    void reset() {
        const linger now{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }

private:
    void read_some() {
        char buffer[65536];
        const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
        if (n > 0)
            text_.append(buffer, static_cast<std::size_t>(n));
        else
            ended_ = true;
    }

    int fd_;
    std::string text_;
    bool ended_ = false;
};

/// The status of a response, or all of what is none.
[[nodiscard]] inline std::string status_of(const std::string& response) {
    return response.starts_with("HTTP/1.1 ") ? response.substr(9, 3) : response;
}

} // namespace sse::testing
