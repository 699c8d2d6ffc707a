// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// What was published to a hub, and whether a reader was told the truth about it.
#pragma once

#include "support/hub_reader.hpp"

#include <sse/hub/topic.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace sse::testing {

struct published {
    std::uint64_t epoch = 0;
    std::uint64_t sequence = 0;
    std::string topic{};
    std::string data{}; ///< no two events have the same
    std::string key{};
    bool own_id = false;
    bool wanted = false;     ///< by readers with a filter
    bool superseded = false; ///< by a later one with its key

    [[nodiscard]] auto place() const { return std::tuple(epoch, sequence); }
};

/// Checks the log of a reader against all that was published: each event of its topics came
/// exactly once and in order, but for those that a gap accounts for; and each gap is one.
class hub_truth {
public:
    /// `conflates`: superseded events may be missing without a word. `complete`: so much is kept
    /// that nothing may be missing.
    hub_truth(std::vector<published> events, bool conflates, bool complete)
        : events_(std::move(events)), complete_(complete) {
        std::sort(events_.begin(), events_.end(),
                  [](const auto& a, const auto& b) { return a.place() < b.place(); });
        std::map<std::tuple<std::uint64_t, std::string, std::string>, published*> newest;
        for (published& e : events_) {
            by_data_.emplace(e.data, &e);
            if (e.key.empty() || !conflates) continue;
            published*& last = newest[{e.epoch, e.topic, e.key}];
            if (last != nullptr) last->superseded = true;
            last = &e;
        }
    }

    /// `caught_up`: on its last connection it got everything up to the end.
    void check(const hub_reader& reader, bool caught_up) {
        at_.reset();
        own_ = false;
        filtered_ = reader.filtered();
        for (const reading& r : reader.log()) {
            if (r.what == reading::kind::connected) choose(reader, r.added);
            step(r);
        }
        if (!caught_up) return;
        end_of_stream();
        demand(account_.alone == reader.sent_alone(), "what is for it alone comes");
    }

private:
    using place = std::tuple<std::uint64_t, std::uint64_t>;

    /// Takes what is for this reader while it is connected.
    void choose(const hub_reader& reader, const std::vector<added_topic>& added) {
        mine_.clear();
        for (const published& e : events_) {
            bool comes = reader.asks_for(e.topic);
            bool may_come = comes;
            for (const added_topic& a : added) {
                const bool then = e.epoch == a.epoch && e.sequence > a.from && e.sequence <= a.to;
                if (!then || !matches_topic(a.topic, e.topic)) continue;
                may_come = true;
                comes = comes || a.to == UINT64_MAX;
            }
            if (may_come) mine_.push_back({&e, comes});
        }
    }

    void step(const reading& r) {
        switch (r.what) {
        case reading::kind::connected:
            account_ = {};
            if (r.foreign) at_.reset();
            account_.resumed = r.resumed && at_.has_value();
            account_.foreign = r.foreign || (r.resumed && !at_);
            return;
        case reading::kind::position: return position({r.epoch, r.sequence});
        case reading::kind::event: return event(r);
        case reading::kind::alone: return alone(r);
        case reading::kind::gap: return gap(r);
        case reading::kind::ended: return;
        }
    }

    /// The block that a stream without a gap begins with.
    void position(const place& to) {
        if (account_.foreign || (own_ && to == place{})) return; // its own id, which comes back
        if (filtered_ && account_.begun) { // it is told where it is now and then
            demand(*at_ < to, "a position goes on");
            leave_out(*at_, {std::get<0>(to), std::get<1>(to) + 1}, false);
            at_ = to;
            own_ = false;
            return;
        }
        demand(account_.begun == false, "a position comes first");
        account_.begun = true;
        own_ = false;
        if (!account_.resumed) at_ = to;
        demand(at_ == to, "a resumed stream goes on where the reader stands");
    }

