// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/hub_state.hpp>
#include <sse/hub/hub_stream.hpp>
#include <sse/hub/opening.hpp>
#include <sse/hub/paced_farewell.hpp>
#include <sse/hub/shard_counts.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/member_call.hpp>
#include <sse/net/timer.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace sse::detail {

/// The streams of a hub on one executor: it is woken once however much was published, looks at the
/// logs once under the lock, and then sends to one stream after the other without it.
///
/// What it sees of all topics is always of one moment, so that no stream gets an event before
/// another one's lower number.
class hub_shard final : public log_reader, public std::enable_shared_from_this<hub_shard> {
public:
    hub_shard(std::shared_ptr<hub_state> hub, asio::any_io_executor executor)
        : hub_(std::move(hub)), executor_(executor), timer_(executor) {}
    inline ~hub_shard();

    [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return executor_; }
    [[nodiscard]] hub_state& hub() noexcept { return *hub_; }

    /// Has it look at the logs once, soon. From any thread, under the hub's lock.
    inline void wake() override;
    [[nodiscard]] inline std::size_t waiting_for(const topic_log& log) const override;
    /// How many streams here follow a topic, by name or pattern, published to or not. From any
    /// thread, under the hub's lock.
    [[nodiscard]] std::size_t count(std::string_view topic) const;

    /// Puts a stream at its place in its topics, and tells where that is.
    opening subscribe(hub_stream& stream, const subscribe_options& options);
    /// Adds a topic or pattern to a stream, from now on, or takes one off. Errors:
    /// `errc::invalid_topic`, `errc::too_many_topics`.
    errc follow(hub_stream& stream, std::string_view name);
    errc unfollow(hub_stream& stream, std::string_view name);
    void forget_patterns(hub_stream& stream) noexcept;
    /// Gives a stream an event of its own behind all that was published up to now. Errors:
    /// `errc::buffer_full`.
    errc send(hub_stream& stream, std::string block);
    /// What a stream begins with: where it stands, or the gap event.
    [[nodiscard]] std::string first_block(const subscribe_options& options, const opening& opened);
    /// Adds a stream whose head has gone out.
    void add(hub_stream& stream);
    void remove(hub_stream& stream) noexcept;

    /// Ends all streams with a farewell, spread over its period.
    void drain(const farewell& f);
    /// Cuts all streams.
    void close();
    /// Tells the user's hook that a stream is over.
    void tell_left(hub_stream& stream) { tell(hub_->options.on_leave, stream); }

    // for its streams
    [[nodiscard]] std::uint64_t now() const noexcept { return now_; }
    [[nodiscard]] event_id place(std::uint64_t position) const noexcept {
        return {hub_->store.epoch(), position};
    }
    [[nodiscard]] std::uint64_t horizon() const noexcept { return horizon_; }
    /// What a stream sends next.
    [[nodiscard]] std::string_view next(hub_stream& stream);
    /// Tells a stream of a gap.
    void append_gap(hub_stream& stream, const gap& missing);

    shard_counts counts;
    merge_buffer merged;

private:
    [[nodiscard]] hub_shard* find_here() const noexcept;
    void look_soon();
    void wake_others();
    [[nodiscard]] std::unique_lock<std::mutex> look();
    bool refresh(bool keep);
    void settle_lost();
    void drain_streams();
    void work();
    void work_on();
    void start_timer();
    void on_timer(const error_code&);
    void tick();
    void end_some();
    void watch();
    followed_topic& follow(std::string_view name);
    void connect(followed_topic& topic, topic_log& log);
    followed_topic* meet(topic_log& log);
    [[nodiscard]] followed_topic* find(const topic_log& log) const noexcept;
    template <class Visitor>
    void for_each_topic(std::string_view name, Visitor&& visit);
    void drop_pattern_stream(hub_stream& stream) noexcept;
    void add_pattern(hub_stream& stream, std::string_view pattern);
    void forget_unused();
    void end_old();
    std::uint64_t end_of_life();
    void tell(const std::function<void(const presence&)>& hook, hub_stream& stream);

    std::shared_ptr<hub_state> hub_;
    asio::any_io_executor executor_;
    net::timer timer_;
    string_map<std::unique_ptr<followed_topic>> topics_; // changed under the hub's lock
    std::vector<followed_topic*> unused_; // of these, those that nobody follows any more
    std::vector<hub_stream*> streams_;
    std::vector<hub_stream*> pattern_streams_; // changed under the hub's lock, as their patterns
    std::uint64_t horizon_ = 0;                // the hub's last number when it looked
    std::uint64_t now_ = 0;                    // milliseconds since the hub's start, when it looked
    bool ticking_ = false;
    bool layered_ = false; // some stream's connection is, or was

    /// Topics that have grown, and how many of their readers are still to be served.
    struct task {
        followed_topic* topic;
        std::size_t left;
        std::uint64_t end; ///< offset: what is before it is served
    };
    template <std::size_t Layers> // of a connection
    static void prefetch_behind(const task& t) noexcept;
    void end_task() noexcept;
    std::vector<task> tasks_;
    bool working_ = false; // a pass over tasks_ goes on in a later turn
    bool again_ = false;   // and it was woken meanwhile

    std::minstd_rand random_{std::random_device()()};
    paced_farewell ending_;

    // under the hub's lock
    bool awake_ = false; // a look is posted
    bool waits_ = false; // among those to wake
};

} // namespace sse::detail

#include <sse/hub/impl/hub_shard.hpp>
#include <sse/hub/impl/hub_stream.hpp>
#include <sse/hub/impl/shard_follow.hpp>
#include <sse/hub/impl/shard_timer.hpp>
#include <sse/hub/impl/shard_topics.hpp>
