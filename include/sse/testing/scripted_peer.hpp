// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/connect.hpp>
#include <sse/net/timer.hpp>
#include <sse/testing/fail_count.hpp>
#include <sse/testing/script_player.hpp>
#include <sse/testing/scripted_connection.hpp>
#include <sse/testing/test_stream.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sse::testing {

/// The other side of all connections of a `test_net`: a script of what becomes of the first,
/// second, third... attempt to connect. What goes another way throws `script_mismatch` out of the
/// function that runs the context, and `unplayed()` tells at the end what did not happen.
///
///     peer.refuse();
///     peer.accept().expect_request("GET /events").reply(head).send("data: 1\n\n",
///     after(5ms)).close(); peer.time_out();
class scripted_peer {
public:
    /// One attempt to connect, as it came.
    struct attempt {
        std::string host;
        std::uint16_t port;
        net::connect_options options;
        net::time_point at;
        /// The connection made of it; null where none was.
        std::shared_ptr<script_player> connection{};
    };

    /// How the script has an attempt end.
    struct outcome {
        enum class kind { accept, fail, hang };
        kind what;
        error_code ec{};
        after delay{};
        scripted_connection script{};
    };

    /// The next attempt gets a connection after `delay`, which is to go as the result is told.
    /// Lifetime: of the reference: until the next call of a function of this class.
    scripted_connection& accept(after delay = after{}) {
        return script_.emplace_back(outcome{outcome::kind::accept, {}, delay, {}}).script;
    }

    /// The next attempt fails with `ec` after `delay`.
    void refuse(error_code ec = asio::error::connection_refused, after delay = after{}) {
        script_.push_back({outcome::kind::fail, ec, delay, {}});
    }

    /// The next attempt stays without an answer: it ends by its own timeout, or not at all.
    void time_out() { script_.push_back({outcome::kind::hang, {}, {}, {}}); }

    /// Every attempt behind the end of the script fails with `ec`, instead of being a mismatch.
    void refuse_the_rest(error_code ec = asio::error::connection_refused) {
        rest_ = outcome{outcome::kind::fail, ec, {}, {}};
    }
    /// Every attempt behind the end of the script stays without an answer.
    void time_out_the_rest() { rest_ = outcome{outcome::kind::hang, {}, {}, {}}; }

    /// Is called with the near end of each connection before it is handed out: to set its sizes,
    /// a cut, or a failing operation.
    void on_connection(std::function<void(test_stream& near)> callback) {
        on_connection_ = std::move(callback);
    }

    /// Counts the attempts, and reads, writes and waits of the connections' near ends.
    void fail(fail_count count) { fail_ = std::move(count); }

    /// All attempts so far, in order.
    [[nodiscard]] const std::vector<attempt>& attempts() const noexcept { return attempts_; }

    /// How long after the one before each attempt came, in order; the first is not in it.
    [[nodiscard]] std::vector<std::chrono::milliseconds> intervals() const {
        std::vector<std::chrono::milliseconds> times;
        for (std::size_t i = 1; i < attempts_.size(); ++i)
            times.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(
                attempts_[i].at - attempts_[i - 1].at));
        return times;
    }

    /// The text of the `n`-th request over all connections, from 0; empty where there is none.
    [[nodiscard]] std::string request(std::size_t n) const {
        for (const attempt& a : attempts_) {
            if (!a.connection) continue;
            if (n < a.connection->requests().size()) return a.connection->requests()[n];
            n -= a.connection->requests().size();
        }
        return {};
    }

    /// What of the script has not happened, for `CHECK(peer.unplayed() == "")`.
    [[nodiscard]] std::string unplayed() const {
        std::string text;
        for (std::size_t i = 0; i < attempts_.size(); ++i)
            if (const auto& c = attempts_[i].connection; c && !c->done())
                text += "connection " + std::to_string(i + 1) + " stopped before step " +
                        std::to_string(c->position() + 1) + "; ";
        if (!script_.empty())
            text += std::to_string(script_.size()) + " attempts to connect did not come";
        return text;
    }

    /// Takes the next outcome, for the attempt `a`.
    [[nodiscard]] outcome begin(attempt a) {
        attempts_.push_back(std::move(a));
        error_code ec;
        if (fail_.fail(ec)) return {outcome::kind::fail, ec, {}, {}};
        if (script_.empty()) {
            if (!rest_)
                throw script_mismatch("attempt " + std::to_string(attempts_.size()) +
                                      " to connect is not in the script");
            return *rest_;
        }
        outcome next = std::move(script_.front());
        script_.pop_front();
        return next;
    }

    /// Makes the connection of attempt number `n`, and gives its near end.
    [[nodiscard]] net::transport connect(std::size_t n, const scripted_connection& script,
                                         const manual_clock& clock,
                                         const asio::any_io_executor& executor) {
        attempt& a = attempts_[n];
        test_stream_pair pair(executor);
        pair.near.remote(a.host, a.port).fail(fail_);
        if (on_connection_) on_connection_(pair.near);
        a.connection =
            std::make_shared<script_player>(n + 1, script.steps(), pair.far, clock, executor);
        asio::post(executor, [player = a.connection] { player->play(); });
        return pair.near.transport();
    }

private:
    std::deque<outcome> script_;
    std::optional<outcome> rest_;
    std::vector<attempt> attempts_;
    std::function<void(test_stream&)> on_connection_;
    fail_count fail_;
};

} // namespace sse::testing
