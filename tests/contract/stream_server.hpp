// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/request_head.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/transport.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::contract {

/// One connection of a client to the stream server: what it says is collected, what it gets is up
/// to the test.
class stream_connection : public std::enable_shared_from_this<stream_connection> {
public:
    struct request {
        http::request_head head;
        std::string body;

        [[nodiscard]] std::string header(std::string_view name) const {
            const std::string* const value = head.headers.find(name);
            return value != nullptr ? *value : std::string();
        }
    };

    explicit stream_connection(net::transport transport) : transport_(std::move(transport)) {}

    void start() { read(); }

    /// Complete requests that came, in order.
    std::deque<request> requests{};

    /// Sends bytes as they are.
    void send(std::string bytes) {
        output_.push_back(std::move(bytes));
        if (output_.size() == 1) write();
    }
    /// Sends the head of an event stream as the harness does.
    void open() {
        send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
             "Cache-Control: no-cache, no-store, must-revalidate\r\n"
             "Transfer-Encoding: chunked\r\n\r\n");
    }
    /// Sends one chunk.
    void chunk(std::string_view bytes) {
        char size[32];
        const int n = std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
        std::string text(size, static_cast<std::size_t>(n));
        text.reserve(text.size() + bytes.size() + 2);
        send(text.append(bytes).append("\r\n"));
    }
    /// Sends the last chunk: the end of the stream, not of the connection.
    void end() { send("0\r\n\r\n"); }
    void close() { transport_.close(); }
    /// Whether all was sent.
    [[nodiscard]] bool flushed() const noexcept { return output_.empty(); }

    /// Whether the client ended the connection.
    [[nodiscard]] bool ended() const noexcept { return ended_; }

private:
    void read() {
        transport_.async_read_some(asio::buffer(buffer_),
                                   [self = shared_from_this()](error_code ec, std::size_t size) {
                                       if (ec) {
                                           self->ended_ = true;
                                           return self->transport_.close();
                                       }
                                       self->input_.append(self->buffer_.data(), size);
                                       while (self->take_request()) {
                                       }
                                       self->read();
                                   });
    }

    bool take_request() {
        const std::size_t head = input_.find("\r\n\r\n");
        if (head == std::string::npos) return false;
        request r;
        const std::string text = input_.substr(0, head + 4);
        if (http::parse_request_head(text, {}, r.head) != errc::success) return false;
        const std::string length = r.header("Content-Length");
        const std::size_t size = length.empty() ? 0 : std::stoul(length);
        if (input_.size() < text.size() + size) return false;
        r.body = input_.substr(text.size(), size);
        input_.erase(0, text.size() + size);
        requests.push_back(std::move(r));
        return true;
    }

    void write() {
        transport_.async_write(asio::buffer(output_.front()),
                               [self = shared_from_this()](error_code ec, std::size_t) {
                                   if (ec) return;
                                   self->output_.pop_front();
                                   if (!self->output_.empty()) self->write();
                               });
    }

    net::transport transport_;
    std::array<char, 8192> buffer_{};
    std::string input_{};
    std::deque<std::string> output_{};
    bool ended_ = false;
};

/// Accepts connections for streams on a free port of the loopback interface.
class stream_server {
public:
    explicit stream_server(asio::io_context& context)
        : acceptor_(context.get_executor(), {asio::ip::address_v4::loopback(), 0}) {
        accept();
    }

    [[nodiscard]] std::string url(std::string_view path = "/stream") const {
        return "http://localhost:" + std::to_string(acceptor_.local_endpoint().port()) +
               std::string(path);
    }

    /// All connections, in the order of their coming.
    std::vector<std::shared_ptr<stream_connection>> connections{};

    /// Requests of all connections.
    [[nodiscard]] std::size_t requests() const {
        std::size_t n = 0;
        for (const auto& connection : connections)
            n += connection->requests.size();
        return n;
    }

private:
    void accept() {
        acceptor_.async_accept([this](error_code ec, auto socket) {
            if (ec) return;
            connections.push_back(
                std::make_shared<stream_connection>(net::transport(std::move(socket))));
            connections.back()->start();
            accept();
        });
    }

    asio::basic_socket_acceptor<asio::ip::tcp, asio::any_io_executor> acceptor_;
};

} // namespace sse::contract
