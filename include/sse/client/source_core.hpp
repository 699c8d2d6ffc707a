// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/connection_fsm.hpp>
#include <sse/client/event_feed.hpp>
#include <sse/client/hooks.hpp>
#include <sse/client/options.hpp>
#include <sse/client/pending_request.hpp>
#include <sse/client/request_maker.hpp>
#include <sse/client/response_reader.hpp>
#include <sse/http/url.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/proxy.hpp>
#include <sse/net/timer.hpp>
#include <sse/text/error.hpp>
#include <sse/text/event.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sse::detail {

/// An event source but for its I/O: the state machine, the feed of events, the requests and the
/// user's hooks. What it gives back to whoever moves the bytes is `prepare` (wait for the answer to
/// `requests().draft()`), `connect`, `send`, `read`, `wait` or `complete`, the last without error
/// when the feed has an event.
/// It is a template, as the state machine is, so that both are compiled where a source is made and
/// nowhere else; what is its own to choose is the type of its times.
template <class TimePoint = net::time_point>
class source_core {
public:
    using time_point = TimePoint;
    using kind = connection_action::kind;
    using input = connection_input::kind;

    source_core(std::string_view url, event_source_options options)
        : source_core(request_start(url, options.headers), std::move(options)) {}
    source_core(const source_core&) = delete;
    source_core& operator=(const source_core&) = delete;

    /// A receive begins: whether the feed has an event already. Needs no look at the clock.
    [[nodiscard]] bool receive_at_once() {
        restarted_ = false;
        return feed_.receive();
    }
    /// The same for who takes the event before anything else happens: costs less.
    [[nodiscard, gnu::always_inline]] bool receive_one() {
        restarted_ = false;
        return feed_.receive_one();
    }
    /// Takes an event that the feed has already.
    [[nodiscard, gnu::always_inline]] bool try_receive(event& into) {
        if (!receive_one()) return false;
        into.assign(feed_.take());
        return true;
    }

    /// The receive goes on where it has not.
    [[nodiscard]] connection_action receive(time_point now) {
        if (fsm_.readable() && !feed_.drained()) return parse(now);
        return resume({.what = input::receive}, now);
    }

    /// Whether the next thing that a receive does is to read, with nothing to parse or tell before.
    [[nodiscard]] bool must_read() const noexcept {
        return fsm_.readable() && feed_.drained() && !feed_.has_event() && !feed_.has_new_id();
    }

    /// Whether it reads and has to wait for that.
    [[nodiscard]] bool must_wait() const noexcept { return must_read() && !feed_.expects_more(); }

    [[nodiscard]] connection_action resume(const connection_input& in, time_point now) {
        if (in.what == input::connected) ++feed_.counters().connections;
        return settle(decide(in, now), now);
    }

    /// Parses what came, up to the first event.
    [[nodiscard]] connection_action parse(time_point now) { return settle(parse_input(now), now); }

    /// The peer ended the connection.
    [[nodiscard]] connection_action finish(time_point now) {
        const errc e = feed_.reader().finish();
        return resume(
            {.what = input::failed, .error = e == errc::success ? errc::end_of_stream : e}, now);
    }

    void close() {
        fsm_.close(errc::closed);
        drop();
    }

    void restart() {
        if (!fsm_.restart()) return;
        restarted_ = true;
        drop();
    }

    /// Whether `restart` was called since the last time.
    [[nodiscard]] bool take_restarted() noexcept { return std::exchange(restarted_, false); }

    [[nodiscard]] event_feed& feed() noexcept { return feed_; }
    [[nodiscard]] const request_maker& requests() const noexcept { return requests_; }
    [[nodiscard]] const http::url& url() const noexcept { return fsm_.target().url; }
    [[nodiscard]] const net::proxy& proxy() const noexcept { return proxy_; }
    [[nodiscard]] const connection_fsm<time_point>& fsm() const noexcept { return fsm_; }
    [[nodiscard]] std::chrono::milliseconds reconnection_time() {
        feed_.inform(fsm_);
        return fsm_.reconnection_time();
    }
    [[nodiscard]] const event_source_options& options() const noexcept { return options_; }
    [[nodiscard]] std::string_view last_event_id() const noexcept { return feed_.last_event_id(); }

private:
    using decision = std::optional<connection_action>;

    source_core(request_start start, event_source_options&& options)
        : options_(std::move(options)), requests_(std::move(start.headers), options_.body),
          fsm_(options_, {.url = start.url.value_or(http::url{}), .method = options_.method}),
          feed_(options_) {
        const errc id = feed_.reader().last_event_id(options_.last_event_id);
        if (!start.url || id != errc::success) fsm_.close(start.url ? id : errc::invalid_url);
        if (!options_.proxy.empty() && net::parse_proxy(options_.proxy, proxy_) != errc::success)
            fsm_.close(errc::invalid_url);
    }

    /// What the state machine makes of `in`, and of what came before it.
    [[nodiscard]] connection_action decide(const connection_input& in, time_point now) {
        feed_.inform(fsm_);
        return fsm_.resume(in, now);
    }

    void drop() {
        requests_.abandon();
        feed_.drop();
    }

    /// Carries out what takes no time, until there is something to wait for.
    [[nodiscard]] connection_action settle(connection_action action, time_point now) {
        for (;;) {
            decision other;
            switch (action.what) {
            case kind::prepare: other = prepare(now); break;
            case kind::connect: other = write(); break;
            case kind::send: other = send(now); break;
            case kind::open: other = open(now); break;
            case kind::report: other = report(action, now); break;
            default: break;
            }
            if (!other) return action;
            action = *other;
        }
    }

