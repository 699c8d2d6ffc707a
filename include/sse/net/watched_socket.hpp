// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/readiness_entry.hpp>

#ifdef __linux__
#include <sys/socket.h>
#include <unistd.h>
#endif

#include <cerrno>
#include <cstddef>
#include <utility>

namespace sse::net {

#ifdef __linux__

/// A connected stream socket that waits in a `readiness_set` of type `Set`, or in none yet. Its
/// functions never block. Lifetime: closed by its destructor. It may be moved while it is in no
/// set. The set has to stay.
template <class Set>
class watched_socket {
public:
    watched_socket() = default;
    /// Takes over a socket of the system.
    explicit watched_socket(int descriptor) noexcept : entry_(descriptor) {}
    watched_socket(watched_socket&& other) noexcept : entry_(other.release()) {}
    watched_socket& operator=(watched_socket&&) = delete;
    ~watched_socket() { close(); }

    [[nodiscard]] bool is_open() const noexcept { return entry_.descriptor() >= 0; }
    [[nodiscard]] int descriptor() const noexcept { return entry_.descriptor(); }

    /// From now on waits are told to `observer`. False where the set has no room.
    [[nodiscard]] bool enter(Set& set, readiness_observer& observer) {
        entry_.observe(observer);
        set_ = &set;
        if (set.add(entry_)) return true;
        set_ = nullptr;
        return false;
    }

    /// Begins a wait: at most one for each of both.
    void wait(readiness what) noexcept { set_->wait(entry_, what); }

    std::size_t read_some(asio::mutable_buffer buffer, error_code& ec) {
        return finish(readiness::readable, buffer.size(), ec, [&] {
            return ::recv(entry_.descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        });
    }
    std::size_t write_some(asio::const_buffer buffer, error_code& ec) {
        return finish(readiness::writable, buffer.size(), ec, [&] {
            return ::send(entry_.descriptor(), buffer.data(), buffer.size(),
                          MSG_DONTWAIT | MSG_NOSIGNAL);
        });
    }
    void shutdown_send(error_code& ec) noexcept {
        ec = ::shutdown(entry_.descriptor(), SHUT_WR) == 0 ? error_code() : last_error();
    }

    void close() noexcept {
        const int descriptor = release();
        if (descriptor >= 0) ::close(descriptor);
    }

    /// Gives the socket of the system away, out of the set.
    [[nodiscard]] int release() noexcept {
        if (set_ != nullptr) std::exchange(set_, nullptr)->remove(entry_);
        const int descriptor = entry_.descriptor();
        entry_ = readiness_entry();
        return descriptor;
    }

    [[nodiscard]] asio::generic::stream_protocol::endpoint remote_endpoint(error_code& ec) const {
        asio::generic::stream_protocol::endpoint peer;
        auto size = static_cast<socklen_t>(peer.capacity());
        if (::getpeername(entry_.descriptor(), peer.data(), &size) != 0)
            ec = last_error();
        else
            peer.resize(size);
        return peer;
    }

    /// The family of its addresses.
    [[nodiscard]] int family() const noexcept {
        int value = 0;
        socklen_t size = sizeof value;
        ::getsockopt(entry_.descriptor(), SOL_SOCKET, SO_DOMAIN, &value, &size);
        return value;
    }

private:
    [[nodiscard]] static error_code last_error() noexcept {
        return {errno, asio::error::get_system_category()};
    }

    /// Calls `transfer`, and notes where it used up what the system had told.
    template <class Transfer>
    std::size_t finish(readiness what, std::size_t size, error_code& ec, Transfer&& transfer) {
        auto n = transfer();
        while (n < 0 && errno == EINTR)
            n = transfer();
        if (n <= 0 && size != 0) {
            ec = n < 0 ? last_error() : error_code(asio::error::eof);
            if (ec == asio::error::would_block) entry_.used_up(what);
            return 0;
        }
        const auto done = static_cast<std::size_t>(n);
        if (done < size) entry_.used_up(what);
        ec.assign(0, ec.category());
        return done;
    }

    readiness_entry entry_;
    Set* set_ = nullptr;
};

#else

/// Systems without epoll have none: it is never open.
template <class Set>
class watched_socket {
public:
    [[nodiscard]] static bool is_open() noexcept { return false; }
    [[nodiscard]] static int descriptor() noexcept { return -1; }
    [[nodiscard]] static bool enter(Set&, readiness_observer&) noexcept { return false; }
    static void wait(readiness) noexcept {}
    static std::size_t read_some(asio::mutable_buffer, error_code&) noexcept { return 0; }
    static std::size_t write_some(asio::const_buffer, error_code&) noexcept { return 0; }
    static void shutdown_send(error_code&) noexcept {}
    static void close() noexcept {}
    [[nodiscard]] static int release() noexcept { return -1; }
    [[nodiscard]] static asio::generic::stream_protocol::endpoint remote_endpoint(error_code&) {
        return {};
    }
    [[nodiscard]] static int family() noexcept { return 0; }
};

#endif

} // namespace sse::net
