// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/event_batch.hpp>
#include <sse/client/event_source.hpp>
#include <sse/client/hooks.hpp>
#include <sse/client/options.hpp>
#include <sse/client/ready_state.hpp>
#include <sse/net/asio.hpp>
#include <sse/text/error.hpp>
#include <sse/text/event.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sse {

/// An event source that calls functions, as the one of browsers does: a thin layer on
/// `async_receive_batch` of `Source`.
///
///     sse::event_listener listener(executor, "http://localhost:8080/events/demo");
///     listener.on_message([](sse::event_view e) { std::cout << e.data << '\n'; })
///         .on("tick", [](sse::event_view e) { ... })
///         .on_error([](const sse::disconnection& d) { ... })
///         .start();
///
/// One function for each; setting another one replaces it, at any time. Functions are called where
/// `executor` runs its handlers, never inside a function of the listener, and may do what they like
/// with it, its destruction included. They must not throw.
/// Lifetime: may be destroyed at any time, which does as `close()` does. While it is started and
/// not closed, it keeps the context running.
/// Thread safety: distinct objects: safe. Shared objects: unsafe; one (implicit) strand each.
template <class Source = event_source>
class basic_event_listener {
public:
    using source_type = Source;
    using executor_type = typename Source::executor_type;
    using event_function = std::function<void(event_view)>;

    /// A listener that does nothing yet. The hooks in `options` are called as well.
    basic_event_listener(const executor_type& executor, std::string_view url,
                         event_source_options options = {}, typename Source::net_type net = {})
        : state_(std::make_shared<state>()) {
        connect_hooks(options.hooks, state_);
        state_->source.emplace(executor, url, std::move(options), std::move(net));
    }

    template <class ExecutionContext>
    requires std::is_convertible_v<ExecutionContext&, asio::execution_context&>
    basic_event_listener(ExecutionContext& context, std::string_view url,
                         event_source_options options = {}, typename Source::net_type net = {})
        : basic_event_listener(executor_type(context.get_executor()), url, std::move(options),
                               std::move(net)) {}

    basic_event_listener(basic_event_listener&&) noexcept = default;
    basic_event_listener& operator=(basic_event_listener&& other) noexcept {
        basic_event_listener(std::move(other)).state_.swap(state_);
        return *this;
    }
    ~basic_event_listener() {
        if (state_) close();
    }

    /// Is called when a response was accepted as an event stream.
    basic_event_listener& on_open(std::function<void(const incoming_response&)> function) {
        state_->open = share(std::move(function));
        return *this;
    }

    /// Is called with events of type `message`, the default.
    /// Lifetime: views are valid during the call.
    basic_event_listener& on_message(event_function function) {
        return on("message", std::move(function));
    }

    /// Is called with events of the type `type`.
    basic_event_listener& on(std::string_view type, event_function function) {
        state_->events.insert_or_assign(std::string(type), share(std::move(function)));
        return *this;
    }

    /// Is called with events of all types that have no function of their own.
    basic_event_listener& on_other(event_function function) {
        state_->other = share(std::move(function));
        return *this;
    }

    /// Is called when a connection or an attempt ended by itself. Where `delay` is empty, it was
    /// the last one, and nothing is called any more.
    basic_event_listener& on_error(std::function<void(const disconnection&)> function) {
        state_->error = share(std::move(function));
        return *this;
    }

    /// Connects, and goes on until `close()` or an error that is for good. Does nothing where it is
    /// started already; after an error for good it tries again.
    void start() {
        if (std::exchange(state_->started, true)) return;
        if (std::exchange(state_->ended, false)) state_->source->restart();
        receive(state_);
    }

    /// Ends it for good and its connection at once. No function is called any more.
    void close() {
        state_->closed = true;
        state_->source->close();
    }

    /// As of the source.
    [[nodiscard]] sse::ready_state ready_state() const { return state_->source->ready_state(); }

    /// The source, to ask it for more: `last_event_id()`, `url()`, `counters()`, or to `restart()`
    /// it. Not to be received from.
    [[nodiscard]] Source& source() noexcept { return *state_->source; }

private:
    template <class Function>
    using shared = std::shared_ptr<const Function>;

    struct state {
        std::map<std::string, shared<event_function>, std::less<>> events{};
        shared<event_function> other{};
        shared<std::function<void(const incoming_response&)>> open{};
        shared<std::function<void(const disconnection&)>> error{};
        std::optional<Source> source{};
        bool started = false;
        bool ended = false; ///< by an error that is for good
        bool told = false;  ///< `error` knows of it
        bool closed = false;
    };

    /// Shared, since a function may be replaced while it runs.
    template <class Function>
    static shared<Function> share(Function function) {
        return function ? std::make_shared<const Function>(std::move(function)) : nullptr;
    }

    template <class Function, class Argument>
    static void call(const state& s, shared<Function> function, const Argument& argument) {
        if (function && !s.closed) (*function)(argument);
    }

    /// Puts ours behind those of the user.
    static void connect_hooks(event_source_hooks& hooks, const std::weak_ptr<state>& weak) {
        hooks.on_open = [weak, before = std::move(hooks.on_open)](const incoming_response& r) {
            if (before) before(r);
            if (const auto s = weak.lock()) call(*s, s->open, r);
        };
        hooks.on_error = [weak, before = std::move(hooks.on_error)](disconnection& d) {
            if (before) before(d);
            const auto s = weak.lock();
            if (!s) return;
            s->told = !d.delay;
            call<std::function<void(const disconnection&)>>(*s, s->error, d);
        };
    }

    static void receive(const std::shared_ptr<state>& s) {
        s->source->async_receive_batch([s](error_code ec, event_batch batch) {
            if (ec) return end(*s, ec);
            for (const event_view e : batch) {
                const auto found = s->events.find(e.type);
                call(*s, found != s->events.end() ? found->second : s->other, e);
            }
            if (!s->closed) receive(s);
        });
    }

    /// Tells of an error that no hook knows of, such as a URL that is none.
    static void end(state& s, error_code ec) {
        s.started = false;
        s.ended = true;
        if (!std::exchange(s.told, false))
            call(s, s.error, disconnection{ec, 0, false, 0, std::nullopt});
    }

    std::shared_ptr<state> state_;
};

/// An event listener for any executor.
using event_listener = basic_event_listener<>;

} // namespace sse
