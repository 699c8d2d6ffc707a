// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Random publishes, cuts at any byte, evictions, slow readers and resumes, on the log and the
// subscription without I/O. SSE_ROUNDS and SSE_SEED choose how long and where to start.
#include "support/catch.hpp"

#include <sse/http/chunked.hpp>
#include <sse/hub/log_store.hpp>
#include <sse/hub/opening.hpp>
#include <sse/hub/resume.hpp>
#include <sse/hub/subscription.hpp>
#include <sse/text/parser.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hub_replay_property_test {

namespace {

using namespace sse::detail;

struct published {
    std::uint64_t sequence;
    std::uint64_t ordinal; // in its topic
    std::string topic;
    std::string key;
    std::string id;
    std::string data;
};

/// A hub and one reader that is connected, cut and resumed, and checks all it is told.
class world {
public:
    explicit world(std::uint64_t seed) : random_(seed) {
        bounds_.events = pick(3) == 0 ? 0 : 1 + pick(30);
        bounds_.live_bytes = pick(2) * pick(5000);
        bounds_.bytes = pick(3) == 0 ? 0 : 500 + pick(20000);
        skip_ = pick(2) == 0;
        conflate_ = pick(2) == 0;
        filter_ = pick(4) == 0;
        chunked_ = pick(4) != 0;
        restart();
        const std::size_t n = 1 + pick(3);
        for (std::size_t i = 0; i < n; ++i) {
            followed_.push_back(
                std::make_unique<followed_topic>(std::string(1, static_cast<char>('a' + i))));
        }
    }

    void run(int steps) {
        for (int i = 0; i < steps; ++i)
            step();
        pause_ = false;
        if (!stream_) connect();
        refresh();
        deliver(SIZE_MAX);
        if (!stream_) { // the overflow policy cut it
            connect();
            deliver(SIZE_MAX);
        }
        // everything is there, or known to be missing
        settle();
    }

private:
    void step() {
        const auto dice = pick(100);
        if (dice < 50)
            publish();
        else if (dice < 65)
            refresh();
        else if (dice < 90)
            deliver(pick(3) == 0 ? 1 + pick(20) : pick(3000));
        else if (dice < 94)
            cut();
        else if (dice < 95)
            restart();
        else if (dice < 96)
            send_private();
        else if (dice < 97)
            pause_ = !pause_;
        else if (stream_ && stream_->at_border() && stream_->caught_up())
            stream_->append(":\n");
        if (!stream_ && pick(3) == 0) connect();
    }

    void publish() {
        const std::string topic(1, static_cast<char>('a' + pick(4)));
        std::string data(pick(10) == 0 ? pick(3000) : pick(60), pick(3) == 0 ? 'n' : 'x');
        std::string id = pick(5) == 0 ? "own" + std::to_string(++own_) : "";
        const std::string key =
            pick(3) == 0 ? "" : std::string(1, static_cast<char>('k' + pick(6)));
        const auto r = store_->append(topic, {.data = data, .id = id}, {.key = key}, 0);
        REQUIRE(r.error == sse::errc::success);
        if (id.empty()) id = to_string(sse::event_id{epoch_, r.sequence});
        const std::string kept_by = conflate_ ? key : "";
        const std::uint64_t ordinal = store_->find(topic)->end_ordinal() - 1;
        newest_[topic + kept_by] = r.sequence;
        truth_.push_back({r.sequence, ordinal, topic, kept_by, id, data});
        all_.push_back(truth_.back());
    }

    /// To this stream alone, behind all that was published up to its last look.
    void send_private() {
        if (!stream_) return;
        std::string block;
        const std::string data = std::to_string(horizon_);
        REQUIRE(sse::serialize({.type = "private", .data = data}, block) == sse::errc::success);
        static_cast<void>(stream_->append_behind(horizon_, block, 2000));
    }

    void restart() {
        ++epoch_;
        cut();
        for (auto& t : followed_)
            t = std::make_unique<followed_topic>(t->name);
        store_ = std::make_unique<log_store>(bounds_, epoch_, 100, conflate_);
        truth_.clear();
        all_.clear();
        newest_.clear();
        horizon_ = 0;
        position_ = 0;
        fresh_ = true;
    }

    void refresh(bool keep = false) {
        const std::uint64_t before = std::exchange(horizon_, store_->position().sequence);
        for (auto& t : followed_) {
            t->log = store_->find(t->name);
            t->view.seen(before);
            if (t->log != nullptr) t->look(keep);
        }
        if (keep) return;
        if (stream_ && stream_->lost()) overflow();
        for (auto& t : followed_)
            t->view.release();
    }

