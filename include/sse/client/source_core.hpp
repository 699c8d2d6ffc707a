// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/connection_fsm.hpp>
#include <sse/client/hooks.hpp>
#include <sse/client/options.hpp>
#include <sse/client/request.hpp>
#include <sse/client/response_reader.hpp>
#include <sse/http/url.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/proxy.hpp>
#include <sse/net/timer.hpp>
#include <sse/text/error.hpp>
#include <sse/text/event.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sse::detail {

/// An event source but for its I/O: the state machine, the reader of responses, the buffer and the
/// user's hooks. What it gives back to whoever moves the bytes is `connect`, `send`, `read`, `wait`
/// or `complete`, the last without error when `current()` is an event.
class source_core {
public:
    using kind = connection_action::kind;
    using input = connection_input::kind;

    static constexpr std::size_t buffer_size = std::size_t{64} << 10;

    source_core(std::string_view url, event_source_options options)
        : source_core(parse_target(url), std::move(options)) {}

    /// A receive begins, outside the function that initiated it.
    [[nodiscard]] connection_action receive(net::time_point now) {
        ++generation_;
        restarted_ = false;
        if (has_event_) return {.what = kind::complete};
        if (fsm_.readable() && !drained_) return settle(parse_input(now), now);
        return resume({.what = input::receive}, now);
    }

    /// Whether the next thing that a receive does is to read, with nothing to parse before.
    [[nodiscard]] bool must_read() const noexcept {
        return fsm_.readable() && drained_ && !has_event_;
    }

    [[nodiscard]] connection_action resume(const connection_input& in, net::time_point now) {
        return settle(fsm_.resume(in, now), now);
    }

    /// `size` bytes came into the buffer. They are kept until a receive parses them.
    void fill(std::size_t size) {
        reader_.feed({buffer_.get(), size});
        drained_ = false;
    }

    /// Parses what came, up to the first event.
    [[nodiscard]] connection_action parse(net::time_point now) {
        return settle(parse_input(now), now);
    }

    /// The peer ended the connection.
    [[nodiscard]] connection_action finish(net::time_point now) {
        const errc e = reader_.finish();
        return resume(
            {.what = input::failed, .error = e == errc::success ? errc::end_of_stream : e}, now);
    }

    /// The next event that needs no I/O, for a batch.
    [[nodiscard]] bool advance() {
        const auto generation = generation_;
        has_event_ = false;
        for (;;) {
            switch (reader_.next()) {
            case response_status::event: fsm_.delivered(); return true;
            case response_status::comment: on_comment(); break;
            case response_status::retry: on_retry(); break;
            case response_status::need_input: drained_ = true; return false;
            case response_status::head:
            case response_status::end:
            case response_status::failed: return false;
            }
            if (generation != generation_) return false;
        }
    }

    void close() {
        ++generation_;
        fsm_.close(errc::closed);
        drop();
    }

    void restart() {
        if (!fsm_.restart()) return;
        ++generation_;
        restarted_ = true;
        drop();
    }

    /// Whether `restart` was called since the last time.
    [[nodiscard]] bool take_restarted() noexcept { return std::exchange(restarted_, false); }

    /// The connection is gone, with what was not parsed of it.
    void drop() {
        reader_.reset();
        drained_ = true;
        has_event_ = false;
    }

    [[nodiscard]] asio::mutable_buffer buffer() {
        if (!buffer_) buffer_.reset(new char[buffer_size]);
        return {buffer_.get(), buffer_size};
    }