    [[nodiscard]] connection_action parse_input(time_point now) {
        feed_.keep_id();
        for (;;) {
            decision other;
            switch (feed_.next()) {
            case response_status::event: feed_.keep_event(); return {.what = kind::complete};
            case response_status::head: return judge(now);
            case response_status::need_input:
                other = tell_id(now);
                return other ? *other : decide({.what = input::read}, now);
            case response_status::end:
                return decide({.what = input::failed, .error = errc::end_of_stream}, now);
            case response_status::failed:
                return decide({.what = input::failed, .error = feed_.reader().error()}, now);
            default: other = interrupted(now);
            }
            if (other) return *other;
        }
    }

    /// What to do instead, where a hook closed or restarted the source.
    [[nodiscard]] decision interrupted(time_point now) {
        if (take_restarted() || fsm_.ready_state() == ready_state::closed)
            return decide({.what = input::receive}, now);
        return std::nullopt;
    }

    /// Begins an attempt, or goes on with the one whose request the user has not decided on yet.
    /// Nothing: there is something to wait for.
    [[nodiscard]] decision prepare(time_point now) {
        if (!requests_.draft()) {
            feed_.drop();
            ++feed_.counters().attempts;
            requests_.begin(std::make_shared<request_draft>(
                url(), requests_.headers(), requests_.body(), std::string(last_event_id()),
                fsm_.attempts(), fsm_.last_error()));
            if (const auto other = ask(now)) return other;
        }
        const auto answer = requests_.draft()->answered();
        if (!answer && options_.hooks.on_request_async) return std::nullopt;
        http::url to = requests_.adopt();
        if (answer && *answer) return decide({.what = input::failed, .error = *answer}, now);
        if (to != url()) {
            // Made by hand, it may be anything.
            if (http::parse_url(to.to_string(), to) != errc::success)
                return fsm_.refused(errc::invalid_url);
            fsm_.retarget(std::move(to));
        }
        return decide({.what = input::prepared}, now);
    }

    /// Tells the user of the request to come; where that leads to something else, that.
    [[nodiscard]] decision ask(time_point now) {
        const event_source_hooks& hooks = options_.hooks;
        decision other = changed(ready_state::connecting, std::nullopt, now);
        if (!other && hooks.on_request) {
            hooks.on_request(requests_.draft()->view());
            other = interrupted(now);
        }
        if (!other && hooks.on_request_async) {
            hooks.on_request_async(pending_request(requests_.draft()));
            other = interrupted(now);
        }
        return other;
    }

    /// Writes the request before there is a connection: an unwritable one needs none.
    [[nodiscard]] decision write() {
        feed_.drop();
        const errc e = requests_.write(fsm_.target(), last_event_id());
        return e == errc::success ? std::nullopt : decision(fsm_.refused(e));
    }

    [[nodiscard]] decision send(time_point now) {
        if (options_.hooks.on_send) options_.hooks.on_send(requests_.head(), url());
        return interrupted(now);
    }

    /// Judges the head of a response.
    [[nodiscard]] connection_action judge(time_point now) {
        const http::response_head& head = feed_.reader().head();
        if (options_.hooks.on_response)
            options_.hooks.on_response({head.status, url(), head.headers});
        const decision other = interrupted(now);
        return other ? *other : decide({.what = input::head, .head = &head}, now);
    }

    [[nodiscard]] connection_action open(time_point now) {
        const http::response_head& head = feed_.reader().head();
        if (feed_.reader().accept(fsm_.target().method) != errc::success) return parse_input(now);
        feed_.counters().reconnects += std::exchange(was_open_, true) ? 1U : 0U;
        if (options_.hooks.on_open) options_.hooks.on_open({head.status, url(), head.headers});
        decision other = interrupted(now);
        if (!other) other = changed(ready_state::open, std::nullopt, now);
        return other ? *other : parse_input(now);
    }

    [[nodiscard]] connection_action report(const connection_action& action, time_point now) {
        disconnection info{action.error, feed_.reader().head().status, action.connected,
                           fsm_.attempts(), action.delay};
        drop();
        if (options_.hooks.on_error) options_.hooks.on_error(info);
        decision other = interrupted(now);
        if (other) return *other;
        const auto next = decide({.what = input::decided, .delay = info.delay}, now);
        other = changed(fsm_.ready_state(), info.delay, now, next.error);
        return other ? *other : next;
    }

    /// Tells the user of a new state.
    [[nodiscard]] decision changed(ready_state state,
                                   std::optional<std::chrono::milliseconds> delay, time_point now,
                                   error_code error = {}) {
        if (!options_.hooks.on_state) return std::nullopt;
        options_.hooks.on_state({state, fsm_.attempts(), delay, error});
        return interrupted(now);
    }

    [[nodiscard]] decision tell_id(time_point now) {
        if (!feed_.has_new_id()) return std::nullopt;
        feed_.tell_id();
        return interrupted(now);
    }

    event_source_options options_;
    request_maker requests_;
    net::proxy proxy_;
    connection_fsm<time_point> fsm_;
    event_feed feed_;
    bool restarted_ = false;
    bool was_open_ = false;
};

} // namespace sse::detail