    void overflow() {
        if (!skip_ || !stream_->skip_lost(2000, conflate_)) cut();
    }

    void write_gap() {
        if (const sse::gap g = stream_->take_gap()) append_gap(g, stream_->position(horizon_));
    }

    void append_gap(const sse::gap& g, std::uint64_t position) {
        std::string block;
        const std::string id = to_string(sse::event_id{epoch_, position});
        REQUIRE(sse::serialize({.type = "gap", .data = gap_data(g), .id = id}, block) ==
                sse::errc::success);
        stream_->append(block);
    }

    void connect() {
        refresh(stream_ != nullptr);
        stream_ = std::make_unique<subscription>(chunked_);
        chunks_.emplace();
        parser_.reset();
        told_ = false;
        if (filter_) {
            stream_->make_extras().filter = [](const sse::event_outline& e) {
                return e.block.find("data: n") == std::string_view::npos;
            };
        }
        floor_ = 0;
        taken_ = 0;
        std::vector<followed_topic*> topics;
        for (auto& t : followed_)
            topics.push_back(t.get());
        const std::string last(parser_.last_event_id());
        const auto where = locate_reader(last, store_->position(), store_->find_own_id(last));
        const std::uint64_t replay = pick(3) * pick(10);
        const opening o = open_stream(topics, where, replay, horizon_);
        for (std::size_t i = 0; i < topics.size(); ++i)
            stream_->follow(*topics[i], o.places[i]);
        if (where.where == reader_position::kind::live) {
            position_ = o.position;
            fresh_ = false;
            // it asked for some of what is kept, so the rest is not missing
            holes_ = std::erase_if(truth_, [this](const published& p) {
                         return followed(p) && (superseded(p) || lost(p));
                     }) != 0;
        }
        if (o.missing) return append_gap(o.missing, o.position);
        std::string block;
        REQUIRE(sse::serialize_id(to_string(sse::event_id{epoch_, o.position}), block) ==
                sse::errc::success);
        stream_->append(block);
    }

    void cut() { stream_.reset(); }

    void deliver(std::size_t bytes) {
        if (pause_) return;
        while (stream_ && bytes != 0) {
            write_gap();
            const std::string_view next = stream_->next(merged_);
            if (next.empty() && stream_->owes_gap()) continue;
            if (next.empty()) return;
            const std::size_t n =
                std::min(next.size(), 1 + pick(std::min<std::size_t>(bytes, 4000)));
            receive(std::string(next.substr(0, n)));
            stream_->commit(n, merged_);
            bytes -= std::min(bytes, n);
        }
    }

    void receive(std::string_view bytes) {
        if (!chunked_) return parse(bytes);
        while (!bytes.empty()) {
            const auto slice = chunks_->next(bytes);
            REQUIRE(chunks_->error() == sse::errc::success);
            parse(slice.payload);
            bytes.remove_prefix(slice.consumed);
        }
    }

    void parse(std::string_view bytes) {
        parser_.feed(bytes);
        for (auto status = parser_.next(); status != sse::parse_status::need_input;
             status = parser_.next()) {
            REQUIRE(status == sse::parse_status::event);
            const auto e = parser_.current();
            if (e.type == "gap")
                take_gap(e);
            else if (e.type == "private")
                take_private(e);
            else
                take(e);
        }
    }

    void take(const sse::event_view& e) {
        while (!truth_.empty() && truth_.front().id != e.id) {
            holes_ = holes_ || (filter_ && followed(truth_.front()));
            drop_front();
        }
        REQUIRE(!truth_.empty());
        REQUIRE(mine(truth_.front()));
        REQUIRE_FALSE(fresh_);
        REQUIRE(truth_.front().sequence > floor_);
        CHECK(truth_.front().data == e.data);
        position_ = truth_.front().sequence;
        taken_ = position_;
        truth_.pop_front();
    }

    /// It has all that was published before, and nothing that came later.
    void take_private(const sse::event_view& e) {
        floor_ = std::strtoull(std::string(e.data).c_str(), nullptr, 10);
        REQUIRE(taken_ <= floor_);
        while (!truth_.empty() && truth_.front().sequence <= floor_) {
            holes_ = holes_ || followed(truth_.front());
            drop_front();
        }
    }

    /// Leaves out an event, which must be none of the reader's, or one that a gap accounts for.
    void drop_front() {
        const published& p = truth_.front();
        INFO("left out " << p.topic << p.sequence);
        REQUIRE((!mine(p) || superseded(p) || (told_ && lost(p))));
        if (mine(p) && !superseded(p)) ++left_out_;
        truth_.pop_front();
    }

