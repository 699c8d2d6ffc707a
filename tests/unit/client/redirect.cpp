// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"
#include "unit/client/target_of.hpp"

#include <sse/client/redirect.hpp>

#include <string>
#include <string_view>

namespace client_redirect_test {

using sse::errc;
using sse::redirect_policy;
using sse::detail::redirect;
using sse::detail::redirect_chain;
using sse::detail::request_target;
using sse::testing::target_of;

namespace {

/// Where a redirect leads, or the error.
std::string follow(std::string_view from, std::string location, redirect_policy policy = {}) {
    request_target to;
    const errc e = redirect(target_of(from), 302, &location, policy, to);
    return e == errc::success ? to.url.to_string() : sse::message(e);
}

const std::string bad = sse::message(errc::bad_redirect);

errc step(redirect_chain& chain, int status, std::string location) {
    return chain.follow(status, &location);
}

} // namespace

TEST_CASE("redirect: resolves relative and absolute targets", "[redirect]") {
    CHECK(follow("http://a/b/c?d", "/x?y") == "http://a/x?y");
    CHECK(follow("http://a/b/c?d", "e") == "http://a/b/e");
    CHECK(follow("http://a/b/c?d", "../e") == "http://a/e");
    CHECK(follow("http://a/b/c?d", "?q") == "http://a/b/c?q");
    CHECK(follow("http://a/b", "//other:81/x") == "http://other:81/x");
    CHECK(follow("http://a/b", "https://other/x#fragment") == "https://other/x");
}

TEST_CASE("redirect: refuses what is no target", "[redirect]") {
    CHECK(follow("http://a/", "") == bad);
    CHECK(follow("http://a/", "ftp://b/") == bad);
    CHECK(follow("http://a/", "javascript:alert(1)") == bad);
    CHECK(follow("http://a/", "http://") == bad);
    CHECK(follow("http://a/", "http://b:99999/") == bad);
    request_target to;
    CHECK(redirect(target_of("http://a/"), 301, nullptr, {}, to) == errc::bad_redirect);
}

TEST_CASE("redirect: never leads from https to http unless allowed", "[redirect]") {
    CHECK(follow("https://a/", "http://a/") == bad);
    CHECK(follow("https://a/", "http://a/", {.allow_downgrade = true}) == "http://a/");
    CHECK(follow("https://a/", "https://b/") == "https://b/");
    CHECK(follow("http://a/", "https://a/") == "https://a/");
}

TEST_CASE("redirect: is refused where redirects are off", "[redirect]") {
    CHECK(follow("http://a/", "/b", {.follow = false}) == bad);
}

TEST_CASE("redirect: drops the userinfo that a server chose", "[redirect]") {
    CHECK(follow("http://a/", "http://user:pass@a/x") == "http://a/x");
}

TEST_CASE("redirect: keeps or drops method and body by status", "[redirect]") {
    struct row {
        int status;
        const char* method;
        const char* then;
        bool body;
    };
    for (const row& r : {row{301, "POST", "GET", false}, row{302, "POST", "GET", false},
                         row{303, "POST", "GET", false}, row{307, "POST", "POST", true},
                         row{308, "POST", "POST", true}, row{301, "GET", "GET", true},
                         row{303, "GET", "GET", true}, row{301, "REPORT", "REPORT", true},
                         row{302, "PUT", "PUT", true}, row{303, "PUT", "GET", false},
                         row{303, "HEAD", "HEAD", true}, row{307, "REPORT", "REPORT", true}}) {
        INFO(r.status << " " << r.method);
        request_target to;
        const std::string location = "/x";
        REQUIRE(redirect(target_of("http://a/", r.method), r.status, &location, {}, to) ==
                errc::success);
        CHECK(to.method == r.then);
        CHECK(to.send_body == r.body);
    }
}

TEST_CASE("redirect_chain: drops credentials across origins and for the rest of the chain",
          "[redirect]") {
    redirect_chain chain(target_of("http://a/"), {});
    CHECK(chain.current().send_credentials);
    CHECK(step(chain, 302, "/same") == errc::success);
    CHECK(chain.current().send_credentials);
    CHECK(step(chain, 302, "http://a:81/") == errc::success); // another port is another origin
    CHECK_FALSE(chain.current().send_credentials);
    CHECK(step(chain, 302, "http://a/back") == errc::success);
    CHECK_FALSE(chain.current().send_credentials);
    chain.restart();
    CHECK(chain.current().send_credentials);
    CHECK(chain.current().url.to_string() == "http://a/");
}

TEST_CASE("redirect_chain: another scheme is another origin", "[redirect]") {
    redirect_chain chain(target_of("http://a/"), {});
    CHECK(step(chain, 308, "https://a/") == errc::success);
    CHECK_FALSE(chain.current().send_credentials);
}

TEST_CASE("redirect_chain: remembers permanent redirects and forgets temporary ones",
          "[redirect]") {
    for (const int status : {301, 308}) {
        redirect_chain chain(target_of("http://a/1"), {});
        CHECK(step(chain, status, "/2") == errc::success);
        CHECK(step(chain, 302, "/3") == errc::success);
        CHECK(step(chain, status, "/4") == errc::success); // behind a temporary one
        CHECK(chain.current().url.target == "/4");
        chain.restart();
        CHECK(chain.current().url.target == "/2");
    }
    for (const int status : {302, 303, 307}) {
        redirect_chain chain(target_of("http://a/1"), {});
        CHECK(step(chain, status, "/2") == errc::success);
        chain.restart();
        CHECK(chain.current().url.target == "/1");
    }
}

TEST_CASE("redirect_chain: a permanent redirect to another origin stays without credentials",
          "[redirect]") {
    redirect_chain chain(target_of("http://a/"), {});
    CHECK(step(chain, 301, "http://b/") == errc::success);
    chain.restart();
    CHECK(chain.current().url.host == "b");
    CHECK_FALSE(chain.current().send_credentials);
}

TEST_CASE("redirect_chain: a loop is refused", "[redirect]") {
    redirect_chain chain(target_of("http://a/1"), {});
    CHECK(step(chain, 302, "/2") == errc::success);
    CHECK(step(chain, 302, "/1") == errc::bad_redirect);
    redirect_chain self(target_of("http://a/1"), {});
    CHECK(step(self, 302, "/1") == errc::bad_redirect);
}

TEST_CASE("redirect_chain: the same URL with another method is no loop", "[redirect]") {
    redirect_chain chain(target_of("http://a/1", "POST"), {});
    CHECK(step(chain, 303, "/1") == errc::success);
    CHECK(chain.current().method == "GET");
    CHECK(step(chain, 303, "/1") == errc::bad_redirect);
}

TEST_CASE("redirect_chain: the number of redirects in one attempt is limited", "[redirect]") {
    redirect_chain chain(target_of("http://a/0"), {.limit = 3});
    for (int attempt = 0; attempt < 2; ++attempt) {
        CHECK(step(chain, 302, "/1") == errc::success);
        CHECK(step(chain, 302, "/2") == errc::success);
        CHECK(step(chain, 302, "/3") == errc::success);
        CHECK(step(chain, 302, "/4") == errc::too_many_redirects);
        chain.restart();
    }
}

} // namespace client_redirect_test
