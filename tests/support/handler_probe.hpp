// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace sse::testing {

/// What the handlers of one probe have seen.
struct probe_record {
    std::size_t calls = 0;
    std::size_t allocations = 0; ///< with the handler's allocator
    std::size_t outstanding = 0; ///< of those, not given back yet
    bool initiating = false;     ///< the initiating function is on the stack
    bool destroyed = false;      ///< the handler was destroyed without a call
    std::string fault{};         ///< the first rule that was broken

    void blame(const char* what) {
        if (fault.empty()) fault = what;
    }
};

/// Counts into a `probe_record`.
template <class T>
class probe_allocator {
public:
    using value_type = T;

    explicit probe_allocator(std::shared_ptr<probe_record> record) noexcept
        : record_(std::move(record)) {}
    // No move: an allocator that was moved from has to stay equal.
    probe_allocator(const probe_allocator&) noexcept = default;
    probe_allocator& operator=(const probe_allocator&) noexcept = default;
    template <class U>
    probe_allocator(const probe_allocator<U>& other) noexcept : record_(other.record()) {}

    [[nodiscard]] T* allocate(std::size_t n) {
        ++record_->allocations;
        ++record_->outstanding;
        return std::allocator<T>().allocate(n);
    }
    void deallocate(T* memory, std::size_t n) noexcept {
        --record_->outstanding;
        std::allocator<T>().deallocate(memory, n);
    }

    [[nodiscard]] const std::shared_ptr<probe_record>& record() const noexcept { return record_; }
    friend bool operator==(const probe_allocator&, const probe_allocator&) = default;

private:
    std::shared_ptr<probe_record> record_;
};

/// Checks how an asynchronous operation treats its handler: called exactly once or destroyed
/// uncalled with the context; on its associated executor; with its associated allocator, whose
/// memory is given back before the call; never inside the initiating function.
///
///     handler_probe<void(error_code)> probe(context);
///     probe.initiate([&](auto handler) { timer.async_wait(std::move(handler)); });
///     context.run();
///     CHECK(probe.fault() == "");
///     CHECK(probe.error() == error_code());
template <class Signature>
class handler_probe;

template <class... Args>
class handler_probe<void(error_code, Args...)> {
    using result_type = std::tuple<error_code, Args...>;

    struct state {
        /// While the handler lives only: a strand must not outlive its context.
        std::optional<asio::strand<asio::io_context::executor_type>> strand{};
        asio::cancellation_signal signal{};
        probe_record record{};
        std::optional<result_type> result{};
    };

public:
    /// Its handler runs on a strand of `context`, which has to be driven on one thread. The probe
    /// may outlive the context.
    explicit handler_probe(asio::io_context& context)
        : context_(&context), state_(std::make_shared<state>()) {}

    /// The handler that it hands out: move-only.
    class handler_type {
    public:
        using executor_type = asio::strand<asio::io_context::executor_type>;
        using allocator_type = probe_allocator<void>;
        using cancellation_slot_type = asio::cancellation_slot;

        explicit handler_type(std::shared_ptr<state> s) : state_(std::move(s)) {}
        handler_type(handler_type&&) noexcept = default;
        ~handler_type() {
            if (!state_) return;
            if (state_->record.calls == 0) state_->record.destroyed = true;
            state_->strand.reset();
        }

        [[nodiscard]] executor_type get_executor() const noexcept { return *state_->strand; }
        [[nodiscard]] allocator_type get_allocator() const noexcept {
            return allocator_type(std::shared_ptr<probe_record>(state_, &state_->record));
        }
        [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept {
            return state_->signal.slot();
        }

        void operator()(error_code ec, Args... args) {
            auto& r = state_->record;
            if (++r.calls > 1) r.blame("called more than once");
            if (r.initiating) r.blame("called inside the initiating function");
            if (!state_->strand->running_in_this_thread()) r.blame("not called on its executor");
            if (r.outstanding != 0) r.blame("its memory was not given back before the call");
            state_->result.emplace(ec, std::move(args)...);
        }

    private:
        std::shared_ptr<state> state_;
    };

    /// Calls `function(handler)`, the initiating function. Once a probe.
    template <class Function>
    void initiate(Function&& function) {
        state_->strand.emplace(asio::make_strand(*context_));
        state_->record.initiating = true;
        std::forward<Function>(function)(handler_type(state_));
        state_->record.initiating = false;
    }

    /// Emits to the handler's cancellation slot.
    void cancel(asio::cancellation_type type = asio::cancellation_type::terminal) {
        state_->signal.emit(type);
    }

    [[nodiscard]] bool called() const noexcept { return state_->record.calls != 0; }
    /// Whether the handler was destroyed without a call.
    [[nodiscard]] bool destroyed() const noexcept { return state_->record.destroyed; }
    /// The first rule that was broken, as a text; empty where none was.
    [[nodiscard]] const std::string& fault() const noexcept { return state_->record.fault; }
    /// Allocations with the handler's allocator.
    [[nodiscard]] std::size_t allocations() const noexcept { return state_->record.allocations; }

    /// The arguments of the call. Throws `std::bad_optional_access` where there was none.
    [[nodiscard]] result_type& result() { return state_->result.value(); }
    /// The error of the call.
    [[nodiscard]] error_code error() { return std::get<0>(result()); }
    /// The argument behind the error.
    [[nodiscard]] auto& value() requires(sizeof...(Args) > 0) { return std::get<1>(result()); }

private:
    asio::io_context* context_;
    std::shared_ptr<state> state_;
};

} // namespace sse::testing
