// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server/judgement.hpp>

#include <memory>
#include <string>
#include <utility>

namespace server_judgement_test {

namespace {

struct fixture {
    sse::asio::io_context context;
    sse::detail::server_state state{context.get_executor(),
                                    {.cors = {.origins = {"https://app.example"}}},
                                    std::make_shared<sse::detail::admission>(sse::server_limits())};

    fixture() {
        state.hosts = {"localhost"};
        state.routes.add("GET", "/other");
        state.routes.add("POST", "/item/{name}");
    }

    [[nodiscard]] static sse::request asked(std::string method, std::string path,
                                            sse::http::fields more = {}) {
        sse::request rq;
        rq.head.method = std::move(method);
        rq.head.target = rq.path = std::move(path);
        rq.head.headers = std::move(more);
        rq.head.headers.add("Host", "localhost");
        return rq;
    }
    [[nodiscard]] int status(sse::request rq) const {
        const auto j = sse::detail::judge(rq, state);
        return j.answer ? j.answer->status : 0;
    }
};

} // namespace

TEST_CASE("judge: a request with a route gets its parameters and no answer", "[judgement]") {
    const fixture f;
    sse::request rq = fixture::asked("POST", "/item/a%20b");
    const auto j = sse::detail::judge(rq, f.state);
    CHECK_FALSE(j.answer);
    CHECK(j.route == 1);
    CHECK(rq.parameter("name") == "a b");
}

TEST_CASE("judge: what has no route is answered", "[judgement]") {
    const fixture f;
    CHECK(f.status(fixture::asked("GET", "/nowhere")) == 404);
    CHECK(f.status(fixture::asked("GET", "/item/x")) == 405);
    CHECK(f.status(fixture::asked("OPTIONS", "/item/x")) == 204);
    CHECK(f.status(fixture::asked("OPTIONS", "*")) == 204);
    CHECK(f.status(fixture::asked("POST", "/item/%zz")) == 400);
}

TEST_CASE("judge: the name comes first, then the origin, then whether there is room",
          "[judgement]") {
    fixture f;
    sse::request strange = fixture::asked("POST", "/item/x", {{"Origin", "https://evil.example"}});
    CHECK(f.status(strange) == 403);
    strange.head.headers.set("Host", "evil.example");
    CHECK(f.status(strange) == 421);
    CHECK(f.status(fixture::asked("POST", "/item/x", {{"Origin", "https://app.example"}})) == 0);
    f.state.refusing = true;
    CHECK(f.status(fixture::asked("POST", "/item/x")) == 503);
    CHECK(f.status(fixture::asked("GET", "/nowhere")) == 503);
    CHECK(f.status(strange) == 421);
}

TEST_CASE("judge: preflights are told from other OPTIONS", "[judgement]") {
    fixture f;
    const auto asks = [](std::string origin) {
        return fixture::asked(
            "OPTIONS", "/item/x",
            {{"Origin", std::move(origin)}, {"Access-Control-Request-Method", "POST"}});
    };
    sse::request good = asks("https://app.example");
    const auto j = sse::detail::judge(good, f.state);
    REQUIRE(j.answer);
    CHECK(j.answer->status == 204);
    CHECK(*j.answer->headers.find("Access-Control-Allow-Methods") == "POST, OPTIONS");
    CHECK(f.status(asks("https://evil.example")) == 403);
    f.state.options.cors = {};
    sse::request plain = asks("https://app.example");
    const auto other = sse::detail::judge(plain, f.state);
    REQUIRE(other.answer);
    CHECK(other.answer->headers.contains("Allow"));
}

} // namespace server_judgement_test
