// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/options.hpp>
#include <sse/hub/subscription.hpp>
#include <sse/net/prefetch.hpp>
#include <sse/server/stream_sink.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::detail {

class hub_shard;

/// A stream of a hub: a subscription and the connection that it goes out on.
class hub_stream final : public stream_feeder, public subscription {
public:
    hub_stream(std::shared_ptr<hub_shard> shard, overflow on_overflow)
        : policy(on_overflow), shard_(std::move(shard)) {}
    inline ~hub_stream() override;

    void attach(stream_sink* sink, std::string first);

    /// The block to begin with, until the stream is attached.
    void begin_with(std::string_view block) { append_raw(block); }

    /// Brings the stream's connection into the cache, where the stream is.
    void prefetch_sink() const noexcept { prefetch(sink_, 192); }
    /// Brings what that writes to, where the connection is; `step` as for `stream_sink::prefetch`.
    void prefetch_layer(std::size_t step) const noexcept {
        if (layered_ && sink_ != nullptr) sink_->prefetch(step);
    }
    /// Sends what the socket takes. Returns whether the stream has to wait with the rest. It may be
    /// gone then, where it does not.
    bool pump();
    /// Says farewell with `block` behind what there is to send, and ends the stream.
    void end_with(std::string block, errc why);
    [[nodiscard]] bool is_ending() const noexcept { return ending_; }
    /// Cuts the connection.
    void cut(errc why);
    /// A heartbeat, if nothing went out since `idle_since`.
    void beat(std::uint64_t idle_since);

    void on_writable() override {
        waiting_ = false;
        pump();
    }
    inline void on_gone(const error_code& why) override;
    inline void on_destroyed() noexcept override;

    [[nodiscard]] bool is_open() const noexcept { return sink_ != nullptr && !ending_; }
    /// Whether one of its patterns stands for a topic.
    [[nodiscard]] bool wants(std::string_view topic) const noexcept;
    /// Names and patterns that it follows.
    [[nodiscard]] std::vector<std::string> followed() const;

    /// Ends it some time after `time`, in milliseconds of the hub; 0 for never.
    void live_until(std::uint64_t time) noexcept {
        ends_at_ = time == 0 ? 0 : static_cast<std::uint32_t>(std::min(time / 128 + 1, never));
    }
    [[nodiscard]] bool is_old(std::uint64_t now) const noexcept {
        return ends_at_ != 0 && now / 128 >= ends_at_; // `never` is 17,000 years from the epoch
    }

    // For its user, while it is open.
    errc send(const event_view& e);
    errc follow_also(std::string_view topic);
    errc unfollow_one(std::string_view topic);

    const overflow policy;

private:
    friend class hub_shard;

    static constexpr std::uint64_t never = UINT32_MAX; // in 128 ms

    void leave() noexcept;
    /// Whether there is nothing to do until something is published.
    [[nodiscard]] bool is_done() const noexcept {
        return caught_up() && !owes_gap() && !ending_ && extras() == nullptr;
    }
    bool tell_position(std::uint64_t left_out = 128);

    bool waiting_ = false; // for the socket
    bool ending_ = false;
    bool layered_ = false;            // the connection
    std::uint32_t slot_ = 0;          // among the shard's streams
    std::uint32_t ends_at_ = 0;       // in 128 ms
    errc end_reason_ = errc::success; // while ending
    std::shared_ptr<hub_shard> shard_;
    stream_sink* sink_ = nullptr;
    std::uint64_t active_ = 0; // when bytes last went out
};

} // namespace sse::detail

#include <sse/hub/hub_shard.hpp> // with what the stream does, for which it needs its shard
