// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/url.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace http_url_test {

using namespace sse::http;
using namespace std::literals;
using sse::errc;

namespace {

url parsed(std::string_view text) {
    url result;
    INFO(text);
    REQUIRE(parse_url(text, result) == errc::success);
    return result;
}

std::string resolved(const url& base, std::string_view reference) {
    url result;
    return resolve_url(base, reference, result) == errc::success ? result.to_string() : "invalid";
}

} // namespace

TEST_CASE("url: all parts are told apart", "[http]") {
    const url u = parsed("HTTPS://user:p%40ss@Example.ORG:8443/a/b?c=d#fragment");
    CHECK(u.scheme == "https");
    CHECK(u.secure());
    CHECK(u.userinfo == "user:p%40ss");
    CHECK(u.host == "example.org");
    CHECK(u.port == 8443);
    CHECK(u.target == "/a/b?c=d");
    CHECK(u.authority() == "example.org:8443");
    CHECK(u.origin() == "https://example.org:8443");
    CHECK(u.to_string() == "https://user:p%40ss@example.org:8443/a/b?c=d");
}

TEST_CASE("url: what is not given has its default", "[http]") {
    CHECK(parsed("http://h").target == "/");
    CHECK(parsed("http://h").port == 80);
    CHECK(parsed("https://h").port == 443);
    CHECK(parsed("http://h:/").port == 80);
    CHECK(parsed("http://h:80/").authority() == "h");
    CHECK(parsed("https://h:80/").authority() == "h:80");
    CHECK(parsed("http://h?q").target == "/?q");
    CHECK(parsed("http://h?").target == "/?");
    CHECK(parsed("http://h#/x?y").target == "/");
    CHECK(parsed("http://@h/").userinfo.empty());
    CHECK(parsed("http://h:080/") == parsed("http://H"));
}

TEST_CASE("url: addresses are hosts, IPv6 in brackets", "[http]") {
    const url u = parsed("http://[2001:DB8::1]:8080/");
    CHECK(u.host == "2001:db8::1");
    CHECK(u.authority() == "[2001:db8::1]:8080");
    CHECK(parsed("http://[::1]").authority() == "[::1]");
    CHECK(parsed("http://127.0.0.1:8080/").host == "127.0.0.1");
    CHECK(parsed("http://u@[::1]:80").origin() == "http://[::1]");
}

TEST_CASE("url: host names are taken in the form that can be looked up", "[http]") {
    for (const std::string_view host :
         {"localhost", "a.b.c.", "xn--bcher-kva.example", "a_b", "a-b", "3com.example", "1.2.3.com",
          "0x.example", "a.1e2"}) {
        CHECK(parsed("http://" + std::string(host) + "/").host == host);
    }
    const std::string longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                                std::string(63, 'c') + "." + std::string(61, 'd');
    CHECK(parsed("http://" + longest).host == longest);
    url u;
    CHECK(parse_url("http://" + longest + "d", u) == errc::invalid_url);
    CHECK(parse_url("http://" + std::string(64, 'a') + ".org", u) == errc::invalid_url);
}

TEST_CASE("url: what the target may not hold is percent-encoded, triplets stay", "[http]") {
    const std::pair<std::string_view, std::string_view> table[] = {
        {"/a b", "/a%20b"},
        {"/\xc3\xbc", "/%C3%BC"},
        {"/%c3%BC%2f", "/%c3%BC%2f"},
        {"/100%", "/100%25"},
        {"/%zz%4", "/%25zz%254"},
        {"/a[1]{}|\\^`\"<>", "/a%5B1%5D%7B%7D%7C%5C%5E%60%22%3C%3E"},
        {"/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@"},
        {"/?a=b c&\xc3\xbc=/?:@", "/?a=b%20c&%C3%BC=/?:@"},
        {"/?x[]=\"1\"", "/?x%5B%5D=%221%22"},
        {"/a?b?c#d#e", "/a?b?c"},
        {"/a ", "/a%20"},
        {"/\xff", "/%FF"},
    };
    for (const auto& [text, target] : table) {
        CHECK(parsed("http://h" + std::string(text)).target == target);
    }
}

TEST_CASE("url: dot segments are removed", "[http]") {
    const std::pair<std::string_view, std::string_view> table[] = {
        {"/.", "/"},
        {"/..", "/"},
        {"/a/.", "/a/"},
        {"/a/..", "/"},
        {"/a/b/..", "/a/"},
        {"/a/b/../c", "/a/c"},
        {"/a/./b", "/a/b"},
        {"/../../a", "/a"},
        {"/a/../../b", "/b"},
        {"//a/..", "//"},
        {"/a//../b", "/a/b"},
        {"/...", "/..."},
        {"/a/.b", "/a/.b"},
        {"/a?b/../c", "/a?b/../c"},
        {"/mid/content=5/../6", "/mid/6"},
        {"/a/b/c/./../../g", "/a/g"},
    };
    for (const auto& [text, target] : table) {
        CHECK(parsed("http://h" + std::string(text)).target == target);
    }
}

TEST_CASE("url: userinfo is kept percent-encoded", "[http]") {
    CHECK(parsed("http://a:b:c@h").userinfo == "a:b:c");
    CHECK(parsed("http://\xc3\xbc:a b@h").userinfo == "%C3%BC:a%20b");
    CHECK(parsed("http://a%3Ab:%zz@h").userinfo == "a%3Ab:%25zz");
}

