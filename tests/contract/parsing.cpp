// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "harness.hpp"
#include "support/catch.hpp"

#include <string>
#include <utility>
#include <vector>

namespace contract_parsing_test {

using namespace sse::contract;
using texts = std::vector<std::string>;

namespace {

/// A stream as the chunks that it comes in, and the messages that it makes.
struct parsing_case {
    const char* name;
    texts chunks;
    texts messages;
};

/// Plays all cases, each on a connection of its own that a restart ends: a case must not see
/// anything of the one before but its id.
void play(const std::vector<parsing_case>& cases) {
    harness h;
    const std::string address = h.create();
    std::size_t connection = 0;
    for (const parsing_case& c : cases) {
        INFO(c.name);
        auto& stream = h.open(connection++);
        for (const std::string& bytes : c.chunks) {
            stream.chunk(bytes);
            // A read of its own: the service has time for it before the next one is sent.
            (void)h.wait([&] { return stream.flushed(); });
            (void)h.command("GET", "/");
        }
        CHECK(h.next(c.messages.size()) == c.messages);
        (void)h.command("POST", address, R"({"command":"restart"})");
    }
    CHECK(h.quit() == 0);
}

} // namespace

TEST_CASE("contract: every line end ends a line, wherever it is cut", "[contract]") {
    std::vector<parsing_case> cases;
    for (const std::string end : {"\n", "\r\n", "\r"}) {
        cases.push_back(
            {"whole",
             {"event: a" + end + "data: 1" + end + "data: 2" + end + end + "data: 3" + end + end},
             {"a|1\n2|", "message|3|"}});
        cases.push_back({"cut before the end",
                         {"data: 1", end, end + "data: 2", end + end},
                         {"message|1|", "message|2|"}});
        cases.push_back({"cut in the value",
                         {"da", "ta: 1" + end + "data: ", "2" + end + end},
                         {"message|1\n2|"}});
    }
    cases.push_back({"CR LF cut in two",
                     {"data: 1\r", "\n\r", "\ndata: 2\r\n\r\n"},
                     {"message|1|", "message|2|"}});
    cases.push_back({"CR CR dispatches at once", {"data: 1\r\r"}, {"message|1|"}});
    cases.push_back({"CR LF CR dispatches at once", {"data: 1\r\n\r"}, {"message|1|"}});
    cases.push_back({"mixed",
                     {"data: 1\ndata: 2\r\ndata: 3\r\n\rdata: 4\n\r\n"},
                     {"message|1\n2\n3|", "message|4|"}});
    cases.push_back(
        {"blank lines make nothing", {"\n\r\n\r\r\n\n", "data: 1\n\n\n\n\n"}, {"message|1|"}});
    play(cases);
}

TEST_CASE("contract: fields are read as the standard has it", "[contract]") {
    play({{"one space is removed", {"data:  x\ndata:y\ndata: \n\n"}, {"message| x\ny\n|"}},
          {"empty data",
           {"data:\n\ndata\ndata\n\ndata: end\n\n"},
           {"message||", "message|\n|", "message|end|"}},
          {"unknown fields", {"DATA: 1\ndatas: 2\n data: 3\nfoo\ndata: x\n\n"}, {"message|x|"}},
          {"types",
           {"event: greeting\ndata: 1\n\nevent:  greeting\ndata: 2\n\nevent\ndata: 3\n\n"},
           {"greeting|1|", " greeting|2|", "message|3|"}},
          {"a type without data is forgotten", {"event: x\n\ndata: 1\n\n"}, {"message|1|"}},
          {"text in several bytes",
           {"data: \xE4\xB8", "\xAD\xEF\xBB\xBF\n\n"},
           {"message|\xE4\xB8\xAD\xEF\xBB\xBF|"}},
          {"quotes and backslashes", {"data: \"\\\t\x01\"\n\n"}, {"message|\"\\\t\x01\"|"}},
          {"ids stay in force", {"id: 1\ndata: a\n\ndata: b\n\n"}, {"message|a|1", "message|b|1"}},
          {"an id with NUL is ignored", {std::string("id: 2\0\ndata: a\n\n", 16)}, {"message|a|1"}},
          {"an empty id resets", {"id\ndata: a\n\n"}, {"message|a|"}},
          {"comments in their place",
           {":a\ndata: 1\n", ": b\n:\n\n"},
           {":a", ":b", ":", "message|1|"}}});
}

TEST_CASE("contract: a byte order mark is skipped once, at the start", "[contract]") {
    const std::string bom = "\xEF\xBB\xBF";
    play({{"whole", {bom + "data: 1\n\n"}, {"message|1|"}},
          {"in two pieces", {bom.substr(0, 1), bom.substr(1) + "data: 1\n\n"}, {"message|1|"}},
          {"in three pieces",
           {bom.substr(0, 1), bom.substr(1, 1), bom.substr(2), "data: 1\n\n"},
           {"message|1|"}},
          {"before a comment", {bom + ":c\ndata: 1\n\n"}, {":c", "message|1|"}},
          {"before an id", {bom + "id: 1\ndata: 1\n\n"}, {"message|1|1"}},
          {"before a type", {bom + "event: x\ndata: 1\n\n"}, {"x|1|1"}},
          {"only one", {bom + bom + "data: 1\ndata: 2\n\n"}, {"message|2|1"}},
          {"not elsewhere",
           {"data: 1\n\n" + bom + "data: 2\ndata: 3" + bom + "\n\n"},
           {"message|1|1", "message|3" + bom + "|1"}}});
}

TEST_CASE("contract: a hundred events in one chunk are told in order", "[contract]") {
    std::string chunk;
    texts expected;
    for (int i = 0; i < 100; ++i) {
        const std::string n = std::to_string(i);
        chunk += "id: " + n + "\ndata: " + n + "\n\n";
        expected.push_back("message|" + n + "|" + n);
    }
    play({{"hundred", {chunk}, expected}});
}

} // namespace contract_parsing_test
