// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/counters.hpp>
#include <sse/client/hooks.hpp>
#include <sse/client/options.hpp>
#include <sse/client/read_buffer.hpp>
#include <sse/client/response_reader.hpp>
#include <sse/net/asio.hpp>
#include <sse/net/timer.hpp>

#include <cstddef>
#include <string>

namespace sse::detail {

/// The way from bytes to events: the buffer, the reader of responses, what is counted, and the
/// hooks that tell of the stream.
class event_feed {
public:
    /// Lifetime: `options` has to stay.
    explicit event_feed(const event_source_options& options)
        : hooks_(options.hooks), reader_(options), told_id_(options.last_event_id) {}

    /// Where to read to, once everything that came was parsed.
    [[nodiscard]] asio::mutable_buffer buffer() { return buffer_.prepare(); }

    /// `size` bytes came into the buffer. They are kept until they are parsed.
    void fill(std::size_t size, net::time_point now) {
        counters_.bytes += size;
        counters_.last_activity = now;
        reader_.feed(buffer_.take(size));
        drained_ = false;
    }

    /// The next thing that came. Of comments and of what was skipped the user has been told.
    [[nodiscard]] response_status next() {
        const response_status found = reader_.next();
        switch (found) {
        case response_status::event: ++counters_.events; break;
        case response_status::need_input: drained_ = true; break;
        case response_status::comment:
            if (hooks_.on_comment) hooks_.on_comment(reader_.comment());
            break;
        case response_status::skipped:
            ++counters_.skipped;
            if (hooks_.on_skip) hooks_.on_skip(reader_.error());
            break;
        default: break;
        }
        return found;
    }

    /// The connection is gone, with what was not parsed of it.
    void drop() {
        reader_.reset();
        drained_ = true;
        has_event_ = false;
    }

    /// The current event waits to be handed out.
    void keep_event() noexcept { has_event_ = true; }
    /// The current event has been handed out.
    void take_event() noexcept { has_event_ = false; }
    [[nodiscard]] bool has_event() const noexcept { return has_event_; }

    /// Whether everything that came was parsed.
    [[nodiscard]] bool drained() const noexcept { return drained_; }

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
    const event_source_hooks& hooks_;
    response_reader reader_;
    read_buffer buffer_;
    event_source_counters counters_;
    std::string told_id_;
    bool drained_ = true;
    bool has_event_ = false; ///< the current event was not handed out yet
};

} // namespace sse::detail