    [[nodiscard]] event_view current() const noexcept { return reader_.current(); }
    /// Marks the current event as handed out.
    void take() noexcept { has_event_ = false; }
    [[nodiscard]] bool has_event() const noexcept { return has_event_; }
    [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
    [[nodiscard]] std::string_view request() const noexcept { return request_; }
    [[nodiscard]] const http::url& url() const noexcept { return fsm_.target().url; }
    [[nodiscard]] const net::proxy& proxy() const noexcept { return proxy_; }
    [[nodiscard]] const connection_fsm& fsm() const noexcept { return fsm_; }
    [[nodiscard]] const event_source_options& options() const noexcept { return options_; }
    [[nodiscard]] std::string_view last_event_id() const noexcept {
        return reader_.last_event_id();
    }

private:
    static std::optional<http::url> parse_target(std::string_view text) {
        http::url url;
        return http::parse_url(text, url) == errc::success ? std::optional(url) : std::nullopt;
    }

    source_core(std::optional<http::url> url, event_source_options options)
        : options_(std::move(options)), headers_(fields_of(options_)),
          fsm_(options_, start(url, headers_, options_)), reader_(options_) {
        const errc id = reader_.last_event_id(options_.last_event_id);
        if (!url || id != errc::success) fsm_.close(url ? id : errc::invalid_url);
        if (!options_.proxy.empty() && net::parse_proxy(options_.proxy, proxy_) != errc::success)
            fsm_.close(errc::invalid_url);
    }

    static http::fields fields_of(const event_source_options& options) {
        http::fields headers;
        for (const http::field& line : options.headers)
            headers.add(line.name, line.value);
        return headers;
    }

    static request_target start(std::optional<http::url>& url, http::fields& headers,
                                const event_source_options& options) {
        request_target target{.method = options.method};
        if (url) {
            take_userinfo(*url, headers);
            target.url = *url;
        }
        return target;
    }

    /// Carries out what takes no time, until there is something to wait for.
    [[nodiscard]] connection_action settle(connection_action action, net::time_point now) {
        for (;;) {
            switch (action.what) {
            case kind::connect:
            case kind::send: {
                const auto other = action.what == kind::send ? send(now) : prepare(action, now);
                if (!other) return action;
                action = *other;
                break;
            }
            case kind::open: action = open(now); break;
            case kind::report: action = report(action, now); break;
            default: return action;
            }
        }
    }

    [[nodiscard]] connection_action parse_input(net::time_point now) {
        for (;;) {
            switch (reader_.next()) {
            case response_status::event:
                fsm_.delivered();
                has_event_ = true;
                return {.what = kind::complete};
            case response_status::head: return judge(now);
            case response_status::need_input:
                drained_ = true;
                return fsm_.resume({.what = input::read}, now);
            case response_status::end:
                return fsm_.resume({.what = input::failed, .error = errc::end_of_stream}, now);
            case response_status::failed:
                return fsm_.resume({.what = input::failed, .error = reader_.error()}, now);
            case response_status::comment: on_comment(); break;
            case response_status::retry: on_retry(); break;
            }
            if (const auto other = interrupted(now)) return *other;
        }
    }

    /// What to do instead, where a hook closed or restarted the source.
    [[nodiscard]] std::optional<connection_action> interrupted(net::time_point now) {
        if (take_restarted() || fsm_.ready_state() == ready_state::closed)
            return fsm_.resume({.what = input::receive}, now);
        return std::nullopt;
    }

    /// Makes the request before there is a connection: an unwritable one needs none.
    [[nodiscard]] std::optional<connection_action> prepare(const connection_action& action,
                                                           net::time_point now) {
        drop();
        if (action.attempt) {
            attempt_headers_ = headers_;
            attempt_body_ = options_.body;
            if (options_.hooks.on_request)
                options_.hooks.on_request({attempt_headers_, attempt_body_, fsm_.attempts(),
                                           fsm_.last_error(), last_event_id()});
            if (auto other = interrupted(now)) return other;
        }
        return write();
    }

    [[nodiscard]] std::optional<connection_action> write() {
        head_ =
            make_request(fsm_.target(), attempt_headers_, attempt_body_.size(), last_event_id());
        request_.clear();
        if (const errc e = http::write_head(head_, request_); e != errc::success)
            return fsm_.refused(e);
        if (fsm_.target().send_body) request_.append(attempt_body_);
        return std::nullopt;
    }

    [[nodiscard]] std::optional<connection_action> send(net::time_point now) {
        if (options_.hooks.on_send) options_.hooks.on_send(head_, fsm_.target().url);
        return interrupted(now);
    }

    /// Judges the head of a response.
    [[nodiscard]] connection_action judge(net::time_point now) {
        const http::response_head& head = reader_.head();
        if (options_.hooks.on_response)
            options_.hooks.on_response({head.status, fsm_.target().url, head.headers});
        const auto other = interrupted(now);
        return other ? *other : fsm_.resume({.what = input::head, .head = &head}, now);
    }

    [[nodiscard]] connection_action open(net::time_point now) {
        const http::response_head& head = reader_.head();
        const errc e = reader_.accept(fsm_.target().method);
        if (e == errc::success && options_.hooks.on_open)
            options_.hooks.on_open({head.status, fsm_.target().url, head.headers});
        const auto other = interrupted(now);
        return other ? *other : parse_input(now);
    }

    [[nodiscard]] connection_action report(const connection_action& action, net::time_point now) {
        disconnection info{action.error, reader_.head().status, action.connected, fsm_.attempts(),
                           action.delay};
        drop();
        if (options_.hooks.on_error) options_.hooks.on_error(info);
        const auto other = interrupted(now);
        return other ? *other : fsm_.resume({.what = input::decided, .delay = info.delay}, now);
    }

    void on_comment() {
        if (options_.hooks.on_comment) options_.hooks.on_comment(reader_.comment());
    }

    void on_retry() {
        fsm_.retry(reader_.retry());
        if (options_.hooks.on_retry) options_.hooks.on_retry(reader_.retry());
    }

    event_source_options options_;
    http::fields headers_; ///< the options', and Authorization of the URL's userinfo
    http::request_head head_;
    http::fields attempt_headers_; ///< what `on_request` made of them
    std::string attempt_body_;
    std::string request_;
    net::proxy proxy_;
    connection_fsm fsm_;
    response_reader reader_;
    std::unique_ptr<char[]> buffer_;
    std::uint64_t generation_ = 0; ///< changes when events handed out become invalid
    bool drained_ = true;          ///< the reader has seen everything that was read
    bool has_event_ = false;       ///< the reader's current event was not handed out yet
    bool restarted_ = false;
};

} // namespace sse::detail
