// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include "child_process.hpp"
#include "loopback_sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sse::bench {

/// What a time stamp in an event begins with; sixteen hexadecimal digits of nanoseconds follow.
inline constexpr std::string_view stamp_mark = "at=";

inline std::uint64_t now_ns() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

inline std::string stamp() {
    char text[24] = {};
    std::snprintf(text, sizeof text, "at=%016llx", static_cast<unsigned long long>(now_ns()));
    return text;
}

/// How long events took, in microseconds.
struct latencies {
    std::uint64_t events = 0;
    double p50 = 0;
    double p99 = 0;
    double max = 0;
};

/// The connections that events are sent to, in a process of their own, which does nothing but what
/// it is told: the sender runs undisturbed and has all of its descriptors for itself.
class reader_process {
public:
    /// Which of the connections.
    enum group : std::uint8_t { readers, others, stalled };
    static constexpr std::size_t groups = 3;

    /// Makes a connection ask for a stream; called in that process.
    using ask_function = std::function<bool(int socket, const std::string& target)>;

    explicit reader_process(ask_function ask = ask_plainly)
        : control_(make_control()), child_([this, &ask] {
              ::close(control_[0]);
              run(ask);
          }) {
        ::close(control_[1]);
    }
    ~reader_process() { ::close(control_[0]); }

    /// Opens `count` streams of `target`, calling `meanwhile` all the time. A `%u` in the target is
    /// the number of the stream. Returns how many were opened: fewer where descriptors run out.
    template <class Meanwhile>
    std::size_t connect(std::uint16_t port, std::size_t count, std::string_view target, group g,
                        Meanwhile&& meanwhile) {
        command c{'c', g, port, static_cast<std::uint32_t>(count), {}};
        target.copy(c.target.data(), c.target.size() - 1);
        tell(c);
        pollfd answer{control_[0], POLLIN, 0};
        while (::poll(&answer, 1, 0) == 0)
            meanwhile();
        return hear<std::uint64_t>();
    }

    /// Reads what there is on all connections, but for the stalled.
    void drain() {
        tell({'d', readers, 0, 0, {}});
        hear<std::uint64_t>();
    }

    /// Reads from now on as events come, until `stop_listening`.
    void listen() {
        tell({'l', readers, 0, 0, {}});
        hear<std::uint64_t>();
    }
    /// How long events with a stamp took to the readers, and to the others.
    std::array<latencies, 2> stop_listening() {
        tell({'s', readers, 0, 0, {}});
        return hear<std::array<latencies, 2>>();
    }

    /// Closes all connections with a reset, so that none of them lingers on.
    void close_all() {
        tell({'x', readers, 0, 0, {}});
        hear<std::uint64_t>();
    }

    static bool ask_plainly(int socket, const std::string& target) {
        const std::string request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        return ::send(socket, request.data(), request.size(), MSG_NOSIGNAL) > 0;
    }

private:
    struct command {
        char what;
        group to;
        std::uint16_t port;
        std::uint32_t count;
        std::array<char, 24> target;
    };

