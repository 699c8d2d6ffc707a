// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/counters.hpp>
#include <sse/client/hooks.hpp>
#include <sse/client/options.hpp>
#include <sse/client/read_buffer.hpp>
#include <sse/client/response_reader.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>
#include <sse/text/event.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sse::detail {

/// The way from bytes to events: the buffer, the reader of responses, what is counted, and the
/// hooks that tell of the stream. All forms of receiving take their events from here.
class event_feed {
public:
    /// Lifetime: `options` have to stay.
    explicit event_feed(const event_source_options& options)
        : hooks_(options.hooks), reader_(options), told_id_(options.last_event_id),
          has_hooks_(hooks_.on_comment || hooks_.on_retry || hooks_.on_skip ||
                     hooks_.on_last_event_id) {}

    /// Where to read to, once everything that came was parsed.
    [[nodiscard]] asio::mutable_buffer buffer() { return buffer_.prepare(); }
    /// Whether more is there to be read at once.
    [[nodiscard]] bool expects_more() const noexcept { return buffer_.expects_more(); }

    /// `size` bytes came into the buffer. They are kept until they are parsed.
    void fill(std::size_t size, net::time_point now) {
        counters_.bytes += size;
        counters_.last_activity = now;
        reader_.feed(buffer_.take(size));
        drained_ = false;
    }

    /// A receive begins: whether there is an event that needs no I/O, which waits to be taken.
    [[nodiscard]] bool receive() {
        if (!begin() || has_event_) return has_event_;
        keep_id();
        return has_event_ = advance();
    }
    /// The same for who takes the event before anything else happens: no id is kept for it.
    [[nodiscard, gnu::always_inline]] bool receive_one() {
        return begin() && (has_event_ || advance());
    }

    /// The next event that needs no I/O; false as well where a hook closes or restarts the source.
    [[nodiscard, gnu::always_inline]] bool advance() {
        const auto generation = generation_;
        has_event_ = false;
        const response_status found = next();
        return found == response_status::event || advance_behind(found, generation);
    }

    /// The next thing that came. Whom it concerns has been told.
    [[nodiscard, gnu::always_inline]] response_status next() {
        const response_status found = reader_.next();
        if (found == response_status::event) [[likely]] {
            ++counters_.events;
        } else {
            tell(found);
        }
        return found;
    }

    /// The connection is gone, with what was not handed out of it.
    void drop() {
        ++generation_;
        if (has_event_) (void)reader_.last_event_id(handed_id_);
        reader_.reset();
        drained_ = true;
        has_event_ = false;
    }

    /// Tells `fsm` what has come since the last time, as it has to know before it decides.
    template <class Fsm>
    void inform(Fsm& fsm) {
        if (std::exchange(told_events_, counters_.events) != counters_.events) fsm.delivered();
        if (retry_) fsm.retry(*std::exchange(retry_, std::nullopt));
    }

    /// All events so far were handed out, and their id counts.
    void keep_id() {
        const std::string_view id = reader_.last_event_id();
        if (!id.empty() || !handed_id_.empty()) handed_id_ = id; // most streams have none
    }
    /// The last event id without that of an event that waits.
    [[nodiscard]] std::string_view last_event_id() const noexcept {
        return has_event_ ? handed_id_ : reader_.last_event_id();
    }

    /// The current event waits to be handed out.
    void keep_event() noexcept { has_event_ = true; }
    [[nodiscard]] bool has_event() const noexcept { return has_event_; }
    /// Hands out the current event. Lifetime: until the feed goes on.
    event_view take() noexcept {
        has_event_ = false;
        return current();
    }
    [[nodiscard]] event_view current() const noexcept { return reader_.current(); }

    /// Changes when a batch that was handed out ends.
    [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }

    /// Whether everything that came was parsed.
    [[nodiscard]] bool drained() const noexcept { return drained_; }

    /// Whether `receive` and `advance` may call functions of the user.
    [[nodiscard]] bool has_hooks() const noexcept { return has_hooks_; }

    /// Whether there is a last event id that the user was not told of. Costs nothing where he does
    /// not want to know.
    [[nodiscard]] bool has_new_id() const noexcept {
        return hooks_.on_last_event_id && told_id_ != reader_.last_event_id();
    }
    /// Tells the user of it. All events up to it have to be handed out.
    void tell_id() {
        told_id_ = reader_.last_event_id();
        hooks_.on_last_event_id(told_id_);
    }

    [[nodiscard]] response_reader& reader() noexcept { return reader_; }
    [[nodiscard]] const response_reader& reader() const noexcept { return reader_; }

    /// Events, bytes and what was skipped are counted here, the rest by who knows of it.
    [[nodiscard]] event_source_counters& counters() noexcept {
        counters_.comments = reader_.comment_count();
        return counters_;
    }

private:
    /// Ends the batch before, and tells of its id. Whether there may be an event.
    [[nodiscard, gnu::always_inline]] bool begin() {
        ++generation_;
        if (has_event_) return true;
        if (has_hooks_ && !tell_new_id()) [[unlikely]]
            return false;
        return !drained_ && reader_.is_in_body();
    }

    /// Tells the user of a new id; false where he begins another receive.
    [[nodiscard, gnu::noinline]] bool tell_new_id() {
        const auto generation = generation_;
        if (has_new_id()) tell_id();
        return generation == generation_;
    }

    /// Looks for an event behind what was `found`, unless a hook has ended `generation`.
    [[nodiscard, gnu::noinline]] bool advance_behind(response_status found,
                                                     std::uint64_t generation) {
        for (;; found = next()) {
            switch (found) {
            case response_status::event: return true;
            case response_status::comment:
            case response_status::retry:
            case response_status::skipped: break;
            default: return false;
            }
            if (generation != generation_) return false;
        }
    }

    /// Tells of what is no event.
    [[gnu::noinline]] void tell(response_status found) {
        switch (found) {
        case response_status::need_input: drained_ = true; break;
        case response_status::retry:
            retry_ = reader_.retry();
            if (hooks_.on_retry) hooks_.on_retry(reader_.retry());
            break;
        case response_status::comment:
            if (hooks_.on_comment) hooks_.on_comment(reader_.comment());
            break;
        case response_status::skipped:
            ++counters_.skipped;
            if (hooks_.on_skip) hooks_.on_skip(reader_.error());
            break;
        default: break;
        }
    }

    const event_source_hooks& hooks_;
    response_reader reader_;
    read_buffer buffer_;
    event_source_counters counters_;
    std::string handed_id_; ///< as of the beginning of the receive
    std::string told_id_;
    std::optional<std::chrono::milliseconds> retry_; ///< the state machine was not told of it yet
    std::uint64_t told_events_ = 0;                  ///< events that it was told of
    std::uint64_t generation_ = 0;
    const bool has_hooks_;
    bool drained_ = true;
    bool has_event_ = false; ///< the current event was not handed out yet
};

} // namespace sse::detail