    /// Whether the reader has a right to this event.
    bool mine(const published& p) const {
        return followed(p) && !(filter_ && p.data.starts_with('n'));
    }
    bool followed(const published& p) const {
        return p.sequence > position_ && p.topic[0] < static_cast<char>('a' + followed_.size());
    }
    bool evicted(const published& p) const {
        return store_->find(p.topic)->begin_ordinal() > p.ordinal;
    }
    /// Whether a newer event of its key stands for it.
    bool superseded(const published& p) const {
        return evicted(p) && !p.key.empty() && newest_.at(p.topic + p.key) > p.sequence;
    }
    /// Whether it can no longer be had, and no newer event of its key stands for it.
    bool lost(const published& p) const { return evicted(p) && (p.key.empty() || dropped(p)); }
    bool dropped(const published& p) const {
        const auto& values = store_->find(p.topic)->values;
        return values && values->last_dropped().first >= p.sequence;
    }

    void take_gap(const sse::event_view& e) {
        const auto id = sse::parse_event_id(e.id);
        REQUIRE(id.has_value());
        REQUIRE(id->epoch == epoch_);
        told_ = true;
        if (e.data.find("unknown") != std::string_view::npos) { // everything kept comes (again)
            truth_.assign(all_.begin(), all_.end());
            position_ = 0;
        } else if (fresh_) {
            CHECK(e.data == R"({"reason":"restarted"})");
        } else {
            // a value that was dropped counts, whatever came later
            const auto missing = [this](const published& p) {
                return followed(p) && (lost(p) || (evicted(p) && dropped(p)));
            };
            CHECK((holes_ || std::any_of(truth_.begin(), truth_.end(), missing)));
        }
        std::uint64_t missed = 0;
        while (!truth_.empty() && truth_.front().sequence <= id->sequence) {
            missed += mine(truth_.front()) ? 1U : 0U;
            drop_front();
        }
        // with several topics some of what is missing may lie beyond the position
        const std::size_t at = e.data.find("missed");
        if (at != std::string_view::npos) {
            announced_ += std::strtoull(e.data.data() + at + 8, nullptr, 10);
            if (followed_.size() == 1 && !conflate_ && !filter_)
                CHECK(e.data.substr(at + 8) == std::to_string(missed) + "}");
        }
        if (at == std::string_view::npos) announced_ = UINT64_MAX / 2;
        fresh_ = false;
        holes_ = false;
        position_ = id->sequence;
    }

    /// At the end nothing may be left that the reader should have got.
    void settle() {
        if (fresh_) return;
        while (!truth_.empty())
            drop_front();
        CHECK(left_out_ <= announced_);
    }

    std::size_t pick(std::size_t n) { return n == 0 ? 0 : random_() % n; }

    std::mt19937_64 random_;
    sse::history bounds_;
    bool skip_ = false;
    bool conflate_ = false;
    bool filter_ = false;
    bool chunked_ = true;
    bool pause_ = false;
    bool fresh_ = true; // nothing was told of this life of the hub yet
    std::uint64_t epoch_ = 1;
    std::uint64_t own_ = 0;
    std::uint64_t horizon_ = 0;
    std::uint64_t position_ = 0;
    std::uint64_t taken_ = 0;     // the last event that came, on this connection
    std::uint64_t floor_ = 0;     // what comes after a private event is newer than this
    bool holes_ = false;          // a replay had some, which a resume may then count
    bool told_ = false;           // of a gap, on this connection
    std::uint64_t left_out_ = 0;  // events that it had a right to
    std::uint64_t announced_ = 0; // missing ones, at the least
    std::map<std::string, std::uint64_t> newest_; // number of the newest event of a topic and key
    std::unique_ptr<log_store> store_;
    std::vector<std::unique_ptr<followed_topic>> followed_;
    std::unique_ptr<subscription> stream_;
    merge_buffer merged_;
    std::optional<sse::http::chunked_decoder> chunks_;
    sse::parser parser_;
    std::vector<published> all_;
    std::deque<published> truth_; // what the reader has not got yet
};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* value = std::getenv(name);
    return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

} // namespace

TEST_CASE("replay: every event comes once and in order, or a gap is announced", "[replay]") {
    const std::uint64_t rounds = from_environment("SSE_ROUNDS", 3000);
    const std::uint64_t first = from_environment("SSE_SEED", 1);
    for (std::uint64_t seed = first; seed < first + rounds; ++seed) {
        INFO("repeat with SSE_ROUNDS=1 SSE_SEED=" << seed);
        world w(seed);
        w.run(300);
    }
}

} // namespace hub_replay_property_test
