// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#ifdef __linux__

#include <sse/net/readiness_entry.hpp>

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace sse::net {

/// What the system told of the entries of a `readiness_set` in one go, and how far they have been
/// told of it. Entries may leave meanwhile. It does no I/O.
class readiness_batch {
public:
    static constexpr std::size_t capacity = 128;

    /// Where the system puts up to `capacity` events.
    [[nodiscard]] epoll_event* data() noexcept { return events_.data(); }

    /// Begins with the first of so many events, at most `capacity`.
    void begin(std::size_t size) noexcept {
        at_ = 0;
        size_ = size;
    }

    [[nodiscard]] bool empty() const noexcept { return at_ == size_; }
    void next() noexcept { ++at_; }

    /// Whose turn it is, unless the batch is empty; null once that has left.
    [[nodiscard]] readiness_entry* entry() const noexcept {
        return static_cast<readiness_entry*>(events_[at_].data.ptr);
    }

    /// Lets the entry whose turn it is, and which has not left, know what the system told of it.
    void tell() const noexcept {
        constexpr std::uint32_t failed = EPOLLHUP | EPOLLERR;
        const std::uint32_t events = events_[at_].events;
        entry()->on_told((events & (EPOLLIN | EPOLLRDHUP | failed)) != 0,
                         (events & (EPOLLOUT | failed)) != 0,
                         (events & (EPOLLRDHUP | failed)) != 0);
    }

    /// Takes an entry that leaves out of what is still to come.
    void remove(const readiness_entry& e) noexcept {
        for (std::size_t i = at_; i < size_; ++i)
            if (events_[i].data.ptr == &e) events_[i].data.ptr = nullptr;
    }

private:
    std::size_t at_ = 0;
    std::size_t size_ = 0;
    std::array<epoll_event, capacity> events_;
};

} // namespace sse::net

#endif
