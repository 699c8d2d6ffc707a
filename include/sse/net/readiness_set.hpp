// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/member_call.hpp>
#include <sse/net/readiness_batch.hpp>
#include <sse/net/readiness_entry.hpp>

#ifdef __linux__
#include <sys/epoll.h>
#include <unistd.h>
#endif

#include <cerrno>
#include <cstddef>
#include <memory>

namespace sse::net {

#ifdef __linux__

/// Many descriptors that are waited for by one operation of Asio's: an epoll descriptor that Asio
/// watches. A wait in it takes no memory beyond its entry's, where one of Asio's takes 300 bytes.
///
/// It keeps its execution context running while it has entries. Observers are called on the
/// executor, up to `readiness_batch::capacity` of them in one turn of the event loop. Those whose
/// entries leave in the meantime are not called. Thread safety: unsafe, one (implicit) strand.
template <class Executor>
class readiness_set : public std::enable_shared_from_this<readiness_set<Executor>> {
public:
    explicit readiness_set(const Executor& executor) : watched_(executor) {}
    readiness_set(const readiness_set&) = delete;
    readiness_set& operator=(const readiness_set&) = delete;

    /// Until it is open, and where that fails, `add` fails.
    /// Errors: those of the system, such as that there are too many descriptors.
    [[nodiscard]] error_code open() {
        if (watched_.is_open()) return {};
        const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
        if (descriptor < 0) return {errno, asio::error::get_system_category()};
        error_code ec;
        static_cast<void>(watched_.assign(descriptor, ec));
        if (ec) ::close(descriptor);
        return ec;
    }

    /// Adds an entry, which has to stay where it is until it is removed. False where the system
    /// has no room for it.
    [[nodiscard]] bool add(readiness_entry& e) {
        if (!watched_.is_open() || !control(EPOLL_CTL_ADD, e)) return false;
        ++size_;
        watch();
        return true;
    }

    /// Waits for `what` of an entry.
    void wait(readiness_entry& e, readiness what) noexcept {
        if (e.begin(what)) ask(e);
    }

    /// Takes an entry out, before its descriptor is closed: closing alone would not do while a
    /// child process has the same socket. No wait of it is told any more.
    void remove(readiness_entry& e) noexcept {
        static_cast<void>(control(EPOLL_CTL_DEL, e));
        batch_.remove(e);
        if (--size_ != 0 || !watching_) return;
        error_code ignored;
        static_cast<void>(watched_.cancel(ignored));
    }

private:
    [[nodiscard]] bool control(int operation, readiness_entry& e) noexcept {
        epoll_event event{};
        event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
        if (e.is_told(readiness::writable)) event.events |= EPOLLOUT;
        event.data.ptr = &e;
        return ::epoll_ctl(watched_.native_handle(), operation, e.descriptor(), &event) == 0;
    }

    /// The system tells anew what is ready.
    void ask(readiness_entry& e) noexcept { static_cast<void>(control(EPOLL_CTL_MOD, e)); }

    void watch() {
        if (watching_ || in_turn_ || size_ == 0) return;
        watched_.async_wait(asio::posix::descriptor_base::wait_read,
                            sse::detail::calls<&readiness_set::on_event>(this->weak_from_this()));
        watching_ = true;
    }

    void on_event(const error_code& ec) {
        watching_ = false;
        if (ec) return watch(); // cancelled when there were no entries
        in_turn_ = true;
        const int n = ::epoll_wait(watched_.native_handle(), batch_.data(), batch_.capacity, 0);
        batch_.begin(n > 0 ? static_cast<std::size_t>(n) : 0);
        try {
            for (; !batch_.empty(); batch_.next())
                tell();
        } catch (...) { // of what a user's function threw
            for (; !batch_.empty(); batch_.next())
                if (readiness_entry* const e = batch_.entry()) ask(*e);
            end_turn();
            throw;
        }
        end_turn();
    }

    void end_turn() {
        in_turn_ = false;
        watch();
    }

    void tell() {
        if (batch_.entry() == nullptr) return;
        batch_.tell();
        for (const readiness what : {readiness::writable, readiness::readable}) {
            readiness_entry* const e = batch_.entry(); // gone, if who was called took it out
            if (e != nullptr && e->end(what)) e->observer().on_ready(what, {});
        }
    }

    asio::posix::basic_stream_descriptor<Executor> watched_;
    std::size_t size_ = 0;
    bool watching_ = false; // a wait is under way
    bool in_turn_ = false;
    readiness_batch batch_;
};

#else

/// Systems without epoll have none: nothing can be added.
template <class Executor>
class readiness_set {
public:
    explicit readiness_set(const Executor&) {}
    [[nodiscard]] error_code open() { return asio::error::operation_not_supported; }
    [[nodiscard]] bool add(readiness_entry&) { return false; }
    void wait(readiness_entry&, readiness) noexcept {}
    void remove(readiness_entry&) noexcept {}
};

#endif

} // namespace sse::net
