// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/event_feed.hpp>
#include <sse/text/event.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>

namespace sse {

/// The events that one read brought, as an input range of borrowed views that is parsed while it is
/// iterated. To be iterated once: an event passed by is gone. Those that were not reached come with
/// the next receive.
///
///     for (sse::event_view e : batch) use(e);
///
/// Lifetime: a view is valid until the iterator moves on. The batch ends early, and its views with
/// it, when the source begins another receive (`try_receive` is one), is closed, restarted or
/// destroyed.
class event_batch {
public:
    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = event_view;
        using difference_type = std::ptrdiff_t;

        [[nodiscard]] event_view operator*() const noexcept { return feed_->current(); }

        [[gnu::always_inline]] iterator& operator++() {
            if (feed_->generation() != generation_ || !feed_->advance()) feed_ = nullptr;
            return *this;
        }
        void operator++(int) { ++*this; }

        [[nodiscard]] friend bool operator==(const iterator& it, std::default_sentinel_t) noexcept {
            return it.feed_ == nullptr || it.feed_->generation() != it.generation_;
        }

    private:
        friend event_batch;
        iterator(detail::event_feed* feed, std::uint64_t generation) noexcept
            : feed_(feed), generation_(generation) {}

        detail::event_feed* feed_;
        std::uint64_t generation_;
    };

    /// Without events.
    event_batch() = default;

    explicit event_batch(std::shared_ptr<detail::event_feed> feed) noexcept
        : feed_(std::move(feed)), generation_(feed_->generation()) {}

    /// The first event that was not reached yet.
    [[nodiscard]] iterator begin() noexcept {
        if (!feed_ || feed_->generation() != generation_ || !feed_->has_event())
            return {nullptr, 0};
        feed_->take();
        return {feed_.get(), generation_};
    }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
    std::shared_ptr<detail::event_feed> feed_;
    std::uint64_t generation_ = 0;
};

} // namespace sse
