// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/server/admission.hpp>
#include <sse/server/thread_state.hpp>

#include <memory>
#include <string_view>
#include <utility>

namespace sse::detail {

/// What a connection counts for, from the moment it was accepted until `leave`, also while it is on
/// its way to another thread.
template <class Executor>
class seat {
public:
    /// A seat on the thread of `state`; empty where there is no room.
    seat(std::shared_ptr<thread_state<Executor>> state, std::string_view address)
        : state_(std::move(state)), place_(state_->admitted->enter(address)) {
        if (place_ == nullptr) {
            ++state_->counters.refused;
            place_ = state_->admitted->enter_refused();
        }
        if (place_ != nullptr) ++state_->counters.connections;
    }
    seat(seat&& other) noexcept
        : state_(std::move(other.state_)), place_(std::exchange(other.place_, nullptr)) {}
    seat& operator=(seat&&) = delete;
    ~seat() { leave(); }

    void leave() noexcept {
        if (place_ == nullptr) return;
        --state_->counters.connections;
        state_->admitted->leave(std::exchange(place_, nullptr));
    }

    /// False: not even to be told that there is no room.
    [[nodiscard]] bool taken() const noexcept { return place_ != nullptr; }
    /// Whether it is only for being told so.
    [[nodiscard]] bool refused() const noexcept { return state_->admitted->is_refused(place_); }
    [[nodiscard]] thread_state<Executor>& operator*() const noexcept { return *state_; }
    [[nodiscard]] thread_state<Executor>* operator->() const noexcept { return state_.get(); }

private:
    std::shared_ptr<thread_state<Executor>> state_;
    admission_place* place_;
};

} // namespace sse::detail
