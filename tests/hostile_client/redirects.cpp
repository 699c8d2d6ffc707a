// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "scenario.hpp"
#include "support/catch.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace hostile_client_redirects_test {

using namespace sse::testing;

namespace {

const std::string event_a = "data: a\n\n";
const std::string ended = "! end_of_stream +1000";

connection to(const std::string& location, const std::string& status = "302 Found") {
    return {send(head(status, "Location: " + location + "\r\n"))};
}

/// A redirect, and the URL it has to lead to. The stream is then cut, and the next request shows
/// whether it was remembered.
scenario leads(const std::string& location, const std::string& url, const std::string& request,
               const std::string& status = "302 Found", std::string from = "http://a/x") {
    scenario s{status + " to " + location,
               {to(location, status), {send(ok + event_a), end()}, {}},
               {"open 200 " + url, "a", ended, "! head_timeout +1000"},
               {{}, {request}}};
    s.url = std::move(from);
    return s;
}

/// A redirect that leads nowhere.
scenario fails(const std::string& name, const std::string& fields, const std::string& error) {
    return {name, {{send(head("302 Found", fields))}}, {"! " + error, "= " + error}};
}

/// Which path the reconnection goes to, after redirects with these statuses.
scenario remembers(const std::string& name, const texts& statuses, const std::string& path) {
    scenario s{name, {}, {}};
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        s.server.push_back(to("/" + std::to_string(i + 1), statuses[i]));
        s.requests.push_back({});
    }
    s.server.push_back({send(ok + event_a), end()});
    s.server.push_back({send(head("204 No Content"))});
    s.requests.push_back({});
    s.requests.push_back({"GET " + path + " HTTP/1.1"});
    s.expected = {"open 200 http://a/" + std::to_string(statuses.size()), "a", ended,
                  "! no_content", "= no_content"};
    return s;
}

void secrets(sse::event_source_options& o) {
    o.headers = {{"Authorization", "Bearer S"},
                 {"cookie", "S=1"},
                 {"Proxy-Authorization", "Basic S"},
                 {"X-Plain", "p"}};
}

const std::string all_secrets[] = {"Authorization: Bearer S", "cookie: S=1",
                                   "Proxy-Authorization: Basic S"};
const texts with_secrets{all_secrets[0], all_secrets[1], all_secrets[2], "X-Plain: p"};
const texts without_secrets{"!Bearer S", "!S=1", "!Basic S", "X-Plain: p"};

/// A chain of redirects to `locations`, and whether each request in it carries the secrets.
scenario guarded(const std::string& name, const texts& locations, const std::vector<bool>& carries,
                 const std::string& status = "302 Found", std::string url = "http://a/x") {
    scenario s{name, {}, {}};
    s.url = std::move(url);
    for (const std::string& location : locations)
        s.server.push_back(to(location, status));
    s.server.push_back({send(head("204 No Content"))});
    s.expected = {"! no_content", "= no_content"};
    for (const bool carried : carries)
        s.requests.push_back(carried ? with_secrets : without_secrets);
    s.options = secrets;
    return s;
}

/// What a request with a body becomes behind a redirect.
scenario method(const std::string& status, const std::string& before, const std::string& after,
                bool keeps_body) {
    scenario s{before + " behind " + status,
               {to("/y", status), {send(head("204 No Content"))}},
               {"! no_content", "= no_content"},
               {{before + " /x HTTP/1.1", "Content-Length: 4\r\n", "Content-Type: a/b\r\n",
                 "\r\n\r\nbody"}}};
    s.requests.push_back(
        keeps_body ? texts{after + " /y HTTP/1.1", "Content-Length: 4\r\n", "Content-Type: a/b\r\n",
                           "\r\n\r\nbody"}
                   : texts{after + " /y HTTP/1.1", "!body", "!Content-Length", "!Content-Type"});
    s.options = [before](auto& o) {
        o.method = before;
        o.body = "body";
        o.headers = {{"Content-Type", "a/b"}};
    };
    return s;
}

} // namespace