TEST_CASE("url: what is no absolute http URL is refused, and the result untouched", "[http]") {
    for (const std::string_view text : {""sv,
                                        "h"sv,
                                        "/a"sv,
                                        "//h/a"sv,
                                        "http"sv,
                                        "http:"sv,
                                        "http:/"sv,
                                        "http:/h"sv,
                                        "http:h"sv,
                                        "http://"sv,
                                        "http:///a"sv,
                                        "http://?q"sv,
                                        "http://:80/"sv,
                                        "ftp://h/"sv,
                                        "ws://h/"sv,
                                        "httpx://h/"sv,
                                        "file:///a"sv,
                                        "javascript:alert(1)"sv,
                                        " http://h/"sv,
                                        "1http://h/"sv,
                                        "http ://h/"sv,
                                        "http://h:0/"sv,
                                        "http://h:65536/"sv,
                                        "http://h:-1/"sv,
                                        "http://h:+80/"sv,
                                        "http://h:8x/"sv,
                                        "http://h:80:80/"sv,
                                        "http://a b/"sv,
                                        "http://h\xc3\xbc/"sv,
                                        "http://a%41/"sv,
                                        "http://a..b/"sv,
                                        "http://.a/"sv,
                                        "http://./"sv,
                                        "http://a!b/"sv,
                                        "http://a*/"sv,
                                        "http://::1/"sv,
                                        "http://[::1/"sv,
                                        "http://[::1]x/"sv,
                                        "http://[::g]/"sv,
                                        "http://[::1%25eth0]/"sv,
                                        "http://[v1.a]/"sv,
                                        "http://1.2.3/"sv,
                                        "http://1.2.3.4.5/"sv,
                                        "http://1.2.3.256/"sv,
                                        "http://1.2.3.4./"sv,
                                        "http://2130706433/"sv,
                                        "http://0x7f.1/"sv,
                                        "http://0x7f000001/"sv,
                                        "http://127.0.0.01/"sv,
                                        "http://a@b@h/"sv,
                                        "http://good\\@evil/"sv,
                                        "http://good\\evil/"sv,
                                        "http:\\\\h/"sv,
                                        "http://h/\n"sv,
                                        "http://h/\r\nX: y"sv,
                                        "http://h/\t"sv,
                                        "http://h/\0"sv,
                                        "http://h/\x7f"sv,
                                        "http://h/#\n"sv,
                                        "http://h\0/"sv}) {
        INFO(text);
        url result = parsed("http://before:81/x");
        CHECK(parse_url(text, result) == errc::invalid_url);
        CHECK(result == parsed("http://before:81/x"));
    }
}

TEST_CASE("url: references resolve as in RFC 3986, section 5.4", "[http]") {
    const url base = parsed("http://a/b/c/d;p?q");
    const std::pair<std::string_view, std::string_view> table[] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},
        {"g?y#s", "http://a/b/c/g?y"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g"},
        {"http:g", "invalid"}, // the strict reading
        {"g:h", "invalid"},    // another scheme
    };
    for (const auto& [reference, expected] : table) {
        INFO(reference);
        CHECK(resolved(base, reference) == expected);
    }
}

TEST_CASE("url: redirects keep or leave the origin as they say", "[http]") {
    const url base = parsed("https://user:pw@h:8443/a?b");
    CHECK(resolved(base, "/c") == "https://user:pw@h:8443/c");
    CHECK(resolved(base, "//other/c") == "https://other/c");
    CHECK(resolved(base, "http://h:8443/c") == "http://h:8443/c");
    CHECK(resolved(base, "HTTPS://H:443") == "https://h/");
    CHECK(resolved(base, "?") == "https://user:pw@h:8443/a?");
    CHECK(resolved(base, "1:2") == "https://user:pw@h:8443/1:2");
    CHECK(resolved(base, "c d?\xc3\xbc") == "https://user:pw@h:8443/c%20d?%C3%BC");
    CHECK(resolved(base, "/a\r\nSet-Cookie: x") == "invalid");
    CHECK(resolved(base, "//") == "invalid");
    CHECK(resolved(base, "data:text/plain,x") == "invalid");
}

TEST_CASE("url: the result may be the base", "[http]") {
    url u = parsed("http://a/b/c");
    CHECK(resolve_url(u, "../d", u) == errc::success);
    CHECK(u == parsed("http://a/d"));
}

TEST_CASE("url: lengths are bounded, before and after encoding", "[http]") {
    const std::string start = "http://h/";
    url u;
    CHECK(parse_url(start + std::string(max_url_size - start.size(), 'a'), u) == errc::success);
    CHECK(parse_url(start + std::string(max_url_size - start.size() + 1, 'a'), u) ==
          errc::invalid_url);
    CHECK(parse_url(start + std::string(max_url_size / 2, ' '), u) == errc::invalid_url);
}

TEST_CASE("url: parsing what was written gives the same URL", "[http]") {
    for (const std::string_view text :
         {"http://h", "https://u:p@h:1/a%20b?c#d", "http://[::1]:81/\xc3\xbc?[", "http://h//a//"}) {
        const url u = parsed(text);
        CHECK(parsed(u.to_string()) == u);
    }
}

} // namespace http_url_test
