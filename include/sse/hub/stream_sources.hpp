// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/stream_source.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace sse::detail {

/// The topics of a stream. Most have one, which takes no memory of its own. Where there are several
/// it has a list of those that may have more to send, so that nobody has to go through all of them.
class stream_sources {
public:
    [[nodiscard]] std::size_t size() const noexcept {
        return many_ ? many_->all.size() : (one_.topic != nullptr ? 1U : 0U);
    }
    [[nodiscard]] bool are_many() const noexcept { return many_ != nullptr; }
    [[nodiscard]] stream_source* begin() noexcept { return many_ ? many_->all.data() : &one_; }
    [[nodiscard]] stream_source* end() noexcept { return begin() + size(); }
    [[nodiscard]] const stream_source* begin() const noexcept {
        return many_ ? many_->all.data() : &one_;
    }
    [[nodiscard]] const stream_source* end() const noexcept { return begin() + size(); }
    [[nodiscard]] stream_source& operator[](std::size_t i) noexcept { return begin()[i]; }
    [[nodiscard]] const stream_source& operator[](std::size_t i) const noexcept {
        return begin()[i];
    }

    /// Adds one, which is listed if it has more.
    void push_back(const stream_source& s) {
        if (size() == 0) {
            one_ = s;
            many_.reset();
            return;
        }
        if (!many_) {
            many_ = std::make_unique<several>();
            add(one_);
        }
        add(s);
    }

    /// Takes one away; the last one comes in its place.
    void erase(std::size_t i) noexcept {
        if (!many_) {
            one_.topic = nullptr;
            return;
        }
        auto& [all, listed] = *many_;
        const auto last = static_cast<std::uint32_t>(all.size() - 1);
        if (all[i].is_listed) std::erase(listed, static_cast<std::uint32_t>(i));
        if (all[last].is_listed)
            std::replace(listed.begin(), listed.end(), last, static_cast<std::uint32_t>(i));
        all[i] = all[last];
        all.pop_back();
    }

    void clear() noexcept {
        many_.reset();
        one_.topic = nullptr;
    }

    /// Lists one that may have more to send.
    void list(std::size_t i) {
        if (!many_ || std::exchange(many_->all[i].is_listed, true)) return;
        many_->listed.push_back(static_cast<std::uint32_t>(i));
    }

    /// Takes those off the list that have no more.
    void forget_ended() noexcept {
        if (!many_) return;
        std::erase_if(many_->listed, [this](std::uint32_t i) {
            stream_source& s = many_->all[i];
            return s.at_end() && std::exchange(s.is_listed, false);
        });
    }

    /// Those that may have more to send, each by its index.
    template <class Visitor>
    void for_each_listed(Visitor&& visit) const {
        if (many_) {
            for (const std::uint32_t i : many_->listed)
                visit(std::size_t{i});
        } else if (one_.topic != nullptr) {
            visit(std::size_t{0});
        }
    }

private:
    struct several {
        std::vector<stream_source> all{};
        std::vector<std::uint32_t> listed{}; ///< of these
    };

    void add(const stream_source& s) {
        many_->all.push_back(s);
        if (!s.at_end()) list(many_->all.size() - 1);
    }

    stream_source one_{}; // no topic: none
    std::unique_ptr<several> many_;
};

} // namespace sse::detail