TEST_CASE("hostile server: redirects lead where they say", "[hostile_client]") {
    std::vector<scenario> all{
        leads("http://b/y", "http://b/y", "GET /y HTTP/1.1\r\nHost: b\r\n"),
        leads("http://b:81/y?q=1", "http://b:81/y?q=1", "GET /y?q=1 HTTP/1.1\r\nHost: b:81\r\n"),
        leads("HTTP://B", "http://b/", "GET / HTTP/1.1\r\nHost: b\r\n"),
        leads("http://[::1]:8080/y", "http://[::1]:8080/y", "Host: [::1]:8080\r\n"),
        leads("//b/y", "http://b/y", "GET /y HTTP/1.1\r\nHost: b\r\n"),
        leads("/y", "http://a/y", "GET /y HTTP/1.1\r\nHost: a\r\n"),
        leads("y", "http://a/p/y", "GET /p/y ", "302 Found", "http://a/p/x?q"),
        leads("../y", "http://a/y", "GET /y ", "302 Found", "http://a/p/x"),
        leads("../../../y", "http://a/y", "GET /y ", "302 Found", "http://a/p/x"),
        leads("./?z", "http://a/p/?z", "GET /p/?z ", "302 Found", "http://a/p/x?q"),
        leads("?z", "http://a/p/x?z", "GET /p/x?z ", "302 Found", "http://a/p/x?q"),
        leads("/y#part", "http://a/y", "GET /y HTTP/1.1"),
        leads("/a b", "http://a/a%20b", "GET /a%20b HTTP/1.1"),
        leads("/%zz", "http://a/%25zz", "GET /%25zz HTTP/1.1"),
        leads("/\xC3\xA4", "http://a/%C3%A4", "GET /%C3%A4 HTTP/1.1"),
        leads(" /y \t", "http://a/y", "GET /y HTTP/1.1"),
        leads("http://u:p@b/y", "http://b/y", "Host: b\r\n"),
    };
    for (const char* status : {"301 Moved", "303 See Other", "307 Temporary", "308 Permanent"})
        all.push_back(leads("/y", "http://a/y", "GET /y HTTP/1.1\r\n", status));
    // Neither end nor length of a redirect's body is waited for.
    all.push_back({"a body that never comes",
                   {{send(head("302 Found", "Location: /y\r\nContent-Length: 1000\r\n"))},
                    {send(ok + event_a)}},
                   {"open 200 http://a/y", "a"}});
    all.push_back({"a body that is an event stream",
                   {{send(head("302 Found", "Location: /y\r\n" + type_field) + "data: no\n\n")},
                    {send(ok + event_a)}},
                   {"open 200 http://a/y", "a"}});
    all.push_back({"credentials in a location are not used",
                   {to("http://u:p@a/y"), {send(ok + event_a)}},
                   {"open 200 http://a/y", "a"},
                   {{}, {"!Authorization"}}});
    all.push_back({"the last event id goes along",
                   {{send(ok + "id: 7\ndata: a\n\n"), end()}, to("/y"), {send(head("204 x"))}},
                   {opened, "message|a|7", ended, "! no_content", "= no_content"},
                   {{}, {"Last-Event-ID: 7"}, {"GET /y", "Last-Event-ID: 7"}}});
    play(all);
}

TEST_CASE("hostile server: redirects that lead nowhere", "[hostile_client]") {
    play({
        fails("no Location", "", "bad_redirect"),
        fails("an empty one", "Location:\r\n", "bad_redirect"),
        fails("blanks", "Location: \t \r\n", "bad_redirect"),
        fails("another scheme", "Location: ftp://b/y\r\n", "bad_redirect"),
        fails("a script", "Location: javascript:alert(1)\r\n", "bad_redirect"),
        fails("a file", "Location: file:///etc/passwd\r\n", "bad_redirect"),
        fails("no host", "Location: http:///y\r\n", "bad_redirect"),
        fails("a port too large", "Location: http://b:65536/y\r\n", "bad_redirect"),
        fails("no port", "Location: http://b:x/y\r\n", "bad_redirect"),
        fails("an open bracket", "Location: http://[::1/y\r\n", "bad_redirect"),
        fails("to itself", "Location: /x\r\n", "bad_redirect"),
        fails("to itself by a fragment", "Location: #x\r\n", "bad_redirect"),
        fails("to https, without TLS", "Location: https://b/y\r\n", "tls_unavailable"),
        {"a loop of two", {to("/y"), to("/x")}, {"! bad_redirect", "= bad_redirect"}},
        // The second request to `a` has no credentials any more: only the third could not end.
        {"a loop over another host",
         {to("http://b/x"), to("http://a/x"), to("http://b/x")},
         {"! bad_redirect", "= bad_redirect"}},
        {"a loop that does not begin at its start",
         {to("/1"), to("/2"), to("/1")},
         {"! bad_redirect", "= bad_redirect"}},
        {"as many as are allowed",
         {to("/1"), to("/2"), to("/3"), {send(ok + event_a)}},
         {"open 200 http://a/3", "a"},
         {},
         [](auto& o) { o.redirects.limit = 3; }},
        {"one more than allowed",
         {to("/1"), to("/2"), to("/3"), to("/4")},
         {"! too_many_redirects", "= too_many_redirects"},
         {},
         [](auto& o) { o.redirects.limit = 3; }},
        {"none are followed",
         {to("/1")},
         {"! bad_redirect", "= bad_redirect"},
         {},
         [](auto& o) { o.redirects.follow = false; }},
        {"an endless chain",
         [] {
             std::vector<connection> chain;
             for (int i = 0; i <= 20; ++i)
                 chain.push_back(to("/" + std::to_string(i)));
             return chain;
         }(),
         {"! too_many_redirects", "= too_many_redirects"}},
    });
}

