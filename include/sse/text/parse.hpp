// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/event.hpp>
#include <sse/text/limits.hpp>
#include <sse/text/parser.hpp>

#include <cstddef>
#include <iterator>
#include <string_view>

namespace sse {

/// The events of a complete text, parsed while it is iterated, once. A template of its parser so
/// that only those who iterate compile that.
/// Lifetime: borrows the text; an event is valid until the iterator moves on.
template <class Parser>
class basic_event_range {
public:
    class iterator {
    public:
        using value_type = event_view;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        iterator() = default;
        [[nodiscard]] event_view operator*() const { return range_->parser_.current(); }
        iterator& operator++() {
            range_->advance();
            return *this;
        }
        void operator++(int) { ++*this; }
        [[nodiscard]] bool operator==(std::default_sentinel_t) const noexcept {
            return range_->at_end_;
        }

    private:
        friend class basic_event_range;
        explicit iterator(basic_event_range& range) : range_(&range) {}
        basic_event_range* range_ = nullptr;
    };

    explicit basic_event_range(std::string_view text, utf8_policy utf8 = utf8_policy::replace)
        : parser_({.limits = {}, .utf8 = utf8}) {
        parser_.feed(text);
    }

    [[nodiscard]] iterator begin() {
        advance();
        return iterator(*this);
    }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// The last event id of what was iterated so far.
    [[nodiscard]] std::string_view last_event_id() const noexcept {
        return parser_.last_event_id();
    }

private:
    void advance() {
        parse_status status = parser_.next();
        while (status == parse_status::retry)
            status = parser_.next();
        at_end_ = status != parse_status::event;
    }

    Parser parser_;
    bool at_end_ = false;
};

/// What `parse` returns.
using event_range = basic_event_range<basic_parser<growing_storage<>, no_limits>>;

/// The events of a complete text: `for (sse::event_view e : sse::parse(text))`. An unfinished
/// last block is no event (HTML, 9.2.6). No limits: the text is in memory already. Ends early at
/// bytes that are not UTF-8 only under `utf8_policy::reject`. A template for the sake of
/// compile time; `Range` is left as it is.
/// Lifetime: borrows the text; an event is valid until the iterator moves on.
template <class Range = event_range>
[[nodiscard]] Range parse(std::string_view text, utf8_policy utf8 = utf8_policy::replace) {
    return Range(text, utf8);
}

} // namespace sse
