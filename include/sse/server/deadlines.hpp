// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/member_call.hpp>
#include <sse/net/timer.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace sse::detail {

/// What a connection's deadline is for. All of a kind are of one length.
enum class deadline_kind : std::uint8_t { head, body, idle, write, linger, count_ };

/// Something with at most one deadline at a time.
class deadline_entry {
public:
    deadline_entry() = default;
    deadline_entry(const deadline_entry&) = delete;
    deadline_entry& operator=(const deadline_entry&) = delete;

    virtual void on_deadline(deadline_kind kind) = 0;

protected:
    ~deadline_entry() = default;

private:
    template <class>
    friend class deadlines;
    deadline_entry* before_ = nullptr;
    deadline_entry* behind_ = nullptr;
    net::time_point at_{};
    deadline_kind kind_ = deadline_kind::count_;
};

/// The deadlines of all connections of a thread, on one timer. Those of a kind have one length, so
/// each kind's list is in order by itself, and setting, moving and clearing take constant time.
template <class Executor>
class deadlines : public std::enable_shared_from_this<deadlines<Executor>> {
public:
    using durations =
        std::array<std::chrono::milliseconds, static_cast<std::size_t>(deadline_kind::count_)>;

    deadlines(const Executor& executor, const durations& lengths)
        : timer_(executor), lengths_(lengths) {
        constexpr std::chrono::milliseconds century = std::chrono::hours(24 * 365 * 100);
        for (std::chrono::milliseconds& length : lengths_) // so that no time overflows
            length = std::min(length, century);
    }

    /// Sets the deadline of `e`, in place of the one it has. A kind of length zero is none.
    void set(deadline_entry& e, deadline_kind kind) {
        clear(e);
        const auto i = static_cast<std::size_t>(kind);
        if (lengths_[i].count() <= 0) return;
        list& l = lists_[i];
        e.at_ = timer_.now() + lengths_[i];
        e.kind_ = kind;
        e.before_ = l.last;
        e.behind_ = nullptr;
        (l.last != nullptr ? l.last->behind_ : l.first) = &e;
        l.last = &e;
        if (e.at_ < wakes_at_) wake_at(e.at_);
    }

    void clear(deadline_entry& e) noexcept {
        if (e.kind_ == deadline_kind::count_) return;
        list& l = lists_[static_cast<std::size_t>(e.kind_)];
        (e.before_ != nullptr ? e.before_->behind_ : l.first) = e.behind_;
        (e.behind_ != nullptr ? e.behind_->before_ : l.last) = e.before_;
        e.before_ = e.behind_ = nullptr;
        e.kind_ = deadline_kind::count_;
    }

    /// The kind that is set for `e`; `count_` for none.
    [[nodiscard]] static deadline_kind kind_of(const deadline_entry& e) noexcept { return e.kind_; }

    /// Lets the context run out of work.
    void stop() {
        wakes_at_ = net::time_point::max();
        timer_.cancel();
    }

private:
    struct list {
        deadline_entry* first = nullptr;
        deadline_entry* last = nullptr;
    };

    void wake_at(net::time_point at) {
        wakes_at_ = at;
        timer_.expires_at(at);
        timer_.async_wait(calls<&deadlines::fire>(this->weak_from_this()));
    }

    void fire(const error_code& ec) {
        if (ec) return;
        const net::time_point now = timer_.now();
        wakes_at_ = net::time_point::max();
        net::time_point next = net::time_point::max();
        for (list& l : lists_) {
            while (l.first != nullptr && l.first->at_ <= now) {
                deadline_entry& e = *l.first;
                const deadline_kind kind = e.kind_;
                clear(e);
                e.on_deadline(kind);
            }
            if (l.first != nullptr && l.first->at_ < next) next = l.first->at_;
        }
        if (next < wakes_at_) wake_at(next);
    }

    net::basic_timer<Executor> timer_;
    durations lengths_;
    std::array<list, static_cast<std::size_t>(deadline_kind::count_)> lists_{};
    net::time_point wakes_at_ = net::time_point::max();
};

} // namespace sse::detail