TEST_CASE("hostile server: permanent redirects are remembered, temporary ones are not",
          "[hostile_client]") {
    const std::string permanent = "301 Moved";
    const std::string temporary = "302 Found";
    play({
        remembers("301", {permanent}, "/1"),
        remembers("308", {"308 Permanent"}, "/1"),
        remembers("302", {temporary}, "/x"),
        remembers("303", {"303 See Other"}, "/x"),
        remembers("307", {"307 Temporary"}, "/x"),
        remembers("two permanent ones", {permanent, "308 Permanent"}, "/2"),
        remembers("a temporary one behind a permanent one", {permanent, temporary}, "/1"),
        remembers("a permanent one behind a temporary one", {temporary, permanent}, "/x"),
        {"remembered though what follows fails",
         {to("/y", permanent), refused(), {send(head("204 x"))}},
         {"! refused +1000", "! no_content", "= no_content"},
         {{"GET /x"}, {"GET /y"}}},
        {"a permanent one on a reconnection, to where it began",
         {{send(ok + event_a), end()},
          to("/y", permanent),
          {send(ok + event_a), end()},
          to("/x", permanent),
          {send(ok + event_a), end()},
          {send(head("204 x"))}},
         {opened, "a", ended, "open 200 http://a/y", "a", ended, opened, "a", ended, "! no_content",
          "= no_content"},
         {{"GET /x"}, {"GET /x"}, {"GET /y"}, {"GET /y"}, {"GET /x"}, {"GET /x"}}},
    });
}

TEST_CASE("hostile server: credentials stay with their origin", "[hostile_client]") {
    scenario userinfo{"userinfo of the URL",
                      {to("/y"), to("http://b/z"), {send(head("204 x"))}},
                      {"! no_content", "= no_content"},
                      {{"Authorization: Basic dTpw\r\n", "!u:p@"},
                       {"Authorization: Basic dTpw\r\n"},
                       {"!Authorization"}}};
    userinfo.url = "http://u:p@a/x";
    scenario later = guarded("a reconnection behind a temporary redirect has them again", {}, {});
    later.server = {to("http://b/y"), {send(ok + event_a), end()}, {send(head("204 x"))}};
    later.expected = {"open 200 http://b/y", "a", ended, "! no_content", "= no_content"};
    later.requests = {with_secrets, without_secrets, with_secrets};
    scenario never = guarded("a reconnection behind a permanent redirect has none", {}, {});
    never.server = {
        to("http://b/y", "301 Moved"), {send(ok + event_a), end()}, {send(head("204 x"))}};
    never.expected = later.expected;
    never.requests = {with_secrets, without_secrets, without_secrets};
    scenario host{"Host of the user",
                  {to("/y"), to("http://b/z"), {send(head("204 x"))}},
                  {"! no_content", "= no_content"},
                  {{"Host: c\r\n"}, {"Host: c\r\n"}, {"Host: b\r\n", "!Host: c"}},
                  [](auto& o) {
                      o.headers = {{"Host", "c"}};
                  }};
    play({
        guarded("same origin", {"/y", "http://a/z", "http://a:80/w"}, {true, true, true, true}),
        guarded("another host", {"http://b/y"}, {true, false}),
        guarded("another port", {"http://a:81/y"}, {true, false}),
        guarded("a name within the name", {"http://x.a/y"}, {true, false}),
        guarded("a name with a dot behind", {"http://a./y"}, {true, false}),
        guarded("there and back", {"http://b/y", "http://a/z"}, {true, false, false}),
        guarded("there and on", {"http://b/y", "/z", "/w"}, {true, false, false, false}),
        guarded("permanently there and back", {"http://b/y", "http://a/z"}, {true, false, false},
                "308 Permanent"),
        guarded("in other letters", {"HTTP://A/y"}, {true, true}),
        std::move(userinfo),
        std::move(later),
        std::move(never),
        std::move(host),
    });
}

TEST_CASE("hostile server: method and body behind redirects", "[hostile_client]") {
    play({
        method("301 Moved", "POST", "GET", false),
        method("302 Found", "POST", "GET", false),
        method("303 See Other", "POST", "GET", false),
        method("307 Temporary", "POST", "POST", true),
        method("308 Permanent", "POST", "POST", true),
        method("301 Moved", "PUT", "PUT", true),
        method("302 Found", "REPORT", "REPORT", true),
        method("303 See Other", "REPORT", "GET", false),
        method("302 Found", "GET", "GET", true),
    });
}

} // namespace hostile_client_redirects_test
