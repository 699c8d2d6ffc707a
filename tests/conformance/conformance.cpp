// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// The cases of cases.jsonl: streams, how they were cut, and what Chromium and Firefox made of
// them. Each is parsed as it was cut there; the hand-made streams are also cut everywhere.
#include "base64.hpp"
#include "support/catch.hpp"

#include <sse/text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace conformance_conformance_test {

namespace {

using json = nlohmann::json;

std::string bytes_of(const json& base64) {
    std::string out;
    if (!sse::conformance::base64_decode(base64.get<std::string>(), out))
        throw std::runtime_error("not base64");
    return out;
}

struct outcome {
    std::vector<sse::event> events;
    std::int64_t retry = -1;
    std::string last_event_id;

    friend bool operator==(const outcome&, const outcome&) = default;
};

std::ostream& operator<<(std::ostream& out, const outcome& o) {
    for (const auto& e : o.events)
        out << '[' << e.type << '|' << e.data << '|' << e.id << ']';
    return out << " retry " << o.retry << " last id " << o.last_event_id;
}

struct conformance_case {
    std::string name;
    std::vector<std::string> pieces;
    outcome decoded;
    outcome raw;

    std::string stream() const {
        std::string out;
        for (const auto& piece : pieces)
            out += piece;
        return out;
    }
    bool is_hand_made() const { return !name.starts_with("random/"); }
};

/// The member, or what a parser that keeps bytes gives where that differs.
std::string text_of(const json& object, const std::string& member, bool raw) {
    if (raw && object.contains("raw_" + member)) return bytes_of(object["raw_" + member]);
    return bytes_of(object[member]);
}

outcome outcome_of(const json& object, bool raw) {
    outcome out;
    for (const auto& e : object["events"]) {
        const bool raw_type = raw && e.contains("raw_type_b64");
        out.events.push_back({raw_type ? bytes_of(e["raw_type_b64"]) : e["type"].get<std::string>(),
                              text_of(e, "data_b64", raw), text_of(e, "last_event_id_b64", raw)});
    }
    const auto& retry = object["retry_ms"];
    if (retry.is_number()) out.retry = retry.get<std::int64_t>();
    if (retry.is_string()) out.retry = std::int64_t{1} << 53; // as large as need be
    out.last_event_id = text_of(object, "last_event_id_b64", raw);
    return out;
}

const std::vector<conformance_case>& all_cases() {
    static const std::vector<conformance_case> cases = [] {
        std::vector<conformance_case> out;
        std::ifstream file(SSE_CONFORMANCE_CASES);
        std::string line;
        while (std::getline(file, line)) {
            const json object = json::parse(line);
            conformance_case c{
                object["name"], {}, outcome_of(object, false), outcome_of(object, true)};
            for (const auto& piece : object["chunks"])
                c.pieces.push_back(bytes_of(piece));
            out.push_back(std::move(c));
        }
        return out;
    }();
    return cases;
}

/// Whole streams, once each.
std::vector<const conformance_case*> hand_made_streams(std::size_t most_bytes) {
    std::map<std::string, const conformance_case*> streams;
    for (const auto& c : all_cases()) {
        const std::string name = c.name.substr(0, c.name.rfind('/'));
        if (c.is_hand_made() && c.stream().size() <= most_bytes) streams.emplace(name, &c);
    }
    std::vector<const conformance_case*> out;
    for (const auto& [name, c] : streams)
        out.push_back(c);
    return out;
}

/// Parses pieces, keeping what comes out.
class run {
public:
    explicit run(sse::utf8_policy utf8) : parser_({.utf8 = utf8}) {}

    run& feed(std::string_view bytes) {
        // a copy of just these bytes, so that a sanitizer sees any use of it later
        const std::vector<char> copy(bytes.begin(), bytes.end());
        parser_.push({copy.data(), copy.size()}, *this);
        return *this;
    }
    void on_event(sse::event_view e) { outcome_.events.emplace_back(e); }
    void on_retry(std::chrono::milliseconds time) {
        outcome_.retry = std::min(time.count(), std::int64_t{1} << 53);
    }
    outcome end() {
        outcome_.last_event_id = parser_.last_event_id();
        return outcome_;
    }

private:
    sse::parser parser_;
    outcome outcome_;
};

void check_cases(sse::utf8_policy utf8) {
    REQUIRE(all_cases().size() > 1000);
    for (const auto& c : all_cases()) {
        INFO(c.name);
        run r(utf8);
        for (const auto& piece : c.pieces)
            r.feed(piece);
        CHECK(r.end() == (utf8 == sse::utf8_policy::pass ? c.raw : c.decoded));
    }
}

} // namespace

TEST_CASE("parser: finds what browsers find in every conformance case") {
    check_cases(sse::utf8_policy::replace);
}

TEST_CASE("parser: keeps the bytes of every conformance case when it does not decode") {
    check_cases(sse::utf8_policy::pass);
}

TEST_CASE("parser: finds the same wherever a stream of up to 4 KiB is cut in two") {
    const auto streams = hand_made_streams(4096);
    REQUIRE(streams.size() > 100);
    for (const auto* c : streams) {
        INFO(c->name);
        const std::string stream = c->stream();
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            const std::string_view all(stream);
            const outcome found =
                run(sse::utf8_policy::replace).feed(all.substr(0, cut)).feed(all.substr(cut)).end();
            if (found != c->decoded) FAIL_CHECK("cut at " << cut << ": " << found);
        }
    }
}

TEST_CASE("parser: finds the same wherever a stream of up to 200 bytes is cut in three") {
    const auto streams = hand_made_streams(200);
    REQUIRE(streams.size() > 100);
    for (const auto* c : streams) {
        INFO(c->name);
        const std::string stream = c->stream();
        const std::string_view all(stream);
        for (std::size_t a = 0; a <= stream.size(); ++a) {
            for (std::size_t b = a; b <= stream.size(); ++b) {
                const outcome found = run(sse::utf8_policy::replace)
                                          .feed(all.substr(0, a))
                                          .feed(all.substr(a, b - a))
                                          .feed(all.substr(b))
                                          .end();
                if (found != c->decoded) FAIL_CHECK("cut at " << a << ", " << b << ": " << found);
            }
        }
    }
}

} // namespace conformance_conformance_test
