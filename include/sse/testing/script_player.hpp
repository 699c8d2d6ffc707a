// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/transport.hpp>
#include <sse/testing/manual_timer.hpp>
#include <sse/testing/scripted_connection.hpp>
#include <sse/testing/test_stream.hpp>

#include <charconv>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::testing {

/// A connection that did not go as its script has it. Thrown out of the function that runs the
/// context, so that a test fails with its text.
struct script_mismatch : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Plays the script of one connection on the peer's end of it. Keeps itself alive until the end of
/// the script.
class script_player : public std::enable_shared_from_this<script_player> {
    using step = scripted_connection::step;

public:
    script_player(std::size_t number, std::vector<step> steps, test_stream end,
                  const manual_clock& clock, const asio::any_io_executor& executor)
        : number_(number), steps_(std::move(steps)), end_(std::move(end)),
          transport_(end_.transport()), timer_(executor, clock) {}

    /// Plays on, up to the next step that has to wait.
    void play() {
        while (position_ < steps_.size()) {
            const step& s = steps_[position_];
            if (s.delay.time.count() > 0 && !std::exchange(delayed_, true)) {
                timer_.expires_after(s.delay.time);
                return timer_.async_wait(resume());
            }
            if (!perform(s)) return transport_.async_wait_readable(resume());
            delayed_ = false;
            ++position_;
        }
    }

    [[nodiscard]] bool done() const noexcept { return position_ == steps_.size(); }
    [[nodiscard]] std::size_t position() const noexcept { return position_; }
    /// The requests that came, as texts.
    [[nodiscard]] const std::vector<std::string>& requests() const noexcept { return requests_; }
    /// The peer's end.
    [[nodiscard]] test_stream& stream() noexcept { return end_; }

private:
    /// Handler of what a step waits for.
    struct resumption {
        std::shared_ptr<script_player> self;
        void operator()(error_code ec) const {
            if (ec != asio::error::operation_aborted) self->play();
        }
    };
    resumption resume() { return {shared_from_this()}; }

    /// False where the step has to wait for the other side.
    bool perform(const step& s) {
        switch (s.what) {
        case step::kind::expect: return expect(s.matcher);
        case step::kind::send: end_.send(s.bytes); return true;
        case step::kind::close: end_.close(); return true;
        case step::kind::shutdown: end_.shutdown_send(); return true;
        case step::kind::reset: end_.reset(); return true;
        case step::kind::stall: return true;
        case step::kind::expect_close: return expect_close();
        }
        return true;
    }

    bool expect(const request_matcher& matcher) {
        received_ += end_.take();
        const std::size_t size = request_size(received_);
        if (size == 0) {
            if (end_.ended() || !end_.is_open())
                mismatch("expected a request, the connection ended after", received_);
            return false;
        }
        std::string request = received_.substr(0, size);
        received_.erase(0, size);
        if (!matcher.matches(request)) mismatch("expected " + matcher.what + ", got", request);
        requests_.push_back(std::move(request));
        return true;
    }

    bool expect_close() {
        if (const std::string extra = received_ + end_.take(); !extra.empty())
            mismatch("expected the end of the connection, got", extra);
        return end_.ended();
    }

    /// The size of the first request in `text`; 0 while it is not complete.
    static std::size_t request_size(std::string_view text) {
        const std::size_t head = text.find("\r\n\r\n");
        if (head == text.npos) return 0;
        std::size_t body = 0;
        constexpr std::string_view name = "\r\nContent-Length: ";
        if (const auto at = text.substr(0, head).find(name); at != text.npos)
            std::from_chars(text.data() + at + name.size(), text.data() + head, body);
        return head + 4 + body <= text.size() ? head + 4 + body : 0;
    }

    [[noreturn]] void mismatch(const std::string& what, const std::string& text) const {
        throw script_mismatch("connection " + std::to_string(number_) + ", step " +
                              std::to_string(position_ + 1) + ": " + what + " '" + text + "'");
    }

    std::size_t number_;
    std::vector<step> steps_;
    test_stream end_;
    net::transport transport_;
    manual_timer timer_;
    std::string received_{};
    std::vector<std::string> requests_{};
    std::size_t position_ = 0;
    bool delayed_ = false;
};

} // namespace sse::testing
