// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server/router.hpp>

#include <string_view>

namespace server_router_test {

using sse::detail::route_match;
using sse::detail::router;
using kind = route_match::kind;

namespace {

router routes() {
    router r;
    r.add("GET", "/");              // 0
    r.add("GET", "/events/*");      // 1
    r.add("GET", "/events");        // 2
    r.add("POST", "/publish/*");    // 3
    r.add("GET", "/item/{name}");   // 4
    r.add("GET", "/item/special");  // 5
    r.add("HEAD", "/item/special"); // 6
    r.add("GET", "/{a}/x/{b}");     // 7
    return r;
}

} // namespace

TEST_CASE("router: the most exact pattern wins, whatever the order", "[router]") {
    struct row {
        std::string_view method, path;
        std::size_t index;
    };
    for (const row& r : {row{"GET", "/", 0},
                         {"GET", "/events", 2},
                         {"GET", "/events/a", 1},
                         {"GET", "/events/a/b/c", 1},
                         {"GET", "/item/a", 4},
                         {"GET", "/item/special", 5},
                         {"HEAD", "/item/special", 6},
                         {"HEAD", "/item/a", 4},
                         {"GET", "/q/x/z", 7},
                         {"GET", "/events/x/z", 1}}) {
        CAPTURE(r.method, r.path);
        const route_match m = routes().find(r.method, r.path);
        CHECK(m.result == kind::found);
        CHECK(m.index == r.index);
    }
}

TEST_CASE("router: what no pattern fits is no path, what no method fits no method", "[router]") {
    for (const std::string_view path :
         {"/no", "/events/", "/item", "/item/", "/item/a/b", "//", "*"}) {
        CAPTURE(path);
        CHECK(routes().find("GET", path).result == kind::no_path);
    }
    CHECK(routes().find("GET", "/publish/a").result == kind::no_method);
    CHECK(routes().allow("/publish/a") == "POST, OPTIONS");
    CHECK(routes().find("PUT", "/item/special").result == kind::no_method);
    CHECK(routes().allow("/item/special") == "GET, HEAD, OPTIONS");
    CHECK(routes().allow() == "GET, HEAD, POST, OPTIONS");
}

TEST_CASE("router: wildcards are decoded, slashes in them too", "[router]") {
    const route_match rest = routes().find("GET", "/events/a%2Fb/c+d%20");
    REQUIRE(rest.parameters.size() == 1);
    CHECK(rest.parameters[0].first == "*");
    CHECK(rest.parameters[0].second == "a/b/c+d ");
    const route_match two = routes().find("GET", "/p/x/%71");
    REQUIRE(two.parameters.size() == 2);
    CHECK(two.parameters[0].first == "a");
    CHECK(two.parameters[0].second == "p");
    CHECK(two.parameters[1].second == "q");
    CHECK(routes().find("GET", "/item/%zz").result == kind::bad_escape);
    CHECK(routes().find("GET", "/events/a%2").result == kind::bad_escape);
}

} // namespace server_router_test