    void event(const reading& r) {
        const auto found = by_data_.find(r.text);
        demand(found != by_data_.end(), "what comes was published");
        const published& e = *found->second;
        const auto is_it = [&e](const expected& x) { return x.event == &e; };
        demand(std::any_of(mine_.begin(), mine_.end(), is_it), "it is of the topics");
        demand(e.own_id || e.place() == place(r.epoch, r.sequence), "its id is its own");
        demand(!account_.foreign || account_.told, "a foreign id is a gap");
        demand(at_.has_value(), "a stream begins with a position");
        demand(std::get<0>(*at_) == e.epoch || account_.told, "a restart is a gap");
        demand(*at_ < e.place(), "each event comes once and in order: " + r.text.substr(0, 12));
        demand(e.sequence > account_.floor, "an event for one stream is in its order");
        leave_out(*at_, e.place(), false);
        at_ = e.place();
        own_ = e.own_id;
        account_.begun = true;
    }

    /// It comes behind all that was published before, and ahead of what was later.
    void alone(const reading& r) {
        account_.floor = std::stoull(r.text);
        const std::size_t number = std::stoull(r.text.substr(r.text.find(' ')));
        demand(number == ++account_.alone, "what is for one stream comes once and in order");
        if (!at_) return;
        const account before = account_;
        leave_out(*at_, {std::get<0>(*at_), account_.floor + 1}, false);
        account_ = before;
    }

    void gap(const reading& r) {
        const place to{r.epoch, r.sequence};
        account_.told = true;
        if (r.missed)
            account_.missed += *r.missed;
        else
            account_.counted = false;
        if (r.text == "evicted" || r.text == "lagged") {
            demand(!complete_, "nothing is missing where everything is kept");
            demand(at_.has_value() && *at_ <= to, "a gap goes on where the reader stands");
            leave_out(*at_, {std::get<0>(to), std::get<1>(to) + 1}, true);
        } else {
            const bool restarted = at_ && std::get<0>(*at_) != std::get<0>(to);
            demand(account_.foreign || own_ || (r.text == "restarted" && restarted),
                   "the position was worth something: " + r.text);
            demand(r.text == "restarted" || r.text == "unknown", "a gap has a reason");
            account_.exact = false;
        }
        account_.begun = true;
        at_ = to;
        own_ = false;
    }

    /// Everything between is missing.
    void leave_out(const place& from, const place& to, bool at_gap) {
        auto i = std::upper_bound(
            mine_.begin(), mine_.end(), from,
            [](const place& p, const expected& x) { return p < x.event->place(); });
        for (; i != mine_.end() && i->event->place() < to; ++i) {
            const published& e = *i->event;
            if (e.epoch != std::get<0>(to)) continue;
            ++account_.most;
            if (!i->comes || e.superseded || (filtered_ && !e.wanted)) continue;
            ++account_.least;
            demand(account_.told || at_gap,
                   "what is missing is announced: " + e.data.substr(0, 12));
            demand(!complete_, "nothing is missing: " + e.data.substr(0, 12));
        }
        demand(!account_.exact || !account_.counted || account_.least <= account_.missed,
               "no more is missing than was announced");
    }

    void end_of_stream() {
        demand(at_.has_value(), "it was told where it stands");
        leave_out(*at_, {std::get<0>(*at_), UINT64_MAX}, false);
        if (!account_.told || !account_.exact) return;
        demand(account_.most != 0, "where a gap is announced one is");
        demand(!account_.counted || account_.missed <= account_.most,
               "as much is missing as was announced");
    }

    /// Of one connection.
    struct account {
        bool resumed = false;
        bool foreign = false;
        bool begun = false;
        bool told = false;        ///< of a gap
        bool exact = true;        ///< its gaps are those that it can know of
        bool counted = true;      ///< they said how much was missing
        std::uint64_t missed = 0; ///< as announced
        std::uint64_t least = 0;  ///< that is missing
        std::uint64_t floor = 0;  ///< what comes has a higher number
        std::size_t alone = 0;    ///< events for this stream only
        std::uint64_t most = 0;   ///< with what was superseded
    };

    struct expected {
        const published* event;
        bool comes; ///< or may come, at least
    };

    std::vector<published> events_;
    std::map<std::string, published*, std::less<>> by_data_;
    bool complete_;
    std::vector<expected> mine_;
    std::optional<place> at_; // where the reader stands
    bool filtered_ = false;
    bool own_ = false; // by an id of the publisher's choice
    account account_;
};

} // namespace sse::testing
