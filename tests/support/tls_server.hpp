// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "support/tls_certificates.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace sse::testing {

/// One connection of a `blocking_server`, plain until `handshake`. All calls block, for at most a
/// minute each.
class blocking_connection {
public:
    explicit blocking_connection(int fd) : fd_(fd) {
        const timeval limit{60, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        // What was sent has left by the time of a close that resets the connection (not on a unix
        // socket, which knows no delay).
        const int yes = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    blocking_connection(const blocking_connection&) = delete;
    blocking_connection& operator=(const blocking_connection&) = delete;
    ~blocking_connection() {
        SSL_free(ssl_);
        ::close(fd_);
    }

    [[nodiscard]] int fd() const noexcept { return fd_; }
    [[nodiscard]] SSL* ssl() const noexcept { return ssl_; }

    /// Whether the TLS handshake succeeds.
    bool handshake(SSL_CTX* context) {
        ssl_ = SSL_new(context);
        SSL_set_fd(ssl_, fd_);
        return SSL_accept(ssl_) == 1;
    }

    /// Sends all, in TLS once there was a handshake.
    bool send(std::string_view bytes) {
        if (ssl_ != nullptr)
            return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
        return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(bytes.size());
    }

    /// Some bytes; none at the end and after an error.
    std::string receive() {
        char buffer[4096];
        const auto n = ssl_ != nullptr ? SSL_read(ssl_, buffer, sizeof buffer)
                                       : static_cast<int>(::recv(fd_, buffer, sizeof buffer, 0));
        return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
    }

    /// Up to and with the blank line of a head, or what came of it.
    std::string receive_head() {
        std::string head;
        for (std::string piece = "-"; !piece.empty() && head.find("\r\n\r\n") == std::string::npos;
             head += piece)
            piece = receive();
        return head;
    }

    void send_close_notify() { SSL_shutdown(ssl_); }

    /// Waits until the peer has closed.
    void wait_for_end() {
        while (!receive().empty()) {
        }
    }

private:
    int fd_;
    SSL* ssl_ = nullptr;
};

/// Accepts connections on the loopback interface in a thread of its own, and serves one after the
/// other with `serve`, which is told how many there were before. Blocking sockets and OpenSSL's own
/// calls: a peer that shares no code with what is tested.
class blocking_server {
public:
    using serve_function = std::function<void(blocking_connection&, std::size_t number)>;

    /// On a free port.
    explicit blocking_server(serve_function serve)
        : listener_(::socket(AF_INET, SOCK_STREAM, 0)), serve_(std::move(serve)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        start(generic, size);
        ::getsockname(listener_, generic, &size);
        port_ = ntohs(address.sin_port);
    }

    /// On a unix socket.
    blocking_server(const std::string& path, serve_function serve)
        : listener_(::socket(AF_UNIX, SOCK_STREAM, 0)), serve_(std::move(serve)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        start(reinterpret_cast<sockaddr*>(&address), sizeof address);
    }

    blocking_server(const blocking_server&) = delete;
    blocking_server& operator=(const blocking_server&) = delete;
    ~blocking_server() {
        stopping_ = true;
        thread_.join();
        ::close(listener_);
    }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] bool stopping() const noexcept { return stopping_; }

private:
    void start(const sockaddr* address, socklen_t size) {
        ::signal(SIGPIPE, SIG_IGN);
        if (listener_ < 0 || ::bind(listener_, address, size) != 0 || ::listen(listener_, 16) != 0)
            throw std::runtime_error("blocking_server: no socket");
        thread_ = std::thread([this] { run(); });
    }

    void run() {
        for (std::size_t number = 0; !stopping_;) {
            pollfd ready{listener_, POLLIN, 0};
            if (::poll(&ready, 1, 20) <= 0) continue;
            const int fd = ::accept(listener_, nullptr, nullptr);
            if (fd < 0) continue;
            blocking_connection connection(fd);
            serve_(connection, number++);
        }
    }

    int listener_;
    std::uint16_t port_ = 0;
    serve_function serve_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

/// How a `blocking_tls_server` does its handshakes.
struct blocking_tls_options {
    identity who;
    int minimum = TLS1_2_VERSION;
    int maximum = TLS1_3_VERSION;
    const identity* client_ca = nullptr; ///< asks clients for a certificate signed by it
};

/// A `blocking_server` that speaks TLS, and notes what it saw of each handshake.
class blocking_tls_server {
public:
    struct handshake {
        bool done = false;
        bool resumed = false;
        std::string version{};
        std::string server_name{}; ///< SNI; empty: there was none
        std::string protocol{};    ///< chosen by ALPN
        bool certificate = false;  ///< whether the client has sent one
    };

    blocking_tls_server(blocking_tls_options options, blocking_server::serve_function serve)
        : context_(make_context(options), SSL_CTX_free), serve_(std::move(serve)),
          server_([this](blocking_connection& c, std::size_t number) { accept(c, number); }) {}

    [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }
    [[nodiscard]] std::string url(const std::string& host = "localhost") const {
        return "https://" + host + ":" + std::to_string(port()) + "/";
    }
    /// Those that have begun, once they are noted: a client may hear of the end of one before.
    [[nodiscard]] std::vector<handshake> handshakes() const {
        std::unique_lock lock(mutex_);
        noted_.wait_for(lock, std::chrono::minutes(1),
                        [this] { return handshakes_.size() == begun_; });
        return handshakes_;
    }
    [[nodiscard]] SSL_CTX* context() const noexcept { return context_.get(); }

private:
    static SSL_CTX* make_context(const blocking_tls_options& options) {
        SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
        SSL_CTX_set_security_level(context, options.minimum < TLS1_2_VERSION ? 0 : 1);
        SSL_CTX_set_min_proto_version(context, options.minimum);
        SSL_CTX_set_max_proto_version(context, options.maximum);
        SSL_CTX_use_certificate(context, options.who.certificate.get());
        SSL_CTX_use_PrivateKey(context, options.who.key.get());
        SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>("t"), 1);
        SSL_CTX_set_alpn_select_cb(context, &select_protocol, nullptr);
        if (options.client_ca != nullptr) {
            X509_STORE_add_cert(SSL_CTX_get_cert_store(context),
                                options.client_ca->certificate.get());
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        }
        return context;
    }

    static int select_protocol(SSL*, const unsigned char** out, unsigned char* size,
                               const unsigned char* in, unsigned in_size, void*) {
        *out = in + 1;
        *size = in[0];
        return in_size > 1 ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
    }

    void accept(blocking_connection& connection, std::size_t number) {
        {
            const std::lock_guard lock(mutex_);
            ++begun_;
        }
        handshake seen;
        seen.done = connection.handshake(context_.get());
        SSL* const ssl = connection.ssl();
        seen.resumed = SSL_session_reused(ssl) == 1;
        seen.version = SSL_get_version(ssl);
        if (const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name))
            seen.server_name = name;
        const unsigned char* protocol = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(ssl, &protocol, &size);
        seen.protocol.assign(reinterpret_cast<const char*>(protocol), size);
        X509* const theirs = SSL_get_peer_certificate(ssl);
        seen.certificate = theirs != nullptr;
        X509_free(theirs);
        {
            const std::lock_guard lock(mutex_);
            handshakes_.push_back(seen);
        }
        noted_.notify_all();
        if (seen.done) serve_(connection, number);
        ERR_clear_error();
    }

    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    blocking_server::serve_function serve_;
    mutable std::mutex mutex_;
    mutable std::condition_variable noted_;
    std::size_t begun_ = 0;
    std::vector<handshake> handshakes_{};
    blocking_server server_;
};

} // namespace sse::testing
