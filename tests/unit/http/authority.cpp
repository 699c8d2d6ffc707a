// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/authority.hpp>

#include <string_view>

namespace http_authority_test {

using namespace sse::http;

static_assert(is_ipv6("::1") && is_ipv4("127.0.0.1"));

TEST_CASE("authority: an IPv4 address is four plain numbers", "[http]") {
    for (const std::string_view text : {"0.0.0.0", "1.2.3.4", "255.255.255.255", "10.0.20.100"}) {
        INFO(text);
        CHECK(is_ipv4(text));
    }
    for (const std::string_view text :
         {"", "1", "1.2.3", "1.2.3.", ".1.2.3.4", "1.2.3.4.", "1.2.3.4.5", "256.1.1.1", "1.2.3.04",
          "01.2.3.4", "1.2.3.1000", "0x1.2.3.4", "1..3.4", "1.2.3.4 ", " 1.2.3.4", "-1.2.3.4"}) {
        INFO(text);
        CHECK_FALSE(is_ipv4(text));
    }
}

TEST_CASE("authority: an IPv6 address has eight groups or one gap", "[http]") {
    for (const std::string_view text :
         {"::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "fe80::1",
          "FE80::aBcD", "1:2::7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "::1.2.3.4",
          "1::5:6:1.2.3.4", "2001:db8:0:0:0:0:0:1"}) {
        INFO(text);
        CHECK(is_ipv6(text));
    }
    for (const std::string_view text : {"",
                                        ":",
                                        ":::",
                                        "1",
                                        "1:",
                                        ":1",
                                        "1:2:3:4:5:6:7",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1::2::3",
                                        "::1::",
                                        "12345::",
                                        "g::",
                                        "1:2:3:4:5:6:7:8::",
                                        "::1:2:3:4:5:6:7:8",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "1.2.3.4",
                                        "::1.2.3",
                                        "::1.2.3.256",
                                        "1:2:3:4:5:1.2.3.4",
                                        "::1.2.3.4:5",
                                        "::1%eth0",
                                        "1:2:3:4:5:6:7:",
                                        "1:::2",
                                        " ::1",
                                        "::1 ",
                                        "::ffff:1.2.3.4.5"}) {
        INFO(text);
        CHECK_FALSE(is_ipv6(text));
    }
}

TEST_CASE("authority: a host and a port are told apart", "[http]") {
    const auto name = parse_authority("example.org:8080");
    REQUIRE(name);
    CHECK(name->host == "example.org");
    CHECK(name->port == 8080);
    CHECK_FALSE(name->ipv6);
    const auto literal = parse_authority("[::1]:65535");
    REQUIRE(literal);
    CHECK(literal->host == "::1");
    CHECK(literal->port == 65535);
    CHECK(literal->ipv6);
    const auto bare = parse_authority("[::1]");
    REQUIRE(bare);
    CHECK_FALSE(bare->port);
    const auto empty_port = parse_authority("host:");
    REQUIRE(empty_port);
    CHECK(empty_port->host == "host");
    CHECK_FALSE(empty_port->port);
    CHECK(parse_authority("a!$&'()*+,;=%20~_-.z")); // odd but of the grammar
}

TEST_CASE("authority: what the grammar does not allow is refused", "[http]") {
    for (const std::string_view text :
         {"",      ":80",   "a:80:80", "a:b",          "a:65536",   "a:99999999999999999999",
          "a:+80", "a:-1",  "a: 80",   "a:80 ",        "a b",       "user@host",
          "a/b",   "a?b",   "a#b",     "[::1",         "::1",       "[::1]80",
          "[]",    "[:1]",  "[v1.x]",  "[::1%25eth0]", "h\xc3\xbc", "a%2",
          "a%zz",  "a,b c", "a\\b",    "a\"b",         "<a>"}) {
        INFO(text);
        CHECK_FALSE(parse_authority(text).has_value());
    }
}

TEST_CASE("authority: a port is digits up to 65535, zero included", "[http]") {
    CHECK(parse_port("0") == 0);
    CHECK(parse_port("00080") == 80);
    CHECK(parse_port("65535") == 65535);
    for (const std::string_view text : {"", "65536", "4294967376", "-1", "+1", "0x50", "8 0"}) {
        INFO(text);
        CHECK_FALSE(parse_port(text).has_value());
    }
}

} // namespace http_authority_test
