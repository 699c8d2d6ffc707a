// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/topic_log.hpp>
#include <sse/hub/topic_view.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sse::detail {

class subscription;

/// A topic that streams of one thread follow: what they may see of its log, and who they are. What
/// an event takes comes first, in as few lines of the cache as hold it.
struct alignas(64) followed_topic : log_interest {
    struct slot {
        subscription* reader;
        std::uint32_t source; ///< which of the reader's topics it is
        bool lists;           ///< whether the reader lists those that have more
    };

    /// `unused` gets the topic when its last reader has left.
    explicit followed_topic(std::string topic, std::vector<followed_topic*>* unused = nullptr)
        : name(std::move(topic)), unused_(unused) {}

    /// Returns the reader's slot.
    std::size_t add_reader(slot reader);
    void remove_reader(std::size_t index) noexcept;

    /// Brings the view up to date with the log, under its lock, and has the readers that have other
    /// topics as well list this one.
    void look(bool keep = false);

    topic_log* log = nullptr; ///< null until something is published
    std::vector<slot> readers;
    std::uint64_t had = 0; ///< all readers have got what is before this offset
    bool waits = false;    ///< a reader has not got all there was when the topic was last looked at
    bool is_unused = false; ///< and told so
    topic_view view;
    std::uint64_t dropped_up_to = 0; ///< number of the last event of an earlier log of the topic
    std::string name;

private:
    std::vector<followed_topic*>* unused_;
};

} // namespace sse::detail
