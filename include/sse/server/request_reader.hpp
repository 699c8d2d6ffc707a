// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/body_decoder.hpp>
#include <sse/http/body_framing.hpp>
#include <sse/http/head_reader.hpp>
#include <sse/http/request_head.hpp>
#include <sse/server/limits.hpp>
#include <sse/server/request.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace sse::detail {

/// Reads one request from bytes cut anywhere: head, framing, body. No I/O.
///
/// Who publishes, or asks again and again, sends the same head each time. One that comes in one
/// piece and is byte for byte the last one is not parsed again: what that was found to be is kept.
class request_reader {
public:
    enum class phase {
        idle, ///< nothing of the request has come
        head, ///< some of its head
        body, ///< all of its head
        done, ///< everything
        failed,
    };

    explicit request_reader(const server_limits& limits)
        : head_limits_(limits.head), body_limit_(limits.body), head_(limits.head) {}

    /// Takes bytes up to the end of the request and returns how many it took.
    std::size_t feed(std::string_view bytes) {
        std::size_t taken = 0;
        if (phase_ == phase::idle && !last_.empty() && bytes.starts_with(last_)) {
            taken = last_.size();
            repeated_ = true;
            begin_body();
        } else if (phase_ == phase::idle || phase_ == phase::head) {
            if (!last_.empty()) forget();
            repeated_ = false;
            taken = head_.feed(bytes);
            if (head_.error() != errc::success)
                fail(head_.error());
            else if (head_.done())
                end_head();
            else if (head_.started())
                phase_ = phase::head;
        }
        while (phase_ == phase::body && taken < bytes.size()) {
            const http::body_slice slice = body_.next(bytes.substr(taken));
            taken += slice.consumed;
            if (body_.error() != errc::success) {
                fail(body_.error());
            } else if (is_too_large(slice.payload.size())) {
                fail(errc::body_too_large);
            } else {
                request_.body.append(slice.payload);
                if (body_.done()) phase_ = phase::done;
            }
        }
        return taken;
    }

    [[nodiscard]] phase state() const noexcept { return phase_; }
    /// Why it failed; nothing behind can be read as a request any more.
    [[nodiscard]] errc error() const noexcept { return error_; }
    /// Whether the peer waits for a 100 (Continue) before it goes on.
    [[nodiscard]] bool expects_continue() const noexcept {
        return phase_ == phase::body && request_.body.empty() && request_.head.expects_continue();
    }
    /// The request, when done; what is known of it otherwise.
    [[nodiscard]] request& current() noexcept { return request_; }

    /// Whether its head is that of the request before, so that all is known that follows from it;
    /// the parameters are still there.
    [[nodiscard]] bool is_repeated() const noexcept { return repeated_; }

    // What the head says, once it is complete.
    [[nodiscard]] bool is_head() const noexcept { return is_head_; } ///< its method is HEAD
    /// Whether another request may follow on the connection. Not behind a CONNECT: once that is
    /// refused, what was meant for the tunnel may come.
    [[nodiscard]] bool persists() const noexcept { return persists_; }

    /// To be called before somebody else may change the request.
    void forget_head() noexcept { last_.clear(); }

    /// Makes ready for the next request.
    void reset() {
        head_.reset();
        if (last_.empty()) forget();
        request_.body.clear();
        if (request_.body.capacity() > kept_memory) request_.body.shrink_to_fit();
        request_.state.reset();
        phase_ = phase::idle;
        error_ = errc::success;
        first_ = false;
    }

private:
    static constexpr std::size_t kept_memory = 1024; // bytes of a head or body, for the next one

    /// With `more` bytes, or with those that a chunk's size announces.
    [[nodiscard]] bool is_too_large(std::size_t more) const noexcept {
        if (body_limit_ == 0) return false;
        const std::size_t room = body_limit_ - request_.body.size();
        return more > room || body_.announced() > room - more;
    }

    void forget() {
        auto& [head, path, query, body, parameters, state] = request_; // all there is
        last_.clear();
        head.method.clear();
        head.target.clear();
        head.minor = 1;
        head.headers.clear();
        path.clear();
        query = {};
        parameters.clear();
    }

    void fail(errc e) noexcept {
        error_ = e;
        phase_ = phase::failed;
    }

    void end_head() {
        errc e = http::parse_request_head(head_.text(), head_limits_, request_.head);
        if (e == errc::success) e = http::request_body(request_.head, framing_);
        if (e == errc::success && body_limit_ != 0 && framing_.length > body_limit_) {
            e = errc::body_too_large;
        }
        if (e != errc::success) return fail(e);
        const http::target_parts parts = request_.head.parts();
        request_.path.append(parts.path);
        request_.query = http::query(parts.query);
        const std::string_view method = request_.method();
        is_head_ = method == "HEAD";
        persists_ = method != "CONNECT" && request_.head.keep_alive();
        // most connections have a single request
        if (!first_ && head_.text().size() <= kept_memory) last_ = head_.text();
        begin_body();
    }

    void begin_body() noexcept {
        body_ = http::body_decoder(framing_);
        phase_ = body_.done() ? phase::done : phase::body;
    }

    http::head_limits head_limits_;
    std::size_t body_limit_;
    http::head_reader head_;
    http::body_framing framing_;
    http::body_decoder body_;
    request request_;
    std::string last_; // the text of the last head; empty where it is not to be used again
    phase phase_ = phase::idle;
    errc error_ = errc::success;
    bool first_ = true;
    bool repeated_ = false;
    bool is_head_ = false;
    bool persists_ = false;
};

} // namespace sse::detail
