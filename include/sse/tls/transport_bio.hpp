// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>
#include <sse/net/transport.hpp>
#include <sse/tls/openssl.hpp>

#include <algorithm>
#include <cstddef>

namespace sse::detail {

/// The plain connection below TLS, with what went wrong with it last.
struct tls_transport {
    error_code error{};
    net::transport transport;
    net::time_point last_received{};
    std::size_t quota = 0;     ///< bytes that may still be read in this step
    std::size_t fruitless = 0; ///< bytes since the last that brought data
};

/// Lets OpenSSL read and write a transport directly, without waiting and without buffers of its
/// own in between. Sockets, unix sockets and streams in memory are all the same here.
class transport_bio {
public:
    /// `below` has to outlive the result.
    [[nodiscard]] static openssl_ptr<BIO> make(tls_transport& below) {
        openssl_ptr<BIO> bio(BIO_new(method()));
        if (bio) {
            BIO_set_data(bio.get(), &below);
            BIO_set_init(bio.get(), 1);
        }
        return bio;
    }

private:
    static const BIO_METHOD* method() {
        static const openssl_ptr<BIO_METHOD> instance = make_method();
        return instance.get();
    }

    static openssl_ptr<BIO_METHOD> make_method() {
        openssl_ptr<BIO_METHOD> m(
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "transport"));
        if (m) {
            BIO_meth_set_read_ex(m.get(), &read);
            BIO_meth_set_write_ex(m.get(), &write);
            BIO_meth_set_ctrl(m.get(), &control);
        }
        return m;
    }

    static int read(BIO* bio, char* data, std::size_t size, std::size_t* done) {
        tls_transport& below = *static_cast<tls_transport*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        *done = 0;
        if (below.quota == 0)
            below.error = asio::error::would_block; // others have their turn first
        else
            *done = below.transport.read_some(asio::mutable_buffer(data, size), below.error);
        if (*done != 0) below.last_received = net::steady_clock::now();
        below.quota -= std::min(below.quota, *done);
        below.fruitless += *done;
        if (below.error == asio::error::would_block) BIO_set_retry_read(bio);
        return below.error ? 0 : 1;
    }

    static int write(BIO* bio, const char* data, std::size_t size, std::size_t* done) {
        tls_transport& below = *static_cast<tls_transport*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        *done = below.transport.write_some(asio::const_buffer(data, size), below.error);
        if (below.error == asio::error::would_block) BIO_set_retry_write(bio);
        return below.error ? 0 : 1;
    }

    /// Nothing is buffered here, so flushing succeeds. All else is not for a transport.
    static long control(BIO*, int command, long, void*) {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }
};

} // namespace sse::detail
