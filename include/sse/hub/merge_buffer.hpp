// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/event_order.hpp>
#include <sse/hub/topic_view.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sse::detail {

/// The bytes of several topics, joined for one send, and whose they are. One for all streams of a
/// thread: it is filled and used up in one go.
class merge_buffer {
public:
    struct run {
        std::size_t source;
        std::size_t bytes;
        cursor start;
    };

    void clear() noexcept {
        runs_.clear();
        only_ = {};
        bytes_.clear();
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

    event_order order; ///< of the stream that is being looked at

private:
    std::vector<run> runs_;
    std::string_view only_;
    std::string bytes_;
};

} // namespace sse::detail
