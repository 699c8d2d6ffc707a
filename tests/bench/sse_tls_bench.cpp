// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// A fan-out over TLS beside a floor that does nothing but `SSL_write` of as many bytes, on
// connections of its own with the same cipher. Processor time of this thread, the kernel's
// included; another process holds the readers' ends. Read the ratios.
#include "crowd.hpp"
#include "loopback_sockets.hpp"
#include "measure.hpp"
#include "reader_process.hpp"
#include "support/tls_certificates.hpp"

#include <sse/tls.hpp>

#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sse::bench {
namespace {

[[noreturn]] void refuse(const char* what) {
    std::fprintf(stderr, "sse_tls_bench: %s\n", what);
    std::exit(1);
}

/// In the reading process: a handshake and a request. What comes back is read, but never decrypted.
bool ask_over_tls(int socket, const std::string& target) {
    static SSL_CTX* const context = [] {
        SSL_CTX* const made = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_ciphersuites(made, "TLS_AES_128_GCM_SHA256"); // for all
        return made;
    }();
    SSL* const ssl = SSL_new(context);
    SSL_set_fd(ssl, socket);
    const std::string request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const bool asked = SSL_connect(ssl) == 1 &&
                       SSL_write(ssl, request.data(), static_cast<int>(request.size())) > 0;
    SSL_free(ssl);
    return asked;
}

/// The floor: connections with nothing but OpenSSL's own functions.
class plain_tls {
public:
    plain_tls(const std::string& certificate, const std::string& key)
        : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free), listener_(listen_anywhere()) {
        if (SSL_CTX_use_certificate_file(context_.get(), certificate.c_str(), SSL_FILETYPE_PEM) !=
                1 ||
            SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
            refuse("no certificate");
    }
    plain_tls(const plain_tls&) = delete;
    plain_tls& operator=(const plain_tls&) = delete;
    ~plain_tls() {
        for (SSL* const ssl : all_) {
            ::close(SSL_get_fd(ssl));
            SSL_free(ssl);
        }
        ::close(listener_);
    }

    bool join(reader_process& ends, std::size_t count) {
        const auto accept_next = [&] {
            pollfd one{listener_, POLLIN, 0};
            if (::poll(&one, 1, 1) > 0) accept();
        };
        if (ends.connect(port_of(listener_), count, "/", reader_process::readers, accept_next) <
            count)
            return false;
        while (all_.size() < count)
            accept();
        return true;
    }

    void send_to_all(const std::string& bytes) {
        for (SSL* const ssl : all_)
            if (SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size())) <= 0)
                refuse("SSL_write of the floor");
    }

private:
    void accept() {
        const int socket = ::accept(listener_, nullptr, nullptr);
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        SSL* const ssl = SSL_new(context_.get());
        SSL_set_fd(ssl, socket);
        if (SSL_accept(ssl) != 1) refuse("handshake of the floor");
        all_.push_back(ssl);
    }

    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    int listener_;
    std::vector<SSL*> all_;
};

void measure(const run_options& options, reader_process& ends) {
    const testing::identity self = testing::make_identity({.common_name = "localhost"});
    testing::scratch_folder folder;
    const std::string certificate = folder.write("certificate.pem", self);
    const std::string key = folder.write_key("key.pem", self);
    const tls_server tls({.certificate_file = certificate, .key_file = key});
    const report out(options,
                     {"measured", "readers", "data B", "a turn", "ns", "floor ns", "of floor"});
    const std::vector<std::size_t> sizes =
        options.smoke ? std::vector<std::size_t>{4} : std::vector<std::size_t>{100, 1'000};
    for (const std::size_t n : sizes) {
        crowd c(ends, {}, {.tls = tls});
        plain_tls floor(certificate, key);
        if (!c.join(n, "crowd") || !floor.join(ends, n)) refuse("not enough descriptors");
        c.drain();
        for (const auto& [size, events] :
             {std::pair<std::size_t, std::size_t>{64, 1}, {64, 64}, {1'024, 1}, {16'000, 1}}) {
            const auto s =
                compare_deliveries(options.rounds(31), c, std::string(size, 'x'), events,
                                   [&](const std::string& bytes) { floor.send_to_all(bytes); });
            out.row("tls", std::to_string(n),
                    {static_cast<double>(size), static_cast<double>(events), s[0] * 1e9, s[1] * 1e9,
                     s[0] / s[1]});
        }
    }
}

} // namespace
} // namespace sse::bench

int main(int argc, char** argv) {
    using namespace sse::bench;
    const run_options options(argc, argv);
    raise_descriptors();
    reader_process ends(ask_over_tls);
    measure(options, ends);
}
