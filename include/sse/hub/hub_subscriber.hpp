// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/hub_stream.hpp>
#include <sse/text/error.hpp>
#include <sse/text/event.hpp>

#include <memory>
#include <string_view>
#include <utility>

namespace sse {

/// An open stream of a hub, to reach it by itself: its private events, its topics, its end. It may
/// be copied, kept for as long as one likes, and dropped: the stream does not depend on it.
///
/// Thread safety: on the executor of the reply that the stream came of, as all of a stream.
class hub_subscriber {
public:
    /// No stream.
    hub_subscriber() = default;
    explicit hub_subscriber(errc refused) noexcept : error_(refused) {}
    explicit hub_subscriber(const std::shared_ptr<detail::hub_stream>& stream) noexcept
        : stream_(stream), error_(errc::success) {}

    /// Why there is no stream, or `errc::success` where there was one from the beginning.
    [[nodiscard]] errc error() const noexcept { return error_; }

    /// Whether more can be sent. Not once the reader left or the stream was told to end.
    [[nodiscard]] bool is_open() const noexcept {
        const auto stream = stream_.lock();
        return stream && stream->is_open();
    }

    /// Sends an event on this stream only: behind everything that was published before, ahead of
    /// all that is published later. It has no id and is not repeated to a reader that resumes.
    /// Errors: `errc::closed`; `errc::invalid_id` for an event with an id; `errc::invalid_field`;
    /// `errc::buffer_full` when the reader is so slow that `hub_options::private_bytes` are
    /// waiting.
    errc send(const event_view& e) const {
        const auto stream = stream_.lock();
        return stream ? stream->send(e) : errc::closed;
    }

    /// Adds a topic or pattern, from now on; no effect for topics that the stream has already.
    /// Errors: `errc::closed`, `errc::invalid_topic`, `errc::too_many_topics`.
    errc follow(std::string_view topic) const {
        const auto stream = stream_.lock();
        return stream ? stream->follow_also(topic) : errc::closed;
    }

    /// Takes a topic off, or a pattern with all topics that no other pattern stands for. Events of
    /// it that were not sent yet are left out.
    /// Errors: `errc::closed`; `errc::invalid_topic` for one that the stream has not.
    errc unfollow(std::string_view topic) const {
        const auto stream = stream_.lock();
        return stream ? stream->unfollow_one(topic) : errc::closed;
    }

    /// Ends the stream in order, behind all there is to send.
    void close() const {
        const auto stream = stream_.lock();
        if (stream && stream->is_open()) stream->end_with({}, errc::closed);
    }

private:
    std::weak_ptr<detail::hub_stream> stream_;
    errc error_ = errc::closed;
};

} // namespace sse
