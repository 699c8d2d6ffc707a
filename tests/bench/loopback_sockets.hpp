// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "child_process.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

namespace sse::bench {

/// A socket that listens on the loopback interface, on any free port.
inline int listen_anywhere() {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0 ||
        ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, SOMAXCONN) != 0)
        fail("no socket to listen on");
    return listener;
}

inline std::uint16_t port_of(int listener) {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    if (::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0)
        fail("no port");
    return ntohs(address.sin_port);
}

/// Reads what there is, and drops it.
inline void discard_input(int socket) {
    char buffer[16'384];
    while (::recv(socket, buffer, sizeof buffer, MSG_DONTWAIT) == sizeof buffer) {
    }
}

} // namespace sse::bench