    static std::array<int, 2> make_control() {
        std::array<int, 2> pair{};
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair.data()) != 0) fail("socketpair");
        return pair;
    }

    void tell(const command& c) const {
        if (::send(control_[0], &c, sizeof c, MSG_NOSIGNAL) < 0) fail("the reading process");
    }
    template <class Answer>
    Answer hear() const {
        Answer answer{};
        if (::recv(control_[0], &answer, sizeof answer, 0) != sizeof answer)
            fail("the reading process");
        return answer;
    }

    // From here on, in the process.

    template <class Answer>
    void answer(const Answer& a) const {
        if (::send(control_[1], &a, sizeof a, MSG_NOSIGNAL) < 0) std::_Exit(0);
    }

    void run(const ask_function& ask) {
        command c{};
        while (::recv(control_[1], &c, sizeof c, 0) == sizeof c) {
            std::uint64_t done = 0;
            if (c.what == 'c') done = connect_all(c, ask);
            if (c.what == 'd') drain_all();
            if (c.what == 'x') reset_all();
            answer(done);
            if (c.what == 'l') {
                collect();
                answer(std::array<latencies, 2>{summary(times_[0]), summary(times_[1])});
            }
        }
    }

    std::uint64_t connect_all(const command& c, const ask_function& ask) {
        for (std::uint32_t i = 0; i < c.count; ++i) {
            std::string target(c.target.data());
            if (const std::size_t at = target.find("%u"); at != target.npos)
                target.replace(at, 2, std::to_string(i));
            const int socket = connected(c);
            if (socket < 0) return i;
            sockets_[c.to].push_back(socket);
            if (!ask(socket, target)) return i;
        }
        return c.count;
    }

    static int connected(const command& c) {
        const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
        if (socket < 0) return socket;
        constexpr int least = 4096;
        if (c.to == stalled) ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(c.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0)
            return socket;
        ::close(socket);
        return -1;
    }

    void drain_all() {
        for (const group g : {readers, others})
            for (const int socket : sockets_[g])
                discard_input(socket);
    }

    void reset_all() {
        const linger now{1, 0};
        for (auto& all : sockets_) {
            for (const int socket : all) {
                ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
                ::close(socket);
            }
            all.clear();
        }
    }

    /// Notes the ages of events as they arrive, until the next command, which it takes.
    void collect() {
        const int poll = ::epoll_create1(0);
        const auto watch = [poll](int socket, std::uint32_t tag) {
            epoll_event e{};
            e.events = EPOLLIN;
            e.data.u64 = (std::uint64_t{tag} << 32) | static_cast<std::uint32_t>(socket);
            ::epoll_ctl(poll, EPOLL_CTL_ADD, socket, &e);
        };
        watch(control_[1], groups);
        for (const group g : {readers, others}) {
            times_[g].clear();
            for (const int socket : sockets_[g])
                watch(socket, g);
        }
        std::array<epoll_event, 256> ready{};
        for (bool told = false; !told;) {
            const int n = ::epoll_wait(poll, ready.data(), static_cast<int>(ready.size()), -1);
            for (int i = 0; i < n; ++i) {
                const std::uint64_t tag = ready[static_cast<std::size_t>(i)].data.u64;
                const int socket = static_cast<int>(tag & 0xffffffffU);
                if (tag >> 32 == groups)
                    told = true;
                else
                    note(socket, times_[tag >> 32]);
            }
        }
        command ignored{};
        if (::recv(control_[1], &ignored, sizeof ignored, 0) <= 0) std::_Exit(0);
        ::close(poll);
    }

    static void note(int socket, std::vector<double>& times) {
        char buffer[65536];
        const ssize_t n = ::recv(socket, buffer, sizeof buffer, MSG_DONTWAIT);
        if (n <= 0) return;
        const auto now = now_ns();
        const std::string_view bytes(buffer, static_cast<std::size_t>(n));
        for (std::size_t at = 0; (at = bytes.find(stamp_mark, at)) != bytes.npos; ++at) {
            const std::string digits(bytes.substr(at + stamp_mark.size(), 16));
            times.push_back(static_cast<double>(now - std::strtoull(digits.c_str(), nullptr, 16)) /
                            1e3);
        }
    }

    static latencies summary(std::vector<double>& times) {
        if (times.empty()) return {};
        std::sort(times.begin(), times.end());
        const auto at = [&](std::size_t percent) {
            return times[std::min(times.size() - 1, times.size() * percent / 100)];
        };
        return {times.size(), at(50), at(99), times.back()};
    }

    std::array<int, 2> control_;
    std::array<std::vector<int>, groups> sockets_{};
    std::array<std::vector<double>, 2> times_{};
    child_process child_; // last: it begins with the rest at hand
};

} // namespace sse::bench
