// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/source_core.hpp>
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
/// it, when the source begins another receive, is closed, restarted or destroyed.
class event_batch {
public:
    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = event_view;
        using difference_type = std::ptrdiff_t;

        [[nodiscard]] event_view operator*() const noexcept { return core_->current(); }

        iterator& operator++() {
            if (core_->generation() != generation_ || !core_->advance()) core_ = nullptr;
            return *this;
        }
        void operator++(int) { ++*this; }

        [[nodiscard]] friend bool operator==(const iterator& it, std::default_sentinel_t) noexcept {
            return it.core_ == nullptr || it.core_->generation() != it.generation_;
        }

    private:
        friend event_batch;
        iterator(detail::source_core* core, std::uint64_t generation) noexcept
            : core_(core), generation_(generation) {}

        detail::source_core* core_;
        std::uint64_t generation_;
    };

    /// Without events.
    event_batch() = default;

    explicit event_batch(std::shared_ptr<detail::source_core> core) noexcept
        : core_(std::move(core)), generation_(core_->generation()) {}

    /// The first event that was not reached yet.
    [[nodiscard]] iterator begin() noexcept {
        if (!core_ || core_->generation() != generation_ || !core_->has_event())
            return {nullptr, 0};
        core_->take();
        return {core_.get(), generation_};
    }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
    std::shared_ptr<detail::source_core> core_;
    std::uint64_t generation_ = 0;
};

} // namespace sse
