// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/event_order.hpp>
#include <sse/hub/segment.hpp>
#include <sse/hub/topic_view.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sse::detail {

/// The bytes of several topics, or of several segments of one, joined for one send. One for all
/// streams of a thread.
class merge_buffer {
public:
    /// Of several topics: filled and used up in one go.
    struct run {
        std::size_t source;
        std::size_t bytes;
        cursor start;
    };

    void clear() noexcept {
        runs_.clear();
        only_ = {};
        bytes_.clear();
        segment_.reset();
    }

    /// Joins what a topic has from `start` on. A single run stays where it lies.
    void add(std::size_t source, const cursor& start, std::string_view bytes) {
        runs_.push_back({source, bytes.size(), start});
        if (runs_.size() == 1) {
            only_ = bytes;
            return;
        }
        if (runs_.size() == 2) bytes_.assign(only_);
        bytes_.append(bytes);
    }

    [[nodiscard]] const std::vector<run>& runs() const noexcept { return runs_; }
    [[nodiscard]] std::string_view text() const noexcept {
        return runs_.size() == 1 ? only_ : std::string_view(bytes_);
    }

    /// The bytes of one topic from `at` on, until they are `enough` or all. They stay for the next
    /// stream, for most of a topic stand at the same place.
    [[nodiscard]] std::string_view join(const topic_view& view, cursor at, std::size_t enough) {
        const auto& first = view.segment_of(at);
        const bool same = !segment_.owner_before(first) && !first.owner_before(segment_);
        if (same && from_ == at && to_ == view.end()) return bytes_;
        clear();
        from_ = at;
        to_ = view.end();
        while (bytes_.size() < enough && at != to_) {
            const std::string_view slice = view.slice(at);
            bytes_.append(slice);
            view.advance(at, slice.size());
        }
        segment_ = first;
        return bytes_;
    }

    event_order order; ///< of the stream that is being looked at

private:
    std::vector<run> runs_;
    std::string_view only_;
    std::string bytes_;
    std::weak_ptr<const segment> segment_; // its address is nobody else's while this is there
    cursor from_;
    cursor to_;
};

} // namespace sse::detail
